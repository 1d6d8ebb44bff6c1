#include <gtest/gtest.h>

#include "sim/observer.h"
#include "tests/sim/world.h"

namespace gantry::sim {
namespace {

TEST(Faults, AnEventAnchorStrikesAtTheNthTimeAndBeforeTheEffect) {
  Simulation world(1);
  world.add_machine("m");
  int syncs = 0, runs = 0;
  world.start("m", "p", [&](Runtime runtime) {
    ++runs;
    auto file = runtime.disk.open("f", OpenMode::create_if_missing).value();
    for (;;) {
      if (!file->sync()) return;
      ++syncs;
      if (runs > 1) return;
    }
  });
  faults::apply(
      world,
      Fault{.kind = Kind::process_kill, .target = "m/p", .anchor = {0, "disk.sync", 5}, .duration_ms = 100});
  world.run_until(at(10s));
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(syncs, 4 + 1);
}

// One process listens and ends, another does not and is killed; both are started again when the last stop
// ends.
TEST(Faults, AProcessThatIsAskedToStopEndsInOrderOrIsKilled) {
  for (const bool listens : {true, false}) {
    Simulation world(1);
    world.add_machine("m");
    std::vector<std::string> told;
    world.start("m", "p", [&](Runtime runtime) {
      told.push_back("start " + std::to_string(world.now().ns / 1'000'000));
      bool asked = false;
      runtime::Waker waiting;
      if (listens)
        world.on_stop("m", "p", [&] {
          asked = true;
          runtime.tasks.unpark(waiting);
        });
      while (!asked) {
        waiting = runtime.tasks.waker();
        runtime.tasks.park();
      }
      sleep(runtime, 10ms);  // its last work
      told.push_back("end " + std::to_string(world.now().ns / 1'000'000));
    });
    faults::apply(
        world,
        Fault{
            .id = 1, .kind = Kind::process_stop, .target = "m", .anchor = {100, {}, 1}, .duration_ms = 300});
    faults::apply(
        world,
        Fault{
            .id = 2, .kind = Kind::process_stop, .target = "m", .anchor = {200, {}, 1}, .duration_ms = 100});
    world.run_until(at(350ms));
    EXPECT_FALSE(world.running("m", "p")) << "the first fault still holds";
    world.run_until(at(1s));
    EXPECT_EQ(told, listens ? (std::vector<std::string>{"start 0", "end 110", "start 400"})
                            : (std::vector<std::string>{"start 0", "start 400"}));
    EXPECT_TRUE(world.running("m", "p"));
  }
}

// Whatever ended before it was asked stays ended.
TEST(Faults, AProcessThatHasEndedIsNotStartedByAStop) {
  Simulation world(1);
  world.add_machine("m");
  int runs = 0;
  world.start("m", "p", [&](Runtime) { ++runs; });
  faults::apply(world,
                Fault{.kind = Kind::process_stop, .target = "m", .anchor = {100, {}, 1}, .duration_ms = 100});
  world.run_until(at(1s));
  EXPECT_EQ(runs, 1);
}

TEST(Faults, AProbeIsAnAnchorToo) {
  Simulation world(1);
  world.add_machine("m");
  std::vector<int> reached;
  world.start("m", "p", [&](Runtime runtime) {
    for (int i = 1; i <= 5; ++i) {
      runtime.events.probe("step");
      sleep(runtime, 1s);
      reached.push_back(i);
    }
  });
  faults::apply(world,
                Fault{.kind = Kind::power_loss, .target = "m", .anchor = {0, "step", 3}, .duration_ms = -1});
  world.run_until(at(1min));
  EXPECT_EQ(reached, (std::vector{1, 2}));
}

TEST(Faults, AnAnchorThatIsNeverReachedIsInert) {
  const auto run = [](bool planned) {
    Simulation world(1);
    world.add_machine("m");
    world.start("m", "p", [](Runtime runtime) { sleep(runtime, 1s); });
    if (planned)
      faults::apply(world, Fault{.kind = Kind::process_kill, .target = "m", .anchor = {0, "never", 1}});
    world.run_until(at(2s));
    return world.hash();
  };
  EXPECT_EQ(run(true), run(false));
}

TEST(Faults, WhatIsDisarmedDoesNotBeginAndWhatHasBegunEnds) {
  Simulation world(1);
  world.add_machine("m");
  int starts = 0, ends = 0;
  world.start("m", "p", [&](Runtime runtime) {
    ++starts;
    for (;;) {
      sleep(runtime, 1s);
      runtime.events.probe("tick");
    }
  });
  const auto kill_at = [&](std::uint64_t tick) {
    faults::apply(
        world,
        Fault{.kind = Kind::process_kill, .target = "m", .anchor = {0, "tick", tick}, .duration_ms = 5000},
        [&] { ++ends; });
  };
  kill_at(2);
  kill_at(4);
  world.run_until(at(3s));
  faults::disarm(world);
  world.run_until(at(1min));
  EXPECT_EQ(starts, 2);
  EXPECT_EQ(ends, 1);
}

TEST(Faults, OverlappingOnesAddUpAndEachTakesBackItsOwn) {
  Simulation world(1);
  world.add_machine("m");
  std::vector<Instant> starts;
  world.start("m", "p", [&](Runtime runtime) {
    starts.push_back(world.now());
    for (;;) runtime.tasks.park();
  });
  const auto plan = [&](Kind kind, std::int64_t from, std::int64_t lasts) {
    faults::apply(world, Fault{.kind = kind, .target = "m", .anchor = {from, {}, 1}, .duration_ms = lasts});
  };
  plan(Kind::power_loss, 1000, 5000);    // 1 to 6
  plan(Kind::process_kill, 2000, 6000);  // 2 to 8
  plan(Kind::power_loss, 3000, 1000);
  plan(Kind::pause, 20'000, 10'000);
  plan(Kind::process_kill, 21'000, 1000);  // starts again while paused
  world.run_until(at(1min));
  ASSERT_EQ(starts.size(), 3u);
  EXPECT_EQ(starts[1], at(8s));
  EXPECT_EQ(starts[2], at(30s));
}

TEST(Faults, APausedProcessMissesItsDeadlinesAndCatchesUp) {
  Simulation world(1);
  world.add_machine("m");
  std::vector<Instant> ticks;
  world.start("m", "p", [&](Runtime runtime) {
    for (int i = 0; i < 30; ++i) {
      sleep(runtime, 1s);
      ticks.push_back(world.now());
    }
  });
  faults::apply(world,
                Fault{.kind = Kind::pause, .target = "m", .anchor = {5500, {}, 1}, .duration_ms = 10'000});
  world.run_until(at(20s));
  ASSERT_GT(ticks.size(), 6u);
  EXPECT_LT(ticks[4], at(5100ms));
  EXPECT_EQ(ticks[5], at(15500ms));
  EXPECT_GT(ticks[6], at(16400ms));
}

/// What is said of one fault, as "begin 5 end 15": milliseconds.
std::string told_of(const Fault& fault) {
  struct Seen final : Observer {
    std::string all;
    void on_event(const Event& event) override {
      if (!event.kind.starts_with("fault.")) return;
      EXPECT_EQ(event.facts[0], 7);
      all += (all.empty() ? "" : " ") + std::string(event.kind.substr(6)) + " " +
             std::to_string(event.at.ns / 1'000'000);
    }
  } seen;
  Simulation world(1);
  world.observe(seen);
  world.add_machine("a");
  world.add_machine("b");
  faults::apply(world, fault);
  world.run_until(at(1s));
  return seen.all;
}

TEST(Faults, EachKindLeavesItsBeginAndItsEnd) {
  for (const Kind kind : faults::all_kinds()) {
    Fault fault{.id = 7, .kind = kind, .target = "a", .anchor = {5, {}, 1}, .duration_ms = 10};
    EXPECT_EQ(told_of(fault), faults::happens_once(kind) ? "begin 5 end 5" : "begin 5 end 15")
        << faults::name_of(kind);
    fault.duration_ms = 0;
    EXPECT_EQ(told_of(fault), "begin 5 end 5") << faults::name_of(kind);
    fault.duration_ms = -1;
    EXPECT_EQ(told_of(fault), faults::happens_once(kind) ? "begin 5 end 5" : "begin 5")
        << faults::name_of(kind);
  }
}

TEST(Faults, NamesGoBothWays) {
  for (int i = 0; i <= static_cast<int>(Kind::clock_drift); ++i) {
    const auto kind = static_cast<Kind>(i);
    EXPECT_EQ(faults::kind_of(faults::name_of(kind)), kind);
  }
  EXPECT_FALSE(faults::kind_of("no-such-fault"));
}

}  // namespace
}  // namespace gantry::sim
