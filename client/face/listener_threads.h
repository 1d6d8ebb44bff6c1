#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "client/face/backend.h"

namespace gantry::client::face {

/// Threads on which the program's listener may block. They are started as they are needed.
class ListenerThreads final : public Listeners {
 public:
  /// `backend` is the node that asks for the work, and outlives this.
  ListenerThreads(Backend& backend, std::size_t threads_max) : backend_(backend), threads_max_(threads_max) {}
  /// Waits for what runs.
  ~ListenerThreads() override;
  ListenerThreads(const ListenerThreads&) = delete;

  void run(std::function<void()> work) override;

 private:
  struct Job {
    std::function<void()> work;
    runtime::Waker waker;  // the node's thread only, as is `done`
    bool done = false;
  };

  void submit(std::shared_ptr<Job> job);
  void serve();

  Backend& backend_;
  const std::size_t threads_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Job>> jobs_;
  std::size_t idle_ = 0;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gantry::client::face
