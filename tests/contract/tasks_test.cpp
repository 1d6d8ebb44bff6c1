#include <string>
#include <vector>

#include "runtime/sync/gate.h"
#include "runtime/sync/task_group.h"
#include "tests/contract/world.h"

namespace gantry::contract {

using Story = std::vector<std::string>;
GANTRY_CONTRACT(TasksContract);

TEST_P(TasksContract, TheSpawnerGoesOnFirst) {
  Story story;
  in_world([&](Runtime rt) {
    rt.tasks.spawn("child", [&] { story.push_back("child"); });
    story.push_back("parent");
  });
  EXPECT_EQ(story, (Story{"parent", "child"}));
}

TEST_P(TasksContract, EverySpawnedFiberRunsToItsEnd) {
  int ended = 0;
  in_world([&](Runtime rt) {
    for (int i = 0; i < 1000; ++i)
      rt.tasks.spawn("child", [&, rt] {
        rt.tasks.yield();
        ++ended;
      });
  });
  EXPECT_EQ(ended, 1000);
}

TEST_P(TasksContract, AFiberMaySpawnFibersThatOutliveIt) {
  Story story;
  in_world([&](Runtime rt) {
    rt.tasks.spawn("outer", [&, rt] {
      rt.tasks.spawn("inner", [&, rt] {
        rt.tasks.yield();
        story.push_back("inner");
      });
      story.push_back("outer");
    });
  });
  EXPECT_EQ(story, (Story{"outer", "inner"}));
}

TEST_P(TasksContract, YieldLetsEveryOtherReadyFiberRunOnce) {
  in_world([&](Runtime rt) {
    const auto runs = std::make_shared<std::vector<int>>(5, 0);
    for (std::size_t i = 0; i < runs->size(); ++i)
      rt.tasks.spawn("child", [rt, runs, i] {
        for (int turn = 0; turn < 3; ++turn, rt.tasks.yield()) ++(*runs)[i];
      });
    for (int turn = 1; turn <= 3; ++turn) {
      rt.tasks.yield();
      EXPECT_EQ(*runs, (std::vector<int>(5, turn)));
    }
  });
}

TEST_P(TasksContract, YieldAloneReturns) {
  in_world([&](Runtime rt) {
    for (int i = 0; i < 1000; ++i) rt.tasks.yield();
  });
}

TEST_P(TasksContract, ParkLastsUntilUnpark) {
  Story story;
  in_world([&](Runtime rt) {
    const Waker waker = rt.tasks.waker();
    bool done = false;
    rt.tasks.spawn("waker", [&, waker] {
      rt.tasks.yield();
      done = true;
      story.push_back("unpark");
      rt.tasks.unpark(waker);
    });
    while (!done) rt.tasks.park();
    story.push_back("parked");
  });
  EXPECT_EQ(story, (Story{"unpark", "parked"}));
}

TEST_P(TasksContract, AnUnparkBeforeTheParkIsKept) {
  in_world([&](Runtime rt) {
    rt.tasks.unpark(rt.tasks.waker());
    EXPECT_TRUE(rt.tasks.park());
  });
}

TEST_P(TasksContract, OnlyOnePermitIsKept) {
  in_world([&](Runtime rt) {
    const Waker waker = rt.tasks.waker();
    rt.tasks.unpark(waker);
    rt.tasks.unpark(waker);
    EXPECT_TRUE(rt.tasks.park());
    EXPECT_FALSE(rt.tasks.park(rt.clock.now() + 1ms));
  });
}

TEST_P(TasksContract, AWakerOfAWaitThatIsOverIsVoid) {
  in_world([&](Runtime rt) {
    const Waker stale = rt.tasks.waker();
    rt.tasks.unpark(stale);
    EXPECT_TRUE(rt.tasks.park());
    rt.tasks.unpark(stale);
    EXPECT_FALSE(rt.tasks.park(rt.clock.now() + 1ms));
  });
}

TEST_P(TasksContract, AWakerOfAFiberThatHasEndedIsVoid) {
  in_world([&](Runtime rt) {
    Waker stale;
    rt.tasks.spawn("short", [&] { stale = rt.tasks.waker(); });
    rt.tasks.yield();
    rt.tasks.unpark(stale);
    // Whoever took the place of the ended fiber is not meant either.
    bool timed_out = false;
    sync::TaskGroup group(rt.tasks);
    group.spawn("next", [&] { timed_out = !rt.tasks.park(rt.clock.now() + 1ms); });
    rt.tasks.yield();
    rt.tasks.unpark(stale);
    EXPECT_TRUE(group.join());
    EXPECT_TRUE(timed_out);
  });
}

TEST_P(TasksContract, TheWakerNamesTheNextParkUntilItIsOver) {
  in_world([&](Runtime rt) {
    const Waker first = rt.tasks.waker();
    EXPECT_EQ(rt.tasks.waker(), first);
    rt.tasks.yield();
    EXPECT_EQ(rt.tasks.waker(), first);
    EXPECT_FALSE(rt.tasks.park(rt.clock.now()));
    EXPECT_NE(rt.tasks.waker(), first);
  });
}

TEST_P(TasksContract, ParkEndsNotBeforeItsDeadline) {
  in_world([&](Runtime rt) {
    const Instant deadline = rt.clock.now() + 3ms;
    while (rt.tasks.park(deadline)) {
    }
    EXPECT_GE(rt.clock.now(), deadline);
  });
}

TEST_P(TasksContract, ADeadlineThatHasPassedEndsTheParkAtOnce) {
  in_world([&](Runtime rt) {
    EXPECT_FALSE(rt.tasks.park(rt.clock.now()));
    EXPECT_FALSE(rt.tasks.park(Instant{}));
  });
}

TEST_P(TasksContract, DeadlinesEndInTheirOrder) {
  Story story;
  in_world([&](Runtime rt) {
    const Instant now = rt.clock.now();
    const auto sleeper = [&](const char* name, Duration time) {
      rt.tasks.spawn(name, [&story, rt, now, name, time] {
        while (rt.tasks.park(now + time)) {
        }
        story.push_back(name);
      });
    };
    sleeper("late", 12ms);
    sleeper("early", 3ms);
    sleeper("middle", 7ms);
  });
  EXPECT_EQ(story, (Story{"early", "middle", "late"}));
}

TEST_P(TasksContract, UnparkEndsAParkWithADeadline) {
  in_world([&](Runtime rt) {
    const Waker waker = rt.tasks.waker();
    rt.tasks.spawn("waker", [&, waker] { rt.tasks.unpark(waker); });
    EXPECT_TRUE(rt.tasks.park(rt.clock.now() + 1h));
  });
}

TEST_P(TasksContract, BodiesAreDestroyedWhenTheyEnd) {
  in_world([&](Runtime rt) {
    auto held = std::make_shared<int>(1);
    const std::weak_ptr<int> seen = held;
    rt.tasks.spawn("holder", [held = std::move(held)] {});
    EXPECT_FALSE(seen.expired());
    rt.tasks.yield();
    EXPECT_TRUE(seen.expired());
  });
}

TEST_P(TasksContract, TenThousandFibersWaitAtTheSameTime) {
  int through = 0;
  in_world([&](Runtime rt) {
    sync::Gate gate(rt.tasks);
    sync::TaskGroup group(rt.tasks);
    for (int i = 0; i < 10'000; ++i)
      group.spawn("waiter", [&] {
        EXPECT_TRUE(gate.wait());
        ++through;
      });
    rt.tasks.yield();
    gate.open();
    EXPECT_TRUE(group.join());
  });
  EXPECT_EQ(through, 10'000);
}

namespace {
/// Says when it is destroyed, and whether an exception was on its way.
struct Unwound {
  Story& story;
  const char* name;
  ~Unwound() { story.push_back(std::string(name) + (std::uncaught_exceptions() > 0 ? "" : " in peace")); }
};
}  // namespace

TEST_P(TasksContract, ACrashUnwindsTheFibersYoungestFirst) {
  Story story;
  in_world([&](Runtime rt) {
    const Unwound main{story, "main"};
    for (const char* name : {"first", "second", "third"})
      rt.tasks.spawn(name, [&story, rt, name] {
        const Unwound unwound{story, name};
        for (;;) rt.tasks.park();
      });
    rt.tasks.yield();
    world->crash();
    for (;;) rt.tasks.park();
  });
  EXPECT_EQ(story, (Story{"third", "second", "first", "main"}));
}

TEST_P(TasksContract, AFiberThatNeverBeganIsDestroyedByACrash) {
  bool began = false;
  std::weak_ptr<int> seen;
  in_world([&](Runtime rt) {
    world->crash();
    for (int i = 0; i < 3 && !began; ++i) {
      auto held = std::make_shared<int>(1);
      seen = held;
      rt.tasks.spawn("unborn", [held = std::move(held), rt] {
        for (;;) rt.tasks.park();
      });
    }
    for (;;) rt.tasks.park();
  });
  EXPECT_TRUE(seen.expired());
}

TEST_P(TasksContract, ACrashReachesAFiberThatYieldsOrWaitsForATime) {
  Story story;
  in_world([&](Runtime rt) {
    rt.tasks.spawn("yielder", [&, rt] {
      const Unwound unwound{story, "yielder"};
      for (;;) rt.tasks.yield();
    });
    rt.tasks.spawn("sleeper", [&, rt] {
      const Unwound unwound{story, "sleeper"};
      for (;;) rt.tasks.park(rt.clock.now() + 1h);
    });
    rt.tasks.yield();
    world->crash();
  });
  EXPECT_EQ(story, (Story{"sleeper", "yielder"}));
}

TEST_P(TasksContract, AfterACrashCallsSayGoneAndSuspendNobody) {
  struct OnTheWayOut {
    Runtime rt;
    std::unique_ptr<File> file;
    Story& story;
    ~OnTheWayOut() {
      const std::vector<Bytes> nothing;
      story.emplace_back(name_of(file->write_at(0, nothing).error().code));
      story.emplace_back(name_of(file->sync().error().code));
      story.emplace_back(name_of(rt.disk.unlink("f").error().code));
      story.emplace_back(name_of(rt.network.listen({}).error().code));
      story.emplace_back(name_of(rt.network.connect({}, Instant::never()).error().code));
      rt.tasks.spawn("never", [&s = story] { s.emplace_back("never"); });
      rt.tasks.unpark({});
      rt.events.log(Level::info, "muted");
    }
  };
  Story story;
  in_world([&](Runtime rt) {
    auto file = rt.disk.open("f", OpenMode::must_create).value();
    rt.tasks.spawn("last", [&story, rt, f = std::make_shared<std::unique_ptr<File>>(std::move(file))] {
      const OnTheWayOut out{rt, std::move(*f), story};
      for (;;) rt.tasks.park();
    });
    rt.tasks.yield();
    world->crash();
  });
  EXPECT_EQ(story, (Story(5, "gone")));
}

}  // namespace gantry::contract
