#include "runtime/asio/reactor.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <boost/system/error_code.hpp>

namespace gantry::runtime::asio {

Reactor::Reactor(Postbox& postbox, Duration spin_max)
    : postbox_(postbox),
      poller_(io()),
      timer_(io()),
      spin_max_(spin_max),
      group_(1, [this] { ended_ = true; }),
      engine_(*this) {}

bool Reactor::suspend(Wait& wait, Instant deadline) {
  wait.waker = engine_.waker();
  wait.parked = true;
  const bool woken = engine_.park(deadline);
  wait.parked = false;
  return woken;
}

void Reactor::resume(Wait& wait) {
  if (wait.parked) engine_.unpark(wait.waker);
}

Instant Reactor::now() {
  return {std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()).count()};
}

bool Reactor::idle() {
  if (ended_) return false;
  if (poller_.poll() == 0) {
    const Instant from = now();
    if (engine_.next_deadline() > from && !spin(from)) block();
  }
  attend();
  return true;
}

void Reactor::look() {
  poller_.poll();
  attend();
}

void Reactor::attend() {
  if (postbox_.take_posted() || ++turns_ % turns_per_io == 0) io().poll();
  if (engine_.next_deadline() != Instant::never()) engine_.fire_due(now());
}

void Reactor::arm_timer() {
  const Instant next = engine_.next_deadline();
  if (next >= armed_) return;  // an earlier one that is obsolete costs one look too many
  armed_ = next;
  timer_.expires_at(std::chrono::steady_clock::time_point(Duration(next.ns)));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) armed_ = Instant::never();
  });
}

void Reactor::block() {
  arm_timer();
  poller_.watch();
  io().run_one();
  busy_since_ = now();
  poller_.poll();
}

bool Reactor::spin(Instant from) {
  earned_ = std::min(earned_ + (from - busy_since_), spin_max_);
  const Instant until = std::min(from + earned_, engine_.next_deadline());
  bool found = false;
  busy_since_ = from;
  while (!found && busy_since_ < until) {
    std::this_thread::yield();  // whoever shares the core, a helper too, goes first
    busy_since_ = now();        // what others had of the core was no work of ours
    found = poller_.poll() != 0 || postbox_.posted();
  }
  earned_ = std::max(earned_ - (busy_since_ - from), -spin_max_);
  return found;
}

}  // namespace gantry::runtime::asio
