#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include <gantry/future.h>

namespace gantry::client::face {

/// A mutex and a condition variable. The thread of the clients' node must not wait.
class ThreadMonitor final : public Monitor {
 public:
  /// `node` is the thread that would wait for itself.
  explicit ThreadMonitor(std::thread::id node) : node_(node) {}

  void change(const std::function<void()>& change) override {
    const std::lock_guard lock(mutex_);
    change();
    // Within the lock: whoever waits may destroy this as soon as it has the lock.
    changed_.notify_all();
  }

  Result<void> await(const std::function<bool()>& holds, std::chrono::nanoseconds at_most) override {
    std::unique_lock lock(mutex_);
    if (holds()) return {};
    if (at_most <= std::chrono::nanoseconds(0)) return Error{Errc::timed_out, "it is not there yet"};
    if (std::this_thread::get_id() == node_)
      return Error{Errc::invalid, "a callback must not wait for its own client"};
    if (at_most >= std::chrono::hours(24 * 365)) {  // the clock's end is no deadline
      changed_.wait(lock, holds);
      return {};
    }
    if (!changed_.wait_for(lock, at_most, holds)) return Error{Errc::timed_out, "it did not come in time"};
    return {};
  }

 private:
  const std::thread::id node_;
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace gantry::client::face
