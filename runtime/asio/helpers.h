#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>

#include "model/base/result.h"
#include "runtime/asio/reactor.h"

namespace gantry::runtime::asio {

/// Threads for calls that block: syncs, cold reads, name resolution. Started when first needed. The
/// fiber that asked is suspended, everybody else goes on.
class Helpers {
 public:
  Helpers(Reactor& reactor, unsigned threads_max);
  ~Helpers();  // waits for the calls that are under way; what they yield is dropped
  Helpers(const Helpers&) = delete;
  Helpers& operator=(const Helpers&) = delete;

  /// Runs `work`, which returns a Result, on a helper thread and suspends until it has ended. It must
  /// own all that it touches: after a crash, and after `timed_out`, it goes on without its fiber.
  template <class Work>
  auto run(Work work, Instant deadline = Instant::never()) -> decltype(work()) {
    struct Job {
      explicit Job(Work w) : work(std::move(w)) {}
      Work work;
      std::optional<decltype(work())> outcome;
      bool done = false;  // as the node's thread knows
      Wait wait;
    };
    auto job = std::make_shared<Job>(std::move(work));
    submit([this, job] {
      job->outcome.emplace(job->work());
      boost::asio::post(reactor_.io(), [this, job] {
        job->done = true;
        reactor_.resume(job->wait);
      });
    });
    while (!job->done)
      if (!reactor_.suspend(job->wait, deadline)) return Errc::timed_out;
    return std::move(*job->outcome);
  }

 private:
  void submit(std::function<void()> job);
  void serve();

  Reactor& reactor_;
  const std::size_t threads_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool ending_ = false;
};

}  // namespace gantry::runtime::asio
