#pragma once

#include <array>
#include <memory>

#include <boost/asio/steady_timer.hpp>

#include "model/base/result.h"
#include "runtime/asio/reactor.h"

namespace gantry::runtime::asio {

enum class Side : std::uint8_t { input, output };

/// A socket whose readiness fibers wait for. The poller only says when; reading and writing is done
/// by whoever waited, at once and with plain system calls.
class Descriptor : public std::enable_shared_from_this<Descriptor> {
 public:
  /// Takes over `fd`, which is non-blocking; closes it at once when the reactor has no place for it.
  /// Errors: `busy`.
  static Result<std::shared_ptr<Descriptor>> adopt(Reactor& reactor, int fd);
  Descriptor(Reactor& reactor, int fd) : reactor_(reactor), fd_(fd) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int fd() const { return fd_; }
  bool closed() const { return closed_; }

  /// A call on that side would have blocked, or has just taken all that it could: the next one is worth its
  /// while only when something has happened.
  void blocked(Side side) {
    if (side == Side::output || !ended_) sides_[static_cast<std::size_t>(side)].ready = false;
  }
  /// False from blocked() on until something happens.
  bool ready(Side side) const { return sides_[static_cast<std::size_t>(side)].ready; }
  /// Suspends until ready(); a read or write may then succeed or fail, or block for no reason. One fiber
  /// per side. Errors: `closed` by close(), `timed_out`.
  Result<void> await(Side side, Instant deadline);

  /// Wakes both sides with `closed` and closes the descriptor, at once.
  void close();
  /// The same for a stream: sends what is still to be sent, if the peer takes it within a while. The
  /// process's share of descriptors for that is bounded (DescriptorShares); beyond it the peer may lose
  /// the last bytes.
  void close_stream();

  // What the poller reports.
  static constexpr unsigned readable = 1;
  static constexpr unsigned writable = 2;
  static constexpr unsigned ended = 4;  ///< the peer sends no more; it is not said a second time
  void happened(unsigned what);

 private:
  struct State {
    Wait wait;
    bool ready = true;  // something has happened since the side last blocked
  };
  void wake_both();
  void begin_to_linger();
  void linger();
  void close_fd();

  Reactor& reactor_;
  int fd_;
  std::array<State, 2> sides_;
  bool ended_ = false;
  std::unique_ptr<boost::asio::steady_timer> linger_timer_;
  bool closed_ = false;
};

}  // namespace gantry::runtime::asio
