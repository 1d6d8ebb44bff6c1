#pragma once

#include <array>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "model/base/result.h"
#include "runtime/asio/reactor.h"

namespace gantry::runtime::asio {

enum class Side : std::uint8_t { input, output };

/// A socket whose readiness fibers wait for. The reactor only says when; reading and writing is done
/// by whoever waited, at once and with plain system calls.
class Descriptor : public std::enable_shared_from_this<Descriptor> {
 public:
  /// Takes over `fd`, which is non-blocking; closes it at once when the reactor has no place for it.
  /// Errors: `busy`.
  static Result<std::shared_ptr<Descriptor>> adopt(Reactor& reactor, int fd);
  explicit Descriptor(Reactor& reactor) : reactor_(reactor), descriptor_(reactor.io()) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int fd() { return descriptor_.native_handle(); }
  bool closed() const { return closed_; }

  /// Suspends until a read or write may succeed or fail; perhaps for no reason. To be called after
  /// one would have blocked. One fiber per side. Errors: `closed` by close(), `timed_out`.
  Result<void> await(Side side, Instant deadline);

  /// Wakes both sides with `closed` and closes the descriptor, at once.
  void close();
  /// The same for a stream: sends what is still to be sent, if the peer takes it within a while.
  void close_stream();

 private:
  struct State {
    Wait wait;
    bool armed = false;  // the reactor will call fired()
    bool ready = false;
  };
  void arm(Side side);
  void fired(Side side);
  void wake_both();
  void linger();

  Reactor& reactor_;
  boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> descriptor_;
  std::array<State, 2> sides_;
  std::unique_ptr<boost::asio::steady_timer> linger_timer_;
  bool closed_ = false;
};

}  // namespace gantry::runtime::asio
