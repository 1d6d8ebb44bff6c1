#pragma once

#include <utility>

#include "runtime/sync/wait.h"

namespace gantry::runtime::sync {

/// Excludes other fibers across suspensions; between two suspensions a fiber is alone anyway. Given
/// in order of arrival: unlocking hands the mutex to whoever has waited longest.
class Mutex {
 public:
  /// Holds the mutex until it goes, or until unlock(). Neither suspends. The mutex outlives it.
  class Lock {
   public:
    Lock(Lock&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
    Lock& operator=(Lock&& other) noexcept {
      if (this != &other) {
        unlock();
        mutex_ = std::exchange(other.mutex_, nullptr);
      }
      return *this;
    }
    ~Lock() { unlock(); }
    void unlock() noexcept {
      if (Mutex* const held = std::exchange(mutex_, nullptr)) held->release();
    }
    bool holds(const Mutex& mutex) const { return mutex_ == &mutex; }

   private:
    friend class Mutex;
    explicit Lock(Mutex& mutex) : mutex_(&mutex) {}
    Mutex* mutex_;
  };

  explicit Mutex(Tasks& tasks) : tasks_(tasks) {}
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  /// Suspends until the mutex is ours. Not recursive. Errors: `timed_out`, `stopped`, also when the
  /// mutex is free but the cancellation came before the call.
  Result<Lock> lock(Until until = {});
  /// Errors: `busy`.
  Result<Lock> try_lock();
  bool locked() const { return locked_; }

 private:
  void release() noexcept;

  Tasks& tasks_;
  WaitList waiting_;
  bool locked_ = false;
};

/// Wakes fibers that wait until something about the node's state has changed. Since fibers change
/// places only where they suspend, a condition needs no mutex; one that a fiber holds across its
/// waits can be given.
class Condition {
 public:
  explicit Condition(Tasks& tasks) : tasks_(tasks) {}
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  void notify_one() { waiting_.wake_one(tasks_); }
  void notify_all() { waiting_.wake_all(tasks_); }

  /// Suspends until notified. Errors: `timed_out`, `stopped`. Loop around the condition.
  Result<void> wait(Until until = {}) { return waiting_.wait(tasks_, until); }
  /// Suspends until `holds()`, asked at once and after each notification.
  template <class Holds>
  Result<void> await(Holds holds, Until until = {}) {
    while (!holds())
      if (auto waited = wait(until); !waited) return waited;
    return {};
  }
  /// The same with a mutex given back meanwhile. On return it is held again whatever the outcome,
  /// and however long that takes.
  Result<void> wait(Mutex& mutex, Mutex::Lock& lock, Until until = {});

 private:
  Tasks& tasks_;
  WaitList waiting_;
};

}  // namespace gantry::runtime::sync
