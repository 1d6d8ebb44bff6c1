#include "runtime/asio/helpers.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>

#include "runtime/asio/errors.h"

namespace gantry::runtime::asio {
namespace {

/// A fiber of its own with helpers, as a node has them.
void with_helpers(const std::function<void(Helpers&)>& body) {
  Postbox postbox;
  boost::asio::steady_timer work(postbox.io(), 1h);  // it has always something to wait for, as a node's has
  work.async_wait([](const boost::system::error_code&) {});
  Reactor reactor(postbox, {});
  Helpers helpers(reactor);
  reactor.engine().spawn(reactor.group(), "main", [&] { body(helpers); });
  reactor.engine().run();
}

/// Holds up every thread of a lane until it goes.
class Jam {
 public:
  Jam(Helpers& helpers, Lane lane) {
    const auto held = std::make_shared<std::atomic<std::size_t>>(0);
    const auto hold = [end = end_, held]() -> Result<void> {
      ++*held;
      end.wait();
      return {};
    };
    while (*held < HelperLane::threads_max)
      EXPECT_EQ(helpers.run(lane, hold, Reactor::now() + 1ms).error(), Error(Errc::timed_out));
  }
  ~Jam() { release_.set_value(); }

 private:
  std::promise<void> release_;
  std::shared_future<void> end_ = release_.get_future().share();
};

int helper_threads() {
  int count = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    count += name == "gantry-helper" ? 1 : 0;
  }
  return count;
}

TEST(Helpers, ALaneThatIsHeldUpHoldsUpNoOther) {
  with_helpers([](Helpers& helpers) {
    const auto yes = []() -> Result<bool> { return true; };
    for (const Lane jammed : {Lane::names, Lane::disk, Lane::sync}) {
      const Jam jam(helpers, jammed);
      for (const Lane lane : {Lane::names, Lane::disk, Lane::sync})
        EXPECT_EQ(helpers.run(lane, yes, Reactor::now() + (lane == jammed ? Duration(1ms) : 10s)).has_value(),
                  lane != jammed);
    }
  });
}

TEST(Helpers, WhatTimedOutBeforeItBeganIsNotRun) {
  const auto ran = std::make_shared<std::atomic<int>>(0);
  with_helpers([&](Helpers& helpers) {
    const auto work = [ran]() -> Result<int> { return ++*ran; };
    {
      const Jam jam(helpers, Lane::names);
      for (int i = 0; i < 5; ++i)
        EXPECT_EQ(helpers.run(Lane::names, work, Reactor::now() + 1ms).error(), Error(Errc::timed_out));
    }
    EXPECT_EQ(helpers.run(Lane::names, work).value(), 1);
  });
}

TEST(Helpers, ThreadsAreStartedWhenTheyAreNeeded) {
  with_helpers([](Helpers& helpers) {
    // Those of earlier tests are joined, and yet the system may list them for a moment.
    for (int i = 0; i < 100'000 && helper_threads() > 0; ++i) std::this_thread::yield();
    EXPECT_EQ(helper_threads(), 0);
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(helpers.run(Lane::sync, []() -> Result<bool> { return true; }));
    EXPECT_GE(helper_threads(), 1);
    EXPECT_LE(static_cast<std::size_t>(helper_threads()), HelperLane::threads_max);
  });
}

TEST(Helpers, NoSignalInterruptsACall) {
  with_helpers([](Helpers& helpers) {
    const auto blocked = helpers.run(Lane::sync, []() -> Result<sigset_t> {
      sigset_t set;
      ::pthread_sigmask(SIG_BLOCK, nullptr, &set);
      return set;
    });
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGALRM, SIGCHLD, SIGUSR1})
      EXPECT_EQ(sigismember(&*blocked, signal), 1) << signal;
    EXPECT_EQ(sigismember(&*blocked, SIGSEGV), 0);
  });
}

TEST(Uninterrupted, MakesACallAgainUntilNoSignalInterruptsIt) {
  int calls = 0;
  errno = 0;
  EXPECT_EQ(uninterrupted([&] {
              errno = EINTR;
              return ++calls < 3 ? -1 : 0;
            }),
            0);
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(uninterrupted([&] {
              ++calls;
              errno = EIO;
              return -1;
            }),
            -1);
  EXPECT_EQ(calls, 4);
  EXPECT_EQ(errno, EIO);
}

}  // namespace
}  // namespace gantry::runtime::asio
