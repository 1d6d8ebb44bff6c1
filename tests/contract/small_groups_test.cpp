#include <algorithm>
#include <set>
#include <vector>

#include "tests/contract/world.h"

namespace gantry::contract {

GANTRY_CONTRACT(ClockContract);
GANTRY_CONTRACT(RandomContract);
GANTRY_CONTRACT(EventsContract);

TEST_P(ClockContract, NeverGoesBack) {
  in_world([&](Runtime rt) {
    Instant last = rt.clock.now();
    for (int i = 0; i < 1000; ++i) {
      const Instant now = rt.clock.now();
      EXPECT_GE(now, last);
      last = now;
      rt.tasks.yield();
    }
  });
}

TEST_P(ClockContract, MovesWhileFibersWait) {
  in_world([&](Runtime rt) {
    const Instant before = rt.clock.now();
    (void)rt.tasks.park(before + 2ms);
    EXPECT_GE(rt.clock.now() - before, 2ms);
  });
}

TEST_P(ClockContract, NeverIsLaterThanAnyTime) {
  in_world([&](Runtime rt) {
    EXPECT_LT(rt.clock.now(), Instant::never());
    EXPECT_EQ(rt.clock.now() + Duration::max(), Instant::never());
    EXPECT_LT(rt.clock.now() + 24h, Instant::never());
  });
}

TEST_P(ClockContract, WallTimeIsOfThisCentury) {
  in_world([&](Runtime rt) {
    EXPECT_GT(rt.clock.wall_now(), WallTime{946'684'800'000});
    EXPECT_LT(rt.clock.wall_now(), WallTime{4'102'444'800'000});
  });
}

TEST_P(ClockContract, WallTimeMovesWithMonotonicTime) {
  in_world([&](Runtime rt) {
    const WallTime before = rt.clock.wall_now();
    (void)rt.tasks.park(rt.clock.now() + 20ms);
    // It may be adjusted meanwhile; it does not stand still.
    EXPECT_NE(rt.clock.wall_now(), before);
  });
}

TEST_P(RandomContract, DrawsAreUniformBits) {
  in_world([&](Runtime rt) {
    std::vector<int> ones(64, 0);
    for (int i = 0; i < 4000; ++i) {
      const std::uint64_t bits = rt.random.draw("stream");
      for (unsigned bit = 0; bit < 64; ++bit) ones[bit] += (bits >> bit) & 1;
    }
    // Ten standard deviations: fails once in 10^22 runs.
    for (const int count : ones) EXPECT_NEAR(count, 2000, 320);
  });
}

TEST_P(RandomContract, DrawsDoNotRepeat) {
  in_world([&](Runtime rt) {
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(rt.random.draw("stream"));
    EXPECT_EQ(seen.size(), 1000u);
  });
}

TEST_P(RandomContract, StreamsDiffer) {
  in_world([&](Runtime rt) {
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 100; ++i)
      for (const char* stream : {"a", "b", "aa", ""}) seen.insert(rt.random.draw(stream));
    EXPECT_EQ(seen.size(), 400u);
  });
}

TEST_P(RandomContract, BelowReachesEveryValueAndNoOther) {
  in_world([&](Runtime rt) {
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(rt.random.below("stream", 7));
    EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(rt.random.below("stream", 1), 0u);
  });
}

TEST_P(EventsContract, NoCallSuspends) {
  in_world([&](Runtime rt) {
    bool other_ran = false;
    rt.tasks.spawn("other", [&] { other_ran = true; });
    for (int i = 0; i < 200; ++i) {
      const std::int64_t facts[] = {i, -i};
      rt.events.log(Level::debug, "a line with {} and % in it");
      rt.events.record("contract.tested", "", facts);
      rt.events.probe("contract.probe");
      rt.events.count("contract.count", i);
    }
    EXPECT_FALSE(other_ran);
    rt.tasks.yield();
    EXPECT_TRUE(other_ran);
  });
}

TEST_P(EventsContract, AreSeenUntilTheNodeCrashesAndNotWhileItUnwinds) {
  struct Telling {
    explicit Telling(Runtime with) : rt(with) {}
    ~Telling() { tell(); }
    void tell() const {
      rt.events.log(Level::error, "not to be seen in a crash");
      rt.events.record("contract.record", "", {});
      rt.events.probe("contract.probe");
      rt.events.count("contract.count", 5);
    }
    Runtime rt;
  };
  in_world([&](Runtime rt) {
    {
      const Telling seen(rt);
    }
    rt.tasks.spawn("another", [rt] {
      const Telling unseen(rt);
      for (;;) rt.tasks.park();
    });
    rt.tasks.yield();
    const Telling unseen(rt);
    world->crash();
    for (;;) rt.tasks.park();
  });
  const auto seen = world->seen();
  EXPECT_EQ(seen.at("contract.record"), 1);
  EXPECT_EQ(seen.at("contract.probe"), 1);
  EXPECT_EQ(seen.at("contract.count"), 5);
}

TEST_P(EventsContract, NamesNeedNotOutliveTheCall) {
  in_world([&](Runtime rt) {
    for (int i = 0; i < 100; ++i) {
      rt.events.count("contract." + std::to_string(i), 1);
      rt.events.probe("contract." + std::to_string(i));
      rt.events.record("contract." + std::to_string(i), "", {});
    }
  });
}

}  // namespace gantry::contract
