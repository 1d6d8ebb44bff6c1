#pragma once

#include "runtime/sync/wait.h"

namespace gantry::runtime::sync {

/// Opens once and stays open: "started", "loaded", "the first route is known".
class Gate {
 public:
  explicit Gate(Tasks& tasks) : tasks_(tasks) {}
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  void open() {
    open_ = true;
    waiting_.wake_all(tasks_);
  }
  bool is_open() const { return open_; }
  /// Suspends until open. Errors: `timed_out`, `stopped`.
  Result<void> wait(Until until = {}) {
    while (!open_)
      if (auto waited = waiting_.wait(tasks_, until); !waited) return waited;
    return {};
  }

 private:
  Tasks& tasks_;
  WaitList waiting_;
  bool open_ = false;
};

}  // namespace gantry::runtime::sync
