#include "runtime/sync/timer_queue.h"

#include <utility>

#include "model/base/invariant.h"

namespace gantry::runtime::sync {

TimerQueue::TimerQueue(Tasks& tasks, const Clock& clock, std::string name)
    : tasks_(tasks), clock_(clock), name_(std::move(name)), fiber_(tasks) {}

TimerQueue::~TimerQueue() = default;

TimerQueue::Id TimerQueue::at(Instant when, Callback callback) {
  const Id id{when, ++numbers_};
  if (stopped_) return id;
  timers_.emplace(id, std::move(callback));
  if (!std::exchange(started_, true)) fiber_.spawn(name_, [this] { serve(); });
  else if (when < next_look_) wake_.wake_one(tasks_);
  return id;
}

bool TimerQueue::cancel(Id timer) {
  return timers_.erase(timer) != 0;
}

void TimerQueue::stop() {
  stopped_ = true;
  timers_.clear();
  wake_.wake_all(tasks_);
  if (auto joined = fiber_.join(); !joined) invariant(false, "a join without a limit ends well");
}

void TimerQueue::serve() {
  while (!stopped_) {
    run_due();
    if (stopped_) return;
    // A timer that is cancelled may leave one look too many behind, never one too few.
    next_look_ = timers_.empty() ? Instant::never() : timers_.begin()->first.at;
    const auto woken = wake_.wait(tasks_, {next_look_, nullptr});
    (void)woken;  // by a nearer timer, by stop() or by time: all of them mean to look again
    next_look_ = Instant{INT64_MIN};  // awake: whoever adds a timer now need not wake us
  }
}

void TimerQueue::run_due() {
  // Timers that are added meanwhile, even for the past, wait for the next round: each look ends.
  const Instant now = clock_.now();
  const std::uint64_t newest = numbers_;
  while (!timers_.empty()) {
    const Id first = timers_.begin()->first;
    if (first.at > now || first.number > newest) return;
    const auto due = timers_.extract(timers_.begin());
    due.mapped()();
  }
}

}  // namespace gantry::runtime::sync
