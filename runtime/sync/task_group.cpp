#include "runtime/sync/task_group.h"

#include <exception>
#include <utility>

#include "model/base/invariant.h"

namespace gantry::runtime::sync {

struct TaskGroup::State {
  WaitList done;
  std::size_t live = 0;
};

/// Counts its fiber as live for as long as it exists and run() has not come to its end.
class TaskGroup::Member {
 public:
  Member(Tasks& tasks, std::shared_ptr<State> state, Tasks::Body body)
      : tasks_(tasks), state_(std::move(state)), body_(std::move(body)) {
    ++state_->live;
  }
  ~Member() {
    if (!ended_) --state_->live;  // unwound, or never begun: nobody is left to be woken
  }
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  void run() {
    body_();
    body_ = nullptr;
    ended_ = true;
    if (--state_->live == 0) state_->done.wake_all(tasks_);
  }

 private:
  Tasks& tasks_;
  std::shared_ptr<State> state_;
  Tasks::Body body_;
  bool ended_ = false;
};

TaskGroup::TaskGroup(Tasks& tasks) : tasks_(tasks), state_(std::make_shared<State>()) {}

TaskGroup::~TaskGroup() {
  invariant(state_->live == 0 || std::uncaught_exceptions() > 0, "a group is joined before it goes");
}

void TaskGroup::spawn(std::string_view name, Tasks::Body body) {
  tasks_.spawn(name, [member = std::make_shared<Member>(tasks_, state_, std::move(body))] { member->run(); });
}

Result<void> TaskGroup::join(Until until) {
  while (state_->live != 0)
    if (auto waited = state_->done.wait(tasks_, until); !waited) return waited;
  return {};
}

std::size_t TaskGroup::live() const {
  return state_->live;
}

}  // namespace gantry::runtime::sync
