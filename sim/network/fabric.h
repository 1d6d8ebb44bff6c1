#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "sim/kernel.h"
#include "sim/network/links.h"
#include "sim/network/stream.h"

namespace gantry::sim::network {

/// How the network behaves where no fault says otherwise.
struct Options {
  std::int64_t latency_ns = 200'000;       ///< between machines, one way; see jittered()
  std::int64_t local_latency_ns = 15'000;  ///< within a machine
  std::int64_t ns_per_kib = 800;           ///< of a segment, on top
  std::size_t send_buffer = 256 * 1024;
  std::size_t receive_buffer = 256 * 1024;
  std::size_t backlog = 128;
  /// What a writer hears nothing about for so long breaks its end.
  std::int64_t write_timeout_ns = 120'000'000'000;
  /// An end that hears nothing from its peer's machine for so long is broken, used or not.
  std::int64_t keep_alive_ns = 300'000'000'000;
  std::int64_t connect_timeout_ns = 127'000'000'000;
};

/// A port on which a process listens.
struct Port {
  tasks::Node* node = nullptr;
  bool loopback_only = false;
  bool open = true;
  std::deque<std::shared_ptr<Stream>> backlog;
  std::optional<runtime::Waker> acceptor;
};

/// The ports of one machine.
struct Ports {
  std::map<std::uint16_t, std::shared_ptr<Port>> listening;
  std::uint16_t next_ephemeral = 32768;
  std::uint16_t take_ephemeral();
};

/// One connect() on its way.
struct Attempt {
  enum class State { pending, done, refused, timed_out };
  State state = State::pending;
  bool abandoned = false;  // the caller waits no more
  runtime::Waker caller;
  std::uint64_t entity = 0;
  std::uint64_t tries = 0;
  bool loopback = false;
  runtime::Endpoint to;
  Machine* target = nullptr;
  tasks::Node* node = nullptr;
  std::shared_ptr<Stream> stream;
};

/// The network between the machines of one world: carries segments, loses and delays them as its
/// links say, and keeps what the kernels of the machines know about their connections.
///
/// A segment that a cut link swallows is sent again, later and later, as TCP does: a cut is silence,
/// and what was written before it arrives after it unless somebody's time-out came first.
class Fabric {
 public:
  Fabric(Kernel& kernel, Options options) : kernel_(kernel), options_(options) {}

  const Options& options() const { return options_; }
  Links& links() { return links_; }

  // For connections. `side` is the calling end's.
  /// Takes `from`, for which there is room(); returns how many bytes that is.
  std::size_t send(const std::shared_ptr<Stream>& stream, int side, std::span<const Bytes> from);
  std::size_t room(const Stream& stream, int side) const;
  /// Bytes were read: the window opens.
  void consumed(const std::shared_ptr<Stream>& stream, int side);
  /// Closes that end and wakes who waits there. What was sent still arrives, unless something that has
  /// arrived was not read: then the peer gets a reset.
  void close(const std::shared_ptr<Stream>& stream, int side);

  /// Sends the attempt on its way. Later its state is set and its caller unparked, unless it was abandoned.
  void connect(const std::shared_ptr<Attempt>& attempt);
  /// Says that the caller waits no more. What the server already has of the connection is reset there.
  void abandon(const std::shared_ptr<Attempt>& attempt);
  /// Frees a port: its acceptor is woken, and connections in its backlog are reset.
  void close(Machine& machine, std::uint16_t number);

  /// A process is over: by a crash (`killed`) its peers get resets, else its connections close.
  void drop(tasks::Node& node, bool killed);
  /// A machine lost power: whoever talks to it hears nothing.
  void lose(Machine& machine);
  /// The connections between two machines break at both ends.
  void reset(Machine& a, const Machine& b);
  /// The connections between two machines carry nothing any more, and nobody is told: both ends are
  /// half-open. New connections are not affected.
  void forget(Machine& a, const Machine& b);
  /// The connections between two machines (`b` null: all of `a`) hear nothing of each other just now. Each
  /// end that still hears nothing when the time for keep-alives has passed is broken.
  void watch_silence(const Machine& a, const Machine* b);

 private:
  using Shared = std::shared_ptr<Stream>;
  Link& link(const End& from, const End& to);
  /// Whether what end `from` sends now gets to the machine of the other end.
  bool passes(const Stream& stream, int from);
  std::int64_t latency(const End& from, const End& to, std::uint64_t bits);
  /// Puts what was sent on the wire.
  void transmit(const Shared& stream, int side);
  /// The wire has brought what is due: lands it, or lets it try again.
  void land(const Shared& stream, int side);
  void acknowledge(const Shared& stream, int side);
  void retry(const Shared& stream, int side, std::int64_t not_before_ns);
  void send_reset(const Shared& stream, int to);
  void break_end(Stream& stream, int side);
  void check_silence(const Shared& stream, int side);
  void watch_silence(const Shared& stream, int side);
  void wake(End& end, std::optional<runtime::Waker>& who);
  void syn(const std::shared_ptr<Attempt>& attempt);
  void finish(const std::shared_ptr<Attempt>& attempt, Attempt::State state, std::int64_t after_ns);
  Shared make_stream(Attempt& attempt, Port& port);
  /// Between `a` and `b` (null: anybody), oldest first.
  std::vector<Shared> streams_of(const Machine& a, const Machine* b) const;

  Kernel& kernel_;
  const Options options_;
  Links links_;
  std::map<std::uint64_t, std::weak_ptr<Stream>> streams_;  // by id
  std::uint64_t next_id_ = 0;
};

}  // namespace gantry::sim::network
