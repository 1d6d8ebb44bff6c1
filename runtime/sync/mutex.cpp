#include "runtime/sync/mutex.h"

#include "model/base/invariant.h"

namespace gantry::runtime::sync {

Result<Mutex::Lock> Mutex::lock(Until until) {
  if (until.cancellation != nullptr && until.cancellation->cancelled()) return Errc::stopped;
  if (locked_) {
    // Whoever is picked owns the mutex already: release() left it locked for us.
    if (auto waited = waiting_.wait(tasks_, until); !waited) return waited.error();
  }
  locked_ = true;
  return Lock(*this);
}

Result<Mutex::Lock> Mutex::try_lock() {
  if (locked_) return Errc::busy;
  locked_ = true;
  return Lock(*this);
}

void Mutex::release() noexcept {
  if (!waiting_.wake_one(tasks_)) locked_ = false;
}

Result<void> Condition::wait(Mutex& mutex, Mutex::Lock& lock, Until until) {
  invariant(lock.holds(mutex), "who waits with a mutex holds it");
  lock.unlock();
  const Result<void> outcome = wait(until);
  lock = mutex.lock().value();
  return outcome;
}

}  // namespace gantry::runtime::sync
