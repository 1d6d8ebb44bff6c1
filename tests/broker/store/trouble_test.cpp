// A store whose disk or folder is in trouble.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/faults/apply.h"
#include "sim/simulation.h"
#include "tests/broker/store/store_testing.h"

namespace gantry::broker::store {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using runtime::Runtime;
using sim::faults::Fault;
using sim::faults::Kind;

struct Writes : sim::Observer {
  void on_event(const sim::Event& event) override { begun += event.kind == "disk.write"; }
  int begun = 0;
};

/// One machine with a broker process; faults anchor to its disk.
class World {
 public:
  explicit World(std::uint64_t seed = 1) : sim(seed) { sim.add_machine("m"); }

  void fault(Kind kind, std::string event, std::int64_t duration_ms, std::string part = {},
             std::int64_t amount = 1) {
    sim::faults::apply(sim, Fault{.kind = kind,
                                  .target = "m",
                                  .anchor = {.at_ms = sim.now().ns / 1'000'000, .event = std::move(event)},
                                  .duration_ms = duration_ms,
                                  .amount = amount,
                                  .part = std::move(part)});
  }
  /// Runs a process to its end.
  void run(sim::Simulation::Main main) {
    bool done = false;
    sim.start("m", "broker", [&](Runtime runtime) {
      main(runtime);
      done = true;
    });
    ASSERT_TRUE(sim.run_until([&] { return done; }, sim.now() + 10min));
    sim.run_until([&] { return !sim.running("m", "broker"); }, sim.now() + 1min);
  }

  /// Runs a process until `main` returns; then it hangs until it is crashed.
  void run_and_hang(sim::Simulation::Main main) {
    bool done = false;
    sim.start("m", "broker", [&done, main](Runtime runtime) {
      main(runtime);
      done = true;
      for (;;) runtime.tasks.park();
    });
    ASSERT_TRUE(sim.run_until([&] { return done; }, sim.now() + 10min));
  }
  void lose_power() {
    sim.lose_power("m");
    sim.run_until(sim.now() + 1ms);
    sim.power_on("m");
    hanging.reset();
  }
  void kill() {
    sim.kill("m", "broker");
    sim.run_until(sim.now() + 1ms);
    hanging.reset();
  }

  sim::Simulation sim;
  std::unique_ptr<MessageStore> hanging;  // of run_and_hang()
};

TEST(Trouble, AFailedSyncFencesTheStore) {
  for (const FlushMode flush : {FlushMode::sync_flush, FlushMode::async_flush}) {
    World world;
    world.run([&](Runtime runtime) {
      auto store = open(runtime, small_config(flush));
      ASSERT_TRUE(put(*store, runtime, message("T", "safe")));
      runtime.tasks.park(runtime.clock.now() + 3s);  // synced, also without sync_flush
      world.fault(Kind::disk_error, "", -1, "sync");
      runtime.tasks.park(runtime.clock.now() + 1ms);
      const auto one = message("T", "lost");
      const auto placed = store->append({&one, 1});
      ASSERT_TRUE(placed);
      const PutStatus status = stored(*store, runtime, placed->end);
      EXPECT_EQ(status, flush == FlushMode::sync_flush ? PutStatus::service_not_available : PutStatus::ok);
      runtime.tasks.park(runtime.clock.now() + 2s);
      EXPECT_FALSE(store->writable());
      EXPECT_EQ(store->append({&one, 1}).error(), PutStatus::service_not_available);
      EXPECT_EQ(stored(*store, runtime, placed->end + 1), PutStatus::service_not_available);
      EXPECT_EQ(bodies(*store, "T")[0], "safe");
      EXPECT_FALSE(store->stop());
    });
    // The next start finds what the page cache or the disk has, and is well again.
    world.run([&](Runtime runtime) {
      auto store = open(runtime, small_config(flush));
      EXPECT_EQ(bodies(*store, "T")[0], "safe");
      EXPECT_TRUE(put(*store, runtime, message("T", "again")));
      EXPECT_TRUE(store->stop());
    });
  }
}

// Told to ask again at once, readers would do nothing else while the disk fails.
TEST(Trouble, WhoAsksForWhatCannotBeReadNowWaitsAndGetsItLater) {
  for (const bool entry_first : {true, false}) {  // the queue's entry, or the message itself
    World world;
    world.run([&](Runtime runtime) {
      auto store = open(runtime, small_config());
      ASSERT_TRUE(put(*store, runtime, message("T", "one")));
      EXPECT_TRUE(store->stop());
    });
    Lines lines;
    world.sim.observe(lines);
    world.run([&](Runtime runtime) {
      auto store = open(runtime, small_config());
      world.fault(Kind::disk_error, entry_first ? "" : "disk.read", -1, "read");
      runtime.tasks.park(runtime.clock.now() + 2ms);
      const GetResult got = store->get("T", 0, QueueOffset{0}, 32, {});
      EXPECT_EQ(got.status, GetStatus::offset_found_null) << "that is what a pull is held for";
      EXPECT_EQ(got.next_begin, QueueOffset{0});
      EXPECT_EQ(bodies(*store, "T"), std::vector<std::string>{"one"});
      EXPECT_TRUE(store->stop());
    });
    EXPECT_EQ(lines.errors.size(), entry_first ? 0u : 1u);
  }
}

// The page cache shows messages whose sync failed; after the restart they are in front of new ones. The next
// start has to know it also when the disk was full, so that no file could grow, and when the process was
// killed at once.
TEST(Trouble, WhatASyncLostIsWrittenAgainBeforeAnythingIsPutBehindIt) {
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    const bool full = seed % 2 == 0, killed = seed % 4 < 2;
    World world(seed);
    StoreConfig config = small_config(FlushMode::sync_flush);
    config.commit_log_file_bytes = 64 << 10;  // the last page is cut at each start, and so written again
    world.run_and_hang([&](Runtime runtime) {
      world.hanging = open(runtime, config);
      ASSERT_TRUE(put(*world.hanging, runtime, message("T", "safe")));
      if (full) world.fault(Kind::disk_full, "", 2000);
      world.fault(Kind::disk_error, "", -1, "sync");
      runtime.tasks.park(runtime.clock.now() + 1ms);
      EXPECT_FALSE(put(*world.hanging, runtime, message("T", std::string(9000, 'u'))));
      if (killed) return;
      EXPECT_FALSE(world.hanging->stop());
    });
    world.kill();
    world.sim.run_until(world.sim.now() + 3s);
    world.run_and_hang([&](Runtime runtime) {
      world.hanging = open(runtime, config);
      ASSERT_TRUE(put(*world.hanging, runtime, message("T", "acknowledged")));
    });
    world.lose_power();
    world.run([&](Runtime runtime) {
      auto store = open(runtime, config);
      const auto found = bodies(*store, "T");
      EXPECT_EQ(found.front(), "safe");
      EXPECT_EQ(found.back(), "acknowledged") << "seed " << seed;
      EXPECT_TRUE(store->stop());
    });
  }
}

// A cut begins a new ring, and with it forgets what was not durable.
TEST(Trouble, AStoreWhoseSyncFailedIsNotCut) {
  World world;
  world.run([&](Runtime runtime) {
    auto store = open(runtime, small_config());
    ASSERT_TRUE(put(*store, runtime, message("T", "safe")));
    runtime.tasks.park(runtime.clock.now() + 3s);
    const PhysicalOffset to = store->max_physical_offset();
    ASSERT_TRUE(put(*store, runtime, message("T", "unsynced")));
    world.fault(Kind::disk_error, "", -1, "sync");
    runtime.tasks.park(runtime.clock.now() + 1ms);
    EXPECT_EQ(store->truncate(to).error().code, Errc::stopped);
    EXPECT_FALSE(store->stop());
  });
}

TEST(Trouble, AFullDiskRefusesAndRecoversAlone) {
  World world;
  world.run([&](Runtime runtime) {
    auto store = open(runtime, small_config());
    std::vector<std::string> sent;
    int refused = 0;
    world.fault(Kind::disk_full, "", 2000);
    runtime.tasks.park(runtime.clock.now() + 1ms);
    for (int i = 0; i < 100; ++i) {
      const std::string body = std::to_string(i) + std::string(500, 'x');
      const auto placed = put(*store, runtime, message("T", body));
      if (placed) {
        EXPECT_EQ(static_cast<std::size_t>(value(placed->queue_offset)), sent.size());
        sent.push_back(body);
      } else {
        EXPECT_EQ(placed.error(), PutStatus::service_not_available);
        EXPECT_FALSE(store->writable());
        ++refused;
      }
      runtime.tasks.park(runtime.clock.now() + 40ms);
    }
    EXPECT_GT(refused, 10);
    EXPECT_GT(sent.size(), 20u);
    EXPECT_EQ(bodies(*store, "T"), sent);
    EXPECT_TRUE(store->stop());
    store = open(runtime, small_config());
    EXPECT_EQ(bodies(*store, "T"), sent);
    EXPECT_TRUE(store->stop());
  });
}

TEST(Trouble, AFailedWriteLosesNothingThatWasAcknowledged) {
  for (const FlushMode flush : {FlushMode::async_flush, FlushMode::sync_flush}) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
      World world(seed);
      std::vector<std::string> kept;
      world.run_and_hang([&](Runtime runtime) {
        world.hanging = open(runtime, small_config(flush));
        ASSERT_TRUE(put(*world.hanging, runtime, message("T", "first")));
        runtime.tasks.park(runtime.clock.now() + 3s);
        world.fault(Kind::disk_error, "", -1, "write");
        runtime.tasks.park(runtime.clock.now() + 1ms);
        const auto one = message("T", "second");
        const auto placed = world.hanging->append({&one, 1});
        ASSERT_TRUE(placed);
        // With sync_flush it is safe nowhere that a loss of power leaves; it stays, and is written later.
        EXPECT_EQ(stored(*world.hanging, runtime, placed->end),
                  flush == FlushMode::sync_flush ? PutStatus::service_not_available : PutStatus::ok);
        if (flush == FlushMode::async_flush) runtime.tasks.park(runtime.clock.now() + 550ms);
        EXPECT_FALSE(world.hanging->writable());
        EXPECT_EQ(world.hanging->append({&one, 1}).error(), PutStatus::service_not_available);
        runtime.tasks.park(runtime.clock.now() + 1s);
        EXPECT_TRUE(world.hanging->writable());
        const auto later = put(*world.hanging, runtime, message("T", "later"));
        ASSERT_TRUE(later);
        EXPECT_EQ(later->queue_offset, QueueOffset{2});
        kept = bodies(*world.hanging, "T");
        EXPECT_EQ(kept, (std::vector<std::string>{"first", "second", "later"}));
      });
      world.kill();
      world.run([&](Runtime runtime) {
        auto store = open(runtime, small_config(flush));
        EXPECT_EQ(bodies(*store, "T"), kept) << "seed " << seed;
        EXPECT_TRUE(store->stop());
      });
    }
  }
}

// What is more than half of the memory waits for the disk, and goes when the disk fails.
TEST(Trouble, AFailedWriteTakesBackTheOffsetsOfWhatHadToWait) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    World world(seed);
    std::vector<std::string> kept;
    world.run_and_hang([&](Runtime runtime) {
      world.hanging = open(runtime, small_config());
      world.fault(Kind::disk_error, "", -1, "write");
      runtime.tasks.park(runtime.clock.now() + 1ms);
      std::vector<PutStatus> answers(12, PutStatus::flush_disk_timeout);
      std::vector<std::string> bodies_sent;
      // All of the same size: one that stayed would look as if it followed the next good one.
      for (std::size_t i = 0; i < answers.size(); ++i) {
        bodies_sent.push_back(std::to_string(10 + i) + std::string(1000, 'x'));
        const auto one = message("T", bodies_sent.back());
        const auto placed = world.hanging->append({&one, 1});
        ASSERT_TRUE(placed);
        world.hanging->when_stored(placed->end, true,
                                   [&answers, i](PutStatus status) { answers[i] = status; });
      }
      runtime.tasks.park(runtime.clock.now() + 100ms);
      EXPECT_FALSE(world.hanging->writable());
      const auto refused = std::ranges::find(answers, PutStatus::service_not_available);
      const auto acknowledged = static_cast<std::size_t>(refused - answers.begin());
      EXPECT_GT(acknowledged, 4u);
      EXPECT_LT(acknowledged, 10u);
      EXPECT_TRUE(std::all_of(answers.begin(), refused, [](PutStatus s) { return s == PutStatus::ok; }));
      EXPECT_TRUE(std::all_of(refused, answers.end(), [](PutStatus s) { return s != PutStatus::ok; }));
      runtime.tasks.park(runtime.clock.now() + 1s);
      const auto later = put(*world.hanging, runtime, message("T", "99" + std::string(1000, 'x')));
      ASSERT_TRUE(later);
      EXPECT_EQ(static_cast<std::size_t>(value(later->queue_offset)), acknowledged);
      bodies_sent.resize(acknowledged);
      bodies_sent.push_back("99" + std::string(1000, 'x'));
      kept = bodies(*world.hanging, "T");
      EXPECT_EQ(kept, bodies_sent);
    });
    world.kill();
    world.run([&](Runtime runtime) {
      auto store = open(runtime, small_config());
      EXPECT_EQ(bodies(*store, "T"), kept) << "seed " << seed;
      EXPECT_TRUE(store->stop());
    });
  }
}

TEST(Trouble, WhatADiskRefusedForAWhileIsSyncedWithoutAnotherMessage) {
  for (const int failures : {1, 2, 3, 5}) {
    World world;
    world.run([&](Runtime runtime) {
      auto store = open(runtime, small_config());
      ASSERT_TRUE(put(*store, runtime, message("T", "first")));
      runtime.tasks.park(runtime.clock.now() + 498ms);  // the next sync is due while the disk refuses
      world.fault(Kind::disk_error, "", -1, "write", failures);
      runtime.tasks.park(runtime.clock.now() + 1ms);
      const std::string body(1000, 'x');
      const auto one = message("T", body);
      while (store->append({&one, 1})) runtime.tasks.yield();
      runtime.tasks.park(runtime.clock.now() + 10s);
      EXPECT_TRUE(store->writable());
      EXPECT_EQ(store->flush_behind_bytes(), 0);
      EXPECT_TRUE(store->stop());
    });
  }
}

TEST(Trouble, MoreThanTheMemoryHoldsIsRefusedUntilTheDiskHasIt) {
  World world;
  world.run([&](Runtime runtime) {
    auto store = open(runtime, small_config());
    const std::string body(1000, 'x');
    const auto one = message("T", body);
    std::size_t taken = 0;
    while (store->append({&one, 1})) ++taken;
    EXPECT_EQ(store->append({&one, 1}).error(), PutStatus::service_not_available);
    EXPECT_TRUE(store->writable());
    EXPECT_GT(taken, 8u);
    runtime.tasks.park(runtime.clock.now() + 100ms);
    EXPECT_TRUE(put(*store, runtime, one));
    EXPECT_EQ(bodies(*store, "T").size(), taken + 1);
    EXPECT_TRUE(store->stop());
  });
}

// A read from the files ends where memory begins: what lies there may be in no file yet.
TEST(Trouble, WhatIsInMemoryAloneIsReadFromThereByWhoIsFarBehind) {
  World world;
  Lines lines;
  world.sim.observe(lines);
  world.run([&](Runtime runtime) {
    auto store = open(runtime, small_config());
    std::vector<std::string> sent;
    for (int i = 0; i < 6; ++i) {
      sent.push_back(std::to_string(10 + i) + std::string(200, 'x'));
      ASSERT_TRUE(put(*store, runtime, message("T", sent.back())));
    }
    runtime.tasks.park(runtime.clock.now() + 3s);
    world.fault(Kind::disk_error, "", -1, "write", 100);
    runtime.tasks.park(runtime.clock.now() + 1ms);
    std::size_t acknowledged = sent.size();
    for (;;) {
      const std::string body = std::to_string(10 + sent.size()) + std::string(200, 'x');
      const auto one = message("T", body);
      const auto placed = store->append({&one, 1});
      if (!placed) break;
      sent.push_back(body);
      store->when_stored(placed->end, true,
                         [&](PutStatus status) { acknowledged += status == PutStatus::ok; });
    }
    runtime.tasks.park(runtime.clock.now() + 100ms);
    EXPECT_FALSE(store->writable());
    EXPECT_GT(acknowledged, 15u);
    EXPECT_LT(acknowledged, sent.size());
    sent.resize(acknowledged);
    EXPECT_EQ(bodies(*store, "T"), sent);
    EXPECT_FALSE(store->stop());
  });
  for (const std::string& line : lines.errors)
    EXPECT_THAT(line, ::testing::Not(::testing::HasSubstr("damaged")));
}

// Its properties have no sum: a record of which only they are missing looks whole.
TEST(Trouble, AKillInTheMiddleOfAWriteTakesNoPartOfARecord) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    World world(seed);
    StoreConfig config = small_config();
    config.commit_log_file_bytes = 64 << 10;
    std::string properties;
    while (properties.size() < 20'000) properties += "k" + std::to_string(properties.size()) + "\1value\2";
    world.run_and_hang([&](Runtime runtime) {
      world.hanging = open(runtime, config);
      ASSERT_TRUE(put(*world.hanging, runtime, message("T", "a", properties)));
    });
    Writes writes;
    world.sim.observe(writes);
    ASSERT_TRUE(world.sim.run_until([&] { return writes.begun > 0; }, world.sim.now() + 2s));
    world.kill();
    world.run([&](Runtime runtime) {
      auto store = open(runtime, config);
      const GetResult got = store->get("T", 0, QueueOffset{0}, 32, {});
      ASSERT_EQ(got.count, 1) << "seed " << seed;
      EXPECT_TRUE(model::layout::read_record(got.records).value().properties == properties)
          << "seed " << seed;
      EXPECT_TRUE(store->stop());
    });
  }
}

// It is answered as soon as the disk has what lies before it, and not when the next sync is due.
TEST(Trouble, WhatDoesNotFitIntoHalfOfTheMemoryIsWrittenAtOnce) {
  World world;
  world.run([&](Runtime runtime) {
    StoreConfig config = small_config();
    config.commit_log_file_bytes = 1 << 20;
    config.message_bytes_max = 100 << 10;
    auto store = open(runtime, config);
    const std::string body(100 << 10, 'x');
    const std::vector<PutMessage> three(3, message("T", body));
    for (int i = 0; i < 3; ++i) {  // the third finds no room in the first file
      ASSERT_TRUE(put(*store, runtime, three));
      runtime.tasks.park(runtime.clock.now() + 3s);
    }
    ASSERT_TRUE(put(*store, runtime, message("T", "between")));
    const runtime::Instant before = runtime.clock.now();
    ASSERT_TRUE(put(*store, runtime, three));
    EXPECT_LT(runtime.clock.now() - before, 100ms);
    EXPECT_TRUE(store->stop());
  });
}

// What a ring of an earlier run holds is older than the log, and is not taken for its end.
TEST(Trouble, OnlyTheRunThatWasKilledIsRestored) {
  World world;
  const auto tail_files = [](Runtime runtime) {
    std::vector<std::string> found;
    for (const auto& entry : runtime.disk.list("store").value())
      if (entry.name.starts_with("commitlog.tail")) found.push_back(entry.name);
    return found;
  };
  std::vector<std::string> expected;
  for (int life = 0; life < 6; ++life) {
    world.run_and_hang([&](Runtime runtime) {
      world.hanging = open(runtime, small_config());
      EXPECT_EQ(bodies(*world.hanging, "T"), expected) << "life " << life;
      for (int i = 0; i < 3 - life % 3; ++i) {
        expected.push_back(std::to_string(life) + std::string(900, 'x'));
        ASSERT_TRUE(put(*world.hanging, runtime, message("T", expected.back())));
      }
    });
    world.kill();
  }
  world.run([&](Runtime runtime) {
    EXPECT_EQ(tail_files(runtime), (std::vector<std::string>{"commitlog.tail", "commitlog.tail.from"}));
    auto store = open(runtime, small_config());
    EXPECT_EQ(bodies(*store, "T"), expected);
    EXPECT_TRUE(store->stop());
    EXPECT_EQ(tail_files(runtime), std::vector<std::string>()) << "a clean stop leaves none";
  });
}

TEST(Trouble, ASlowSyncIsAnsweredAsATimeout) {
  World world;
  world.run([&](Runtime runtime) {
    auto store = open(runtime, small_config(FlushMode::sync_flush));
    ASSERT_TRUE(put(*store, runtime, message("T", "a")));
    const auto one = message("T", "b");
    world.fault(Kind::disk_stall, "disk.sync", 20'000);
    const auto placed = store->append({&one, 1});
    const runtime::Instant before = runtime.clock.now();
    EXPECT_EQ(stored(*store, runtime, placed->end), PutStatus::flush_disk_timeout);
    EXPECT_LT(runtime.clock.now() - before, 6s);
    EXPECT_EQ(bodies(*store, "T").size(), 1u);
    runtime.tasks.park(runtime.clock.now() + 30s);
    EXPECT_EQ(bodies(*store, "T").size(), 2u);
    EXPECT_TRUE(store->stop());
  });
}

TEST(Trouble, ASecondProcessGetsInUse) {
  sim::in_simulation([](Runtime runtime) {
    auto store = open(runtime, small_config());
    EXPECT_EQ(MessageStore::open(runtime, small_config()).error().code, Errc::in_use);
    ASSERT_TRUE(put(*store, runtime, message("T", "a")));
    EXPECT_TRUE(store->stop());
    EXPECT_TRUE(open(runtime, small_config())->stop());
  });
}

TEST(Trouble, AFileOfAnotherSizeIsRefusedAndUntouched) {
  sim::in_simulation([](Runtime runtime) {
    {
      auto store = open(runtime, small_config());
      for (int i = 0; i < 12; ++i) ASSERT_TRUE(put(*store, runtime, message("T", std::string(600, 'x'))));
      EXPECT_TRUE(store->stop());
    }
    StoreConfig other = small_config();
    other.commit_log_file_bytes = 8192;
    EXPECT_EQ(MessageStore::open(runtime, other).error().code, Errc::invalid);
    other = small_config();
    other.consume_queue_file_bytes = 20 * 20;
    EXPECT_EQ(MessageStore::open(runtime, other).error().code, Errc::invalid);
    other = small_config();
    other.consume_queue_file_bytes = 30;
    EXPECT_EQ(MessageStore::open(runtime, other).error().code, Errc::invalid);
    auto store = open(runtime, small_config());
    EXPECT_EQ(bodies(*store, "T").size(), 12u);
    EXPECT_TRUE(store->stop());
  });
}

TEST(Trouble, TheClockMayJumpBackButStoreTimesDoNot) {
  World world;
  std::int64_t last = 0;
  for (int life = 0; life < 2; ++life) {
    world.run([&](Runtime runtime) {
      auto store = open(runtime, small_config());
      for (int i = 0; i < 20; ++i) {
        if (i == 5) world.fault(Kind::clock_step, "", -1, "", -3'600'000);
        const auto placed = put(*store, runtime, message("T", "x"));
        ASSERT_TRUE(placed);
        EXPECT_GE(placed->store_timestamp, last);
        last = placed->store_timestamp;
        runtime.tasks.park(runtime.clock.now() + 10ms);
      }
      EXPECT_TRUE(store->stop());
    });
  }
}

}  // namespace
}  // namespace gantry::broker::store
