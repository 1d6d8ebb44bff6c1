#include "broker/store/waiters.h"

#include <algorithm>

namespace gantry::broker::store {

void Waiters::add(PhysicalOffset end, runtime::Instant deadline, Done done) {
  if (waiting_.empty() || waiting_.back().end <= end) {
    waiting_.push_back({end, deadline, std::move(done)});
    return;
  }
  const auto at = std::ranges::upper_bound(waiting_, end, {}, &Waiter::end);
  waiting_.insert(at, {end, deadline, std::move(done)});
}

Waiters::Done Waiters::take_first() {
  Done done = std::move(waiting_.front().done);
  waiting_.pop_front();
  return done;
}

void Waiters::complete(PhysicalOffset frontier, PutStatus status) {
  while (!waiting_.empty() && waiting_.front().end <= frontier) take_first()(status);
}

void Waiters::expire(runtime::Instant now, PutStatus status) {
  while (!waiting_.empty() && waiting_.front().deadline <= now) take_first()(status);
}

void Waiters::fail_behind(PhysicalOffset frontier, PutStatus status) {
  const auto first = std::ranges::upper_bound(waiting_, frontier, {}, &Waiter::end);
  std::vector<Done> failed;
  for (auto at = first; at != waiting_.end(); ++at) failed.push_back(std::move(at->done));
  waiting_.erase(first, waiting_.end());
  for (const Done& done : failed) done(status);
}

}  // namespace gantry::broker::store
