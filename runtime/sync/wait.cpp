#include "runtime/sync/wait.h"

#include <algorithm>

#include "model/base/invariant.h"

namespace gantry::runtime::sync {

Result<void> WaitList::wait(Tasks& tasks, Until until) {
  Cancellation* const cancellation = until.cancellation;
  if (cancellation != nullptr && cancellation->cancelled_) return Errc::stopped;

  const std::uint64_t ticket = add(tasks.waker());
  const std::uint64_t called_off = cancellation != nullptr ? cancellation->waiting_.add(tasks.waker()) : 0;
  Result<void> outcome;
  for (;;) {
    const bool woken = tasks.park(until.deadline);  // after NodeGone nothing below may run
    Entry* const entry = find(ticket);
    if (entry == nullptr) break;
    if (cancellation != nullptr && cancellation->cancelled_) outcome = Errc::stopped;
    else if (!woken) outcome = Errc::timed_out;
    if (!outcome) {
      remove(ticket);
      break;
    }
    // For no reason. The next park() is another wait, with another name; the place stays.
    entry->waker = tasks.waker();
    if (cancellation != nullptr) cancellation->waiting_.find(called_off)->waker = entry->waker;
  }
  if (cancellation != nullptr) cancellation->waiting_.remove(called_off);
  return outcome;
}

bool WaitList::wake_one(Tasks& tasks) {
  if (live_ == 0) return false;
  while (!entries_[head_].waits) ++head_;
  const Waker waker = entries_[head_].waker;
  entries_[head_].waits = false;
  --live_;
  drop_dead();
  tasks.unpark(waker);
  return true;
}

void WaitList::wake_all(Tasks& tasks) {
  while (wake_one(tasks)) {
  }
}

std::uint64_t WaitList::add(Waker waker) {
  entries_.push_back({waker, ++tickets_, true});
  ++live_;
  return tickets_;
}

WaitList::Entry* WaitList::find(std::uint64_t ticket) {
  const auto at = std::lower_bound(entries_.begin() + static_cast<std::ptrdiff_t>(head_), entries_.end(),
                                   ticket, [](const Entry& e, std::uint64_t t) { return e.ticket < t; });
  return at != entries_.end() && at->ticket == ticket && at->waits ? &*at : nullptr;
}

void WaitList::remove(std::uint64_t ticket) {
  Entry* const entry = find(ticket);
  if (entry == nullptr) return;
  entry->waits = false;
  --live_;
  drop_dead();
}

void WaitList::drop_dead() {
  if (live_ == 0) {
    entries_.clear();
    head_ = 0;
  } else if (entries_.size() > 2 * live_ + 16) {
    std::erase_if(entries_, [](const Entry& e) { return !e.waits; });
    head_ = 0;
  }
}

void Cancellation::cancel() {
  cancelled_ = true;
  waiting_.wake_all(tasks_);
}

Result<void> sleep(Tasks& tasks, const Clock& clock, Duration time, Cancellation* cancellation) {
  WaitList nobody_wakes;
  const Result<void> outcome = nobody_wakes.wait(tasks, within(clock, time, cancellation));
  invariant(!outcome, "only the end of its time or a cancellation ends a sleep");
  if (outcome.error().code == Errc::stopped) return Errc::stopped;
  return {};
}

}  // namespace gantry::runtime::sync
