#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include <string>
#include <vector>

#include "tests/runtime/fibers/virtual_world.h"

namespace gantry::runtime::fibers {
namespace {

using Story = std::vector<std::string>;

/// Notes when it is destroyed.
struct Witness {
  VirtualWorld& world;
  std::string name;
  ~Witness() { world.note(name); }
};

void park_for_ever(VirtualWorld& world) {
  for (;;) world.park(Instant::never());
}

TEST(Engine, RunsEqualFibersInOrderOfArrival) {
  VirtualWorld world;
  world.run([&] {
    for (const char* name : {"a", "b", "c"}) world.spawn(name, [&, name] { world.note(name); });
  });
  EXPECT_EQ(world.story, (Story{"a", "b", "c"}));
}

TEST(Engine, AStackIsUsedAgainByTheNextFiber) {
  VirtualWorld world;
  world.run([&] {
    Waker last{};
    for (int i = 0; i < 1000; ++i) {
      world.spawn("short", [&] { last = world.waker(); });
      world.yield();
      EXPECT_LE(last.slot, 2u);
    }
  });
}

TEST(Engine, TimersFireInOrderOfTimeThenOfArrival) {
  VirtualWorld world;
  world.run([&] {
    const auto sleeper = [&](std::string name, Instant until) {
      world.spawn(name, [&, name, until] {
        while (world.park(until)) {
        }
        world.note(name + "@" + std::to_string(world.now().ns));
      });
    };
    sleeper("c", Instant{3});
    sleeper("a", Instant{1});
    sleeper("b1", Instant{2});
    sleeper("b2", Instant{2});
  });
  EXPECT_EQ(world.story, (Story{"a@1", "b1@2", "b2@2", "c@3"}));
}

TEST(Engine, AnUnparkTakesTheDeadlineAway) {
  VirtualWorld world;
  world.run([&] {
    const Waker main = world.waker();
    world.spawn("waker", [&, main] { world.unpark(main); });
    EXPECT_TRUE(world.park(Instant{1'000'000}));
    EXPECT_EQ(world.engine.next_deadline(), Instant::never());
  });
  EXPECT_EQ(world.now(), Instant{});
}

TEST(Engine, OneOfManyDeadlinesIsTakenAwayWithoutDisturbingTheOthers) {
  VirtualWorld world;
  std::vector<Waker> wakers(100);
  std::vector<std::int64_t> ended;
  world.run([&] {
    for (int i = 0; i < 100; ++i)
      world.spawn("sleeper", [&, i] {
        wakers[static_cast<std::size_t>(i)] = world.waker();
        const Instant until{(i * 37) % 100 + 1};
        if (!world.park(until)) ended.push_back(until.ns);
      });
    world.yield();
    for (std::size_t i = 0; i < 100; i += 3) world.unpark(wakers[i]);
  });
  EXPECT_EQ(ended.size(), 66u);
  EXPECT_TRUE(std::is_sorted(ended.begin(), ended.end()));
}

/// Lets the fiber with the highest ordinal go first.
class YoungestFirst : public VirtualWorld {
 public:
  std::uint64_t priority(std::uint64_t, std::uint64_t fiber) override { return 1'000'000 - fiber; }
};

TEST(Engine, TheWorldOrdersThoseWhoAreReady) {
  YoungestFirst world;
  world.run([&] {
    for (const char* name : {"a", "b", "c"}) world.spawn(name, [&, name] { world.note(name); });
  });
  EXPECT_EQ(world.story, (Story{"c", "b", "a"}));
}

TEST(Engine, WhoYieldsGoesBehindAllWhateverItsPriority) {
  YoungestFirst world;
  world.run([&] {
    world.spawn("old", [&] { world.note("old"); });
    world.spawn("young", [&] {
      world.note("young");
      world.yield();
      world.note("young again");
    });
  });
  EXPECT_EQ(world.story, (Story{"young", "old", "young again"}));
}

TEST(Engine, TheWorldIsLookedAtWhileFibersStayReady) {
  VirtualWorld world;
  world.run([&] {
    for (unsigned i = 0; i < 10 * Engine::turn; ++i) world.yield();
  });
  EXPECT_GE(world.looks, 9);
}

TEST(Engine, ACrashUnwindsYoungestFirst) {
  VirtualWorld world;
  world.run([&] {
    for (const char* name : {"a", "b", "c"})
      world.spawn(name, [&, name] {
        const Witness witness{world, name};
        park_for_ever(world);
      });
    world.yield();
    world.engine.crash(*world.node);
  });
  EXPECT_EQ(world.story, (Story{"c", "b", "a"}));
  EXPECT_EQ(world.node->live(), 0u);
}

TEST(Engine, TheFiberThatCrashesItsGroupWaitsForTheYoungerOnesOnly) {
  VirtualWorld world;
  world.run([&] {
    const Witness main{world, "main"};
    for (const char* name : {"a", "killer", "b"})
      world.spawn(name, [&, name = std::string(name)] {
        const Witness witness{world, name};
        world.yield();
        if (name == "killer") {
          world.engine.crash(*world.node);
          world.note("goes on");
        }
        park_for_ever(world);
      });
    park_for_ever(world);
  });
  EXPECT_EQ(world.story, (Story{"goes on", "b", "killer", "a", "main"}));
}

TEST(Engine, ACrashLeavesOtherGroupsAlone) {
  VirtualWorld world;
  Group other(2);
  world.engine.spawn(other, "other", [&] {
    world.yield();
    world.note("other");
  });
  world.run([&] {
    world.spawn("parked", [&] { park_for_ever(world); });
    world.yield();
    world.engine.crash(*world.node);
    park_for_ever(world);
  });
  EXPECT_EQ(world.story, Story{"other"});
  EXPECT_EQ(world.node->live(), 0u);
}

TEST(Engine, NothingOfAGoneGroupIsSpawnedOrWoken) {
  VirtualWorld world;
  world.run([&] {
    world.engine.crash(*world.node);
    world.spawn("never", [&] { world.note("never"); });
    EXPECT_EQ(world.node->live(), 1u);
    world.unpark(world.waker());
    (void)world.park(Instant::never());
    world.note("never");
  });
  EXPECT_EQ(world.story, Story{});
}

TEST(Engine, ParkInADestructorOfACrashReturns) {
  VirtualWorld world;
  struct ParksOnItsWayOut {
    VirtualWorld& world;
    ~ParksOnItsWayOut() {
      world.note(world.park(Instant::never()) ? "woken" : "not woken");
      world.yield();
    }
  };
  world.run([&] {
    const ParksOnItsWayOut out{world};
    world.engine.crash(*world.node);
    park_for_ever(world);
  });
  EXPECT_EQ(world.story, Story{"not woken"});
}

TEST(Engine, TheEndOfAGroupIsAnnouncedOnItsLastFiber) {
  VirtualWorld world;
  bool empty = false;
  Group other(2, [&] { empty = true; });
  world.engine.spawn(other, "first", [&] { EXPECT_FALSE(empty); });
  world.engine.spawn(other, "second", [&] { EXPECT_FALSE(empty); });
  world.run([] {});
  EXPECT_TRUE(empty);
}

TEST(Engine, APausedGroupKeepsItsTurnsForLater) {
  VirtualWorld world;
  Group other(2);
  Waker parked;
  world.engine.spawn(other, "parked", [&] {
    parked = world.waker();
    (void)world.park(Instant::never());
    world.note("woken");
  });
  world.run([&] {
    world.yield();
    world.engine.pause(other);
    world.engine.spawn(other, "ready", [&] { world.note("ready"); });
    world.unpark(parked);
    world.yield();
    world.yield();
    world.note("resume");
    world.engine.resume(other);
  });
  EXPECT_EQ(world.story, (Story{"resume", "woken", "ready"}));
}

TEST(Engine, APausedGroupCanCrash) {
  VirtualWorld world;
  Group other(2);
  world.engine.spawn(other, "ready", [&] { world.note("never"); });
  world.run([&] {
    world.engine.pause(other);
    world.engine.crash(other);
  });
  EXPECT_EQ(other.live(), 0u);
}

TEST(Engine, DescribesWhoLives) {
  VirtualWorld world;
  world.run([&] {
    world.spawn("sleeper", [&] { (void)world.park(Instant{5}); });
    world.yield();
    EXPECT_EQ(world.engine.describe(), (Story{"main (running)", "sleeper (parked)"}));
  });
  EXPECT_EQ(world.engine.describe(), Story{});
}

TEST(EngineDeathTest, WhatAFiberThrowsEndsTheProcess) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        VirtualWorld world;
        world.run([] { throw std::runtime_error("lost"); });
      },
      "");
}

TEST(EngineDeathTest, ParkInACatchBlockIsABug) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        VirtualWorld world;
        world.run([&] {
          try {
            throw std::runtime_error("trouble");
          } catch (const std::runtime_error&) {
            (void)world.park(Instant{1});
          }
        });
      },
      "nothing parks");
}

}  // namespace
}  // namespace gantry::runtime::fibers
