#include "broker/store/log/waiters.h"

#include <algorithm>
#include <vector>

namespace gantry::broker::store::log {

void Waiters::add(PhysicalOffset end, runtime::Instant deadline, Done done) {
  if (waiting_.empty() || waiting_.back().end <= end) {
    waiting_.push_back({end, deadline, std::move(done)});
    return;
  }
  const auto at = std::ranges::upper_bound(waiting_, end, {}, &Waiter::end);
  waiting_.insert(at, {end, deadline, std::move(done)});
}

runtime::Instant Waiters::first_deadline() const {
  runtime::Instant first = runtime::Instant::never();
  for (const Waiter& waiter : waiting_) first = std::min(first, waiter.deadline);
  return first;
}

void Waiters::complete(PhysicalOffset mark) {
  while (any_up_to(mark)) {
    const Done done = std::move(waiting_.front().done);
    waiting_.pop_front();
    done(PutStatus::ok);
  }
}

void Waiters::expire(runtime::Instant now, PutStatus status) {
  std::vector<Done> late;
  for (Waiter& waiter : waiting_)
    if (waiter.deadline <= now) late.push_back(std::move(waiter.done));
  std::erase_if(waiting_, [now](const Waiter& waiter) { return waiter.deadline <= now; });
  for (const Done& done : late) done(status);
}

void Waiters::fail_beyond(PhysicalOffset mark, PutStatus status) {
  const auto first = std::ranges::upper_bound(waiting_, mark, {}, &Waiter::end);
  std::vector<Done> failed;
  for (auto at = first; at != waiting_.end(); ++at) failed.push_back(std::move(at->done));
  waiting_.erase(first, waiting_.end());
  for (const Done& done : failed) done(status);
}

}  // namespace gantry::broker::store::log
