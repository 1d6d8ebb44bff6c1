#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "model/base/result.h"
#include "model/protocol/command.h"
#include "runtime/runtime.h"

namespace gantry::runtime::remoting {

using model::protocol::Command;
using model::protocol::CommandView;
using model::protocol::SerializeType;

/// Names one connection among all that its Server or Client ever had; never used twice. What a
/// registration keeps, so that a late close of an old connection cannot remove what a newer one
/// registered.
enum class ChannelId : std::uint64_t {};

/// Limits of the connections of one Server or Client; the defaults are RocketMQ's where it has one.
///
/// What one peer can make us hold: a frame that it has not finished, for `idle_max` at most, and answers
/// that it does not take. A mark on each connection stops most; `held_bytes_max` is for what thousands of
/// connections do together, each within its own limits.
struct ChannelOptions {
  /// Nothing read and nothing written for so long, or a frame begun so long ago and not yet whole:
  /// closed. The time in which we did not read, for want of room, does not count.
  Duration idle_max = 120s;
  /// Output that the peer does not take. Above the first mark we handle none of its frames and read no
  /// more of them; when the second is reached, or output waits for `write_stall_max`, the connection is
  /// closed.
  std::size_t output_pause_bytes = 4u << 20;
  std::size_t output_close_bytes = 64u << 20;
  Duration write_stall_max = 60s;
  /// Requests of ours that may wait for an answer.
  std::size_t pending_max = 65535;
  /// Input and output that all connections hold. Above the half, answers leave at once, large buffers are
  /// given back and a connection is read only when it has taken all of its output; above the whole, the
  /// connection that holds the most is closed, until the others fit.
  std::size_t held_bytes_max = 256u << 20;
};

/// One connection that speaks remoting, in both directions: either side may send requests. Shared
/// by the fiber that reads it and by everybody who owes it an answer; a closed channel swallows
/// what is sent. All calls from the node's thread.
class Channel {
 public:
  /// `done` runs once, on a fiber of the node and never inside request(), and must not suspend: other
  /// answers and time-outs wait for it. Errors: `timed_out`, `closed` (the channel closed first; the
  /// request may have been carried out), `busy` (too many wait), `too_large` (it does not fit a frame, and
  /// was not sent), `stopped` (as `closed`, by our own stop).
  using Done = std::function<void(Result<Command>)>;

  virtual ~Channel() = default;
  /// Stays the same, also when the channel has closed.
  virtual ChannelId id() const = 0;
  /// The other end of the connection; stays the same.
  virtual Endpoint peer() const = 0;
  /// Our end of the connection; stays the same.
  virtual Endpoint local() const = 0;
  /// Whether what is sent may still reach the peer.
  virtual bool open() const = 0;
  /// Closes; the requests that wait are answered with `closed`. Never suspends.
  virtual void close() = 0;

  /// Sends `response` as the answer to the request `opaque`, in that request's encoding. Output of
  /// one turn leaves in one gather write. Code 1 takes the place of what does not fit a frame. Never
  /// suspends.
  virtual void respond(std::int32_t opaque, SerializeType type, Command response) = 0;
  /// Sends a request that wants no answer, unless it does not fit a frame. Never suspends.
  virtual void one_way(Command request) = 0;
  /// Sends a request; the answer, or why there is none, goes to `done`. Never suspends.
  virtual void request(Command request, Instant deadline, Done done) = 0;
  /// The same, and suspends until the answer is there.
  virtual Result<Command> call(Command request, Instant deadline) = 0;
};

}  // namespace gantry::runtime::remoting
