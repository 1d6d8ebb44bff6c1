#include "runtime/asio/helpers.h"

#include <pthread.h>

namespace gantry::runtime::asio {

Helpers::Helpers(Reactor& reactor, unsigned threads_max) : reactor_(reactor), threads_max_(threads_max) {}

Helpers::~Helpers() {
  {
    const std::lock_guard guard(mutex_);
    ending_ = true;
    jobs_.clear();
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Helpers::submit(std::function<void()> job) {
  const std::lock_guard guard(mutex_);
  jobs_.push_back(std::move(job));
  if (jobs_.size() > idle_ && threads_.size() < threads_max_) threads_.emplace_back([this] { serve(); });
  changed_.notify_one();
}

void Helpers::serve() {
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
