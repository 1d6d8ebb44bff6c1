#include "runtime/asio/helpers.h"

#include <csignal>

#include <pthread.h>

namespace gantry::runtime::asio {

namespace {
/// A signal is for the threads that wait for one; here it would only interrupt a call. Faults are the
/// thread's own and stay.
void block_signals() {
  sigset_t blocked;
  ::sigfillset(&blocked);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) ::sigdelset(&blocked, fault);
  ::pthread_sigmask(SIG_SETMASK, &blocked, nullptr);
}
}  // namespace

HelperLane::~HelperLane() {
  {
    const std::lock_guard guard(mutex_);
    ending_ = true;
    jobs_.clear();
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void HelperLane::submit(std::function<void()> job) {
  const std::lock_guard guard(mutex_);
  jobs_.push_back(std::move(job));
  if (jobs_.size() > idle_ && threads_.size() < threads_max) threads_.emplace_back([this] { serve(); });
  changed_.notify_one();
}

void HelperLane::serve() {
  block_signals();
  ::pthread_setname_np(::pthread_self(), "gantry-helper");
  std::unique_lock guard(mutex_);
  for (;;) {
    ++idle_;
    changed_.wait(guard, [this] { return ending_ || !jobs_.empty(); });
    --idle_;
    if (ending_) return;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    guard.unlock();
    job();
    job = nullptr;
    guard.lock();
  }
}

}  // namespace gantry::runtime::asio
