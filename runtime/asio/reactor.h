#pragma once

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "runtime/asio/poller.h"
#include "runtime/asio/polling.h"
#include "runtime/asio/postbox.h"
#include "runtime/clock.h"
#include "runtime/fibers/engine.h"
#include "runtime/tasks.h"

namespace gantry::runtime::asio {

/// One fiber's wait for a handler of the io_context. Lies in memory that the handler shares, so that
/// a crash may unwind the fiber first.
struct Wait {
  Waker waker;
  bool parked = false;
};

/// Real time for the engine: when no fiber is ready, the poller is asked and the io_context runs. One node's
/// fibers and the group that they form live here; made, used and destroyed on the thread that runs them.
class Reactor final : public fibers::World {
 public:
  /// `spin_max`: how long to poll at most before blocking.
  Reactor(Postbox& postbox, Duration spin_max);

  boost::asio::io_context& io() { return postbox_.io(); }
  Poller& poller() { return poller_; }
  /// As Postbox::post, and so from any thread.
  template <class Handler>
  void post(Handler handler) {
    postbox_.post(std::move(handler));
  }
  fibers::Engine& engine() { return engine_; }
  fibers::Group& group() { return group_; }
  bool gone() const { return group_.gone(); }

  /// Suspends the calling fiber until resume(wait), false at the deadline; may return for no reason. One
  /// fiber at a time waits in one Wait. Throws NodeGone as Tasks::park() does.
  bool suspend(Wait& wait, Instant deadline);
  /// Ends the wait of the fiber that is suspended in `wait`. It has no effect when there is none: a wait that
  /// begins later does not know of it.
  void resume(Wait& wait);

  static Instant now();

  bool idle() override;
  void look() override;

 private:
  void attend();
  void arm_timer();
  void block();
  bool spin(Instant from);

  /// A look at the io_context is a system call, and most of its work can wait for a few turns.
  static constexpr unsigned turns_per_io = 16;

  Postbox& postbox_;
  Poller poller_;
  unsigned turns_ = 0;
  boost::asio::steady_timer timer_;
  Instant armed_ = Instant::never();  // when timer_ ends the next blocking wait
  bool ended_ = false;                // the last fiber has ended

  Polling polling_;

  fibers::Group group_;
  fibers::Engine engine_;
};

}  // namespace gantry::runtime::asio
