#pragma once

#include <string_view>

#include "runtime/sync/wait.h"
#include "runtime/tasks.h"

namespace gantry::runtime::sync {

/// Fibers that belong together: whoever spawns into a group waits for all of them before what they
/// use goes away.
class TaskGroup {
 public:
  explicit TaskGroup(Tasks& tasks) : tasks_(tasks) {}
  /// join() has returned, or the node is gone: a crash unwinds the members first.
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;

  void spawn(std::string_view name, Tasks::Body body);
  /// Suspends until every member has ended. Errors: `timed_out`, `stopped`.
  Result<void> join(Until until = {});
  std::size_t live() const { return live_; }

 private:
  Tasks& tasks_;
  WaitList done_;
  std::size_t live_ = 0;
};

}  // namespace gantry::runtime::sync
