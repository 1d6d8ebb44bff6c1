#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <random>
#include <thread>

#include "sim/seal/seal.h"
#include "tests/sim/world.h"

namespace gantry::sim {
namespace {

// How a forked child ended that was closed and then did this: its signal, or 0.
int signal_of(void (*act)()) {
  const pid_t child = fork();
  if (child == 0) {
    seal::close_process(-1);
    act();
    _exit(0);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

volatile std::int64_t sink;

TEST(Seal, AClosedProcessComputesAndEnds) {
  EXPECT_EQ(signal_of([] {
              std::vector<std::string> much;
              for (int i = 0; i < 10'000; ++i) much.emplace_back(static_cast<std::size_t>(i), 'x');
              try {
                throw std::runtime_error("an ordinary exception");
              } catch (const std::runtime_error&) {
              }
            }),
            0);
}

TEST(Seal, ClocksAreClosed) {
  EXPECT_NE(signal_of([] { sink = std::chrono::steady_clock::now().time_since_epoch().count(); }), 0);
  EXPECT_NE(signal_of([] { sink = std::chrono::system_clock::now().time_since_epoch().count(); }), 0);
  EXPECT_NE(signal_of([] { sink = time(nullptr); }), 0);
  EXPECT_NE(signal_of([] {
              timespec now{};
              sink = clock_gettime(CLOCK_MONOTONIC, &now);
            }),
            0);
  EXPECT_NE(signal_of([] {
              timespec now{};
              sink = clock_gettime(CLOCK_REALTIME_COARSE, &now);
            }),
            0);
  EXPECT_NE(signal_of([] {
              timeval now{};
              sink = gettimeofday(&now, nullptr);
            }),
            0);
  EXPECT_NE(signal_of([] { sink = ::clock(); }), 0);
#if defined(__x86_64__)
  EXPECT_EQ(signal_of([] { sink = static_cast<std::int64_t>(__rdtsc()); }), SIGSEGV);
#endif
}

TEST(Seal, EntropyIsClosed) {
  EXPECT_NE(signal_of([] { sink = std::random_device{}(); }), 0);
  EXPECT_EQ(signal_of([] {
              char room[8];
              sink = getrandom(room, sizeof room, 0);
            }),
            SIGSYS);
  EXPECT_EQ(signal_of([] {
              char room[8];
              sink = getentropy(room, sizeof room);
            }),
            SIGSYS);
  EXPECT_NE(signal_of([] { sink = rand(); }), 0);
  EXPECT_NE(signal_of([] { sink = static_cast<std::int64_t>(getauxval(AT_RANDOM)); }), 0);
}

TEST(Seal, TheEnvironmentIsClosed) {
  EXPECT_NE(signal_of([] { sink = getenv("HOME") != nullptr ? 1 : 0; }), 0);
  EXPECT_EQ(signal_of([] { sink = environ[0] != nullptr ? 1 : 0; }), SIGSEGV);
  EXPECT_NE(signal_of([] { sink = sched_getcpu(); }), 0);
  EXPECT_NE(signal_of([] { sink = getpid(); }), 0);
  EXPECT_NE(signal_of([] { sink = static_cast<std::int64_t>(std::thread::hardware_concurrency()); }), 0);
  EXPECT_EQ(signal_of([] {
              char room[1000];
              sink = getcwd(room, sizeof room) != nullptr ? 1 : 0;
            }),
            SIGSYS);
}

TEST(Seal, FilesSocketsSleepAndThreadsAreClosed) {
  EXPECT_EQ(signal_of([] { sink = open("/dev/null", O_RDONLY); }), SIGSYS);
  EXPECT_EQ(signal_of([] { sink = std::ifstream("/etc/hostname").get(); }), SIGSYS);
  EXPECT_EQ(signal_of([] { sink = socket(AF_INET, SOCK_STREAM, 0); }), SIGSYS);
  EXPECT_EQ(signal_of([] { sink = ::write(7, "x", 1); }), SIGSYS);
  EXPECT_EQ(signal_of([] {
              const timespec moment{0, 1};
              sink = nanosleep(&moment, nullptr);
            }),
            SIGSYS);
  EXPECT_EQ(signal_of([] { std::thread([] {}).join(); }), SIGSYS);
  EXPECT_EQ(signal_of([] { sink = fork(); }), SIGSYS);
}

Simulation::Hash run() {
  Simulation world(5);
  world.add_machine("server");
  world.add_machine("client");
  world.start("server", "echo", echo);
  world.start("client", "main", [](Runtime runtime) {
    auto file = runtime.disk.open("f", OpenMode::create_if_missing).value();
    for (;;) {
      auto connection = dial(runtime, "server");
      if (connection && say(runtime, **connection, "hello") && hear(runtime, **connection, 5, 1s))
        if (!write(*file, runtime.random.below("where", 100'000), "hello") || !file->sync()) return;
      sleep(runtime, 10ms);
    }
  });
  faults::apply(
      world,
      std::vector<Fault>{
          {.kind = Kind::process_kill, .target = "client", .anchor = {1000, {}, 1}, .duration_ms = 100},
          {.kind = Kind::power_loss, .target = "server", .anchor = {2000, {}, 1}, .duration_ms = 100},
          {.kind = Kind::cut, .target = "server", .anchor = {4000, {}, 1}, .duration_ms = 1000}});
  world.run_until(at(10s));
  return world.hash();
}

TEST(Seal, TheCounterIsClosedAgainAfterEndedFibersWereReaped) {
  const auto many_fibers_end = [] {
    in_simulation([](runtime::Runtime runtime) {
      for (int i = 0; i < 10'000; ++i) {
        runtime.tasks.spawn("short", [] {});
        runtime.tasks.yield();
      }
    });
  };
  static const auto run = many_fibers_end;
  EXPECT_EQ(signal_of([] { run(); }), 0);
  EXPECT_NE(signal_of([] {
              run();
              sink = std::chrono::steady_clock::now().time_since_epoch().count();
            }),
            0);
}

TEST(Seal, HashesOfTextsFollowTheirSalt) {
  const auto hash = [] { return std::hash<std::string>()("TopicTest"); };
  const std::size_t usual = hash();
  seal::salt_hashes(0x9e3779b97f4a7c15);
  EXPECT_NE(hash(), usual);
  seal::salt_hashes(0);
  EXPECT_EQ(hash(), usual);
}

TEST(Seal, ASimulationAsksNobody) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    seal::close_process(pipe_ends[1]);
    const Simulation::Hash hash = run();
    _exit(::write(pipe_ends[1], &hash, sizeof hash) == sizeof hash ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
  Simulation::Hash sealed;
  ASSERT_EQ(read(pipe_ends[0], &sealed, sizeof sealed), static_cast<ssize_t>(sizeof sealed));
  close(pipe_ends[0]);
  close(pipe_ends[1]);
  EXPECT_EQ(sealed, run());
}

}  // namespace
}  // namespace gantry::sim
