#include "runtime/asio/reactor.h"

#include <chrono>

#include <boost/system/error_code.hpp>

namespace gantry::runtime::asio {

Reactor::Reactor(Postbox& postbox, Duration spin_max)
    : postbox_(postbox),
      poller_(io()),
      timer_(io()),
      polling_(spin_max),
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
  polling_.woken(now());
  poller_.poll();
}

bool Reactor::spin(Instant from) {
  const Instant until = polling_.idle(from);
  if (until <= from) return false;
  bool found = false;
  for (Instant at = from; !found && at < until;) {
    at = now();
    polling_.looked(at);
    found = poller_.poll() != 0 || postbox_.posted() || engine_.next_deadline() <= at;
  }
  polling_.ended(found);
  return found;
}

}  // namespace gantry::runtime::asio
