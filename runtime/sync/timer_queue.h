#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "runtime/clock.h"
#include "runtime/sync/task_group.h"

namespace gantry::runtime::sync {

/// Callbacks at given times, all of them served by one fiber: a timeout costs a record, not a stack.
class TimerQueue {
 public:
  using Callback = std::function<void()>;
  /// Names one timer; the default names none.
  struct Id {
    Instant at;
    std::uint64_t number = 0;
    friend auto operator<=>(const Id&, const Id&) = default;
  };

  /// `name` is the fiber's, for people.
  TimerQueue(Tasks& tasks, const Clock& clock, std::string name = "timers");
  ~TimerQueue();  // stop() has returned, or the node is gone
  TimerQueue(const TimerQueue&) = delete;
  TimerQueue& operator=(const TimerQueue&) = delete;

  /// Calls `callback` once, at that time or soon after, in order of time and then of at(). It may
  /// call at() and cancel(), and must not suspend: all others wait for it. After stop(): never.
  Id at(Instant when, Callback callback);
  /// Returns whether that timer was still to come; its callback is then destroyed and never called.
  bool cancel(Id timer);
  std::size_t size() const { return timers_.size(); }

  /// Drops all timers and waits for the fiber. Not from a callback.
  void stop();

 private:
  void serve();
  void run_due();

  Tasks& tasks_;
  const Clock& clock_;
  std::string name_;
  TaskGroup fiber_;
  WaitList wake_;
  std::map<Id, Callback> timers_;
  std::uint64_t numbers_ = 0;
  Instant next_look_ = Instant::never();  // when the fiber wakes by itself
  bool started_ = false;
  bool stopped_ = false;
};

}  // namespace gantry::runtime::sync
