#pragma once

#include <memory>
#include <string_view>

#include "runtime/sync/wait.h"
#include "runtime/tasks.h"

namespace gantry::runtime::sync {

/// Fibers that belong together: whoever spawns into a group waits for all of them before what they
/// use goes away.
class TaskGroup {
 public:
  explicit TaskGroup(Tasks& tasks);
  /// join() has returned, or the node is gone: a crash unwinds the members first.
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// As Tasks::spawn. A member may spawn further members.
  void spawn(std::string_view name, Tasks::Body body);
  /// Suspends until every member has ended and what their bodies held is destroyed. Not for members.
  /// Errors: `timed_out`, `stopped`.
  Result<void> join(Until until = {});
  std::size_t live() const;

 private:
  struct State;
  class Member;
  Tasks& tasks_;
  std::shared_ptr<State> state_;  // shared with the members: a crash may unwind them after us
};

}  // namespace gantry::runtime::sync
