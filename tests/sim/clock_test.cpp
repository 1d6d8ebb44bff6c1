#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sim/clock/machine_clock.h"
#include "tests/sim/world.h"

namespace gantry::sim {
namespace {

RC_GTEST_PROP(MachineClock, ADeadlinePassesAtTheFirstInstantThatShowsIt, ()) {
  clock::MachineClock clock;
  const auto now = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000);
  clock.boot({now}, 5'000'000'000, 0);
  clock.set_drift({now + 1000}, *rc::gen::inRange<std::int64_t>(-500'000, 500'000));
  const Instant deadline{*rc::gen::inRange<std::int64_t>(5'000'001'000, 1'000'000'000'000'000)};
  const Instant world = clock.world_time_of(deadline);
  RC_ASSERT(clock.monotonic(world) >= deadline);
  if (world.ns > now + 1000) RC_ASSERT(clock.monotonic({world.ns - 1}) < deadline);
}

TEST(Clocks, AStepMovesTheWallClockAloneAndIsTakenBack) {
  Simulation world(1);
  world.add_machine("m");
  std::vector<std::int64_t> wall, steady;
  world.start("m", "p", [&](Runtime runtime) {
    for (int i = 0; i < 3; ++i) {
      wall.push_back(runtime.clock.wall_now().ms);
      steady.push_back(runtime.clock.now().ns);
      sleep(runtime, 10s);
    }
  });
  faults::apply(world, Fault{.kind = Kind::clock_step,
                             .target = "m",
                             .anchor = {5000, {}, 1},
                             .duration_ms = 10'000,
                             .amount = -60'000});
  world.run_until(at(1min));
  EXPECT_NEAR(static_cast<double>(wall[1] - wall[0]), -50'000, 2);
  EXPECT_NEAR(static_cast<double>(wall[2] - wall[1]), 70'000, 2);
  EXPECT_NEAR(static_cast<double>(steady[1] - steady[0]), 10e9, 1e6);
}

TEST(Clocks, AStepOutlivesALossOfPowerAndIsTakenBackOnce) {
  const auto wall_at_the_end = [](bool faults) {
    Simulation world(1);
    world.add_machine("m");
    std::int64_t wall = 0;
    world.start("m", "p", [&](Runtime runtime) {
      for (;;) {
        wall = runtime.clock.wall_now().ms;
        sleep(runtime, 1s);
      }
    });
    faults::apply(
        world, Fault{.kind = Kind::power_loss, .target = "m", .anchor = {10'000, {}, 1}, .duration_ms = 100});
    if (faults)
      faults::apply(world, Fault{.kind = Kind::clock_step,
                                 .target = "m",
                                 .anchor = {5000, {}, 1},
                                 .duration_ms = 20'000,
                                 .amount = -3'600'000});
    world.run_until(at(1min));
    return wall;
  };
  EXPECT_EQ(wall_at_the_end(true), wall_at_the_end(false));
}

TEST(Clocks, ADeadlineThatWaitsFollowsTheDrift) {
  Simulation world(1);
  world.add_machine("m");
  Instant woken{};
  world.start("m", "p", [&](Runtime runtime) {
    sleep(runtime, 100s);
    woken = world.now();
  });
  // Twice as fast from the 20th second on: the other 80 take 40.
  faults::apply(world, Fault{.kind = Kind::clock_drift,
                             .target = "m",
                             .anchor = {20'000, {}, 1},
                             .duration_ms = -1,
                             .amount = 1'000'000});
  world.run_until(at(200s));
  EXPECT_NEAR(static_cast<double>(woken.ns), 60e9, 1e7);
}

TEST(Clocks, MachinesDisagree) {
  Simulation world(1);
  std::vector<std::int64_t> walls, steadies;
  for (const auto* name : {"a", "b"}) {
    world.add_machine(name);
    world.start(name, "p", [&](Runtime runtime) {
      walls.push_back(runtime.clock.wall_now().ms);
      steadies.push_back(runtime.clock.now().ns);
    });
  }
  world.run_until(at(1s));
  EXPECT_NE(walls[0], walls[1]);
  EXPECT_LE(std::abs(walls[0] - walls[1]), 200);
  EXPECT_NE(steadies[0], steadies[1]);
}

}  // namespace
}  // namespace gantry::sim
