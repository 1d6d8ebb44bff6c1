#pragma once

#include <vector>

#include "model/base/result.h"
#include "runtime/tasks.h"

namespace gantry::runtime::sync {

class Cancellation;

/// How long a wait may last, and what may call it off. Every wait of runtime/sync takes one.
struct Until {
  Instant deadline = Instant::never();
  Cancellation* cancellation = nullptr;
};

/// Fibers that wait for the same thing, in order of arrival. Building block of all the others.
class WaitList {
 public:
  /// Suspends until wake_one() or wake_all() picks this fiber. Errors: `timed_out`, `stopped` (the
  /// cancellation). May wake for no reason: loop around the condition.
  Result<void> wait(Tasks& tasks, Until until);
  void wake_one(Tasks& tasks);
  void wake_all(Tasks& tasks);
  bool empty() const { return waiting_.empty(); }

 private:
  std::vector<Waker> waiting_;
};

/// Calls waits off, once and for good: every wait that names it ends with `stopped`.
class Cancellation {
 public:
  explicit Cancellation(Tasks& tasks) : tasks_(tasks) {}
  void cancel();
  bool cancelled() const { return cancelled_; }

 private:
  friend class WaitList;
  Tasks& tasks_;
  WaitList waiting_;
  bool cancelled_ = false;
};

/// Suspends for so long. Errors: `stopped` when called off.
Result<void> sleep(Tasks& tasks, const Clock& clock, Duration time, Cancellation* cancellation = nullptr);

}  // namespace gantry::runtime::sync
