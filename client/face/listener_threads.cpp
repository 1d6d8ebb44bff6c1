#include "client/face/listener_threads.h"

namespace gantry::client::face {

ListenerThreads::~ListenerThreads() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ListenerThreads::run(std::function<void()> work) {
  auto job = std::make_shared<Job>();
  job->work = std::move(work);
  runtime::Tasks& tasks = backend_.runtime().tasks;
  job->waker = tasks.waker();
  submit(job);
  while (!job->done) {
    tasks.park();
    // A wake-up may be for no reason. Whoever ends the job reads the waker on this thread, after this.
    job->waker = tasks.waker();
  }
}

void ListenerThreads::submit(std::shared_ptr<Job> job) {
  const std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
  if (idle_ < jobs_.size() && threads_.size() < threads_max_) threads_.emplace_back([this] { serve(); });
  changed_.notify_one();
}

void ListenerThreads::serve() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    changed_.wait(lock, [&] { return ending_ || !jobs_.empty(); });
    --idle_;
    if (jobs_.empty()) return;
    const std::shared_ptr<Job> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job->work();
    backend_.post([this, job] {
      job->done = true;
      backend_.runtime().tasks.unpark(job->waker);
    });
    lock.lock();
  }
}

}  // namespace gantry::client::face
