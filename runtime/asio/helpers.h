#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "model/base/result.h"
#include "runtime/asio/reactor.h"

namespace gantry::runtime::asio {

/// Calls that block wait for those of their own lane only: an fsync, which every acknowledgement waits
/// for, never stands behind a name server that does not answer.
enum class Lane : std::uint8_t {
  sync,   ///< what writers wait for: syncs, and changes of a file's size
  write,  ///< large writes past the page cache
  disk,   ///< cold reads, and removing large files
  names,  ///< name resolution
};

/// The threads and the queue of one lane. A thread is started when a call finds none that is idle.
class HelperLane {
 public:
  /// Two, so that one call that takes long does not hold up the next one.
  static constexpr std::size_t threads_max = 2;

  ~HelperLane();  // waits for the calls that are under way; the others are dropped
  void submit(std::function<void()> job);

 private:
  void serve();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool ending_ = false;
};

/// Threads for calls that block. The fiber that asked is suspended, everybody else goes on.
class Helpers {
 public:
  explicit Helpers(Reactor& reactor) : reactor_(reactor) {}
  Helpers(const Helpers&) = delete;  // goes after the calls that are under way; what they yield is dropped
  Helpers& operator=(const Helpers&) = delete;

  /// Runs `work`, which returns a Result, on a helper thread and suspends until it has ended. It must
  /// own all that it touches: after a crash, and after `timed_out`, it goes on without its fiber. What
  /// had not begun at its deadline is not begun.
  template <class Work>
  auto run(Lane lane, Work work, Instant deadline = Instant::never()) -> decltype(work()) {
    struct Job {
      explicit Job(Work w) : work(std::move(w)) {}
      Work work;
      std::optional<decltype(work())> outcome;
      std::atomic<bool> given_up = false;
      bool done = false;  // as the node's thread knows
      Wait wait;
    };
    auto job = std::make_shared<Job>(std::move(work));
    lanes_[static_cast<std::size_t>(lane)].submit([this, job] {
      if (job->given_up) return;
      job->outcome.emplace(job->work());
      reactor_.post([this, job] {
        job->done = true;
        reactor_.resume(job->wait);
      });
    });
    while (!job->done) {
      if (reactor_.suspend(job->wait, deadline)) continue;
      job->given_up = true;
      return Errc::timed_out;
    }
    return std::move(*job->outcome);
  }

 private:
  Reactor& reactor_;
  std::array<HelperLane, 4> lanes_;
};

}  // namespace gantry::runtime::asio
