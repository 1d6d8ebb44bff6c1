// A further projection needs nothing of the log, of recovery or of the dispatcher but to be handed in.
#include "broker/store/projection.h"

#include <array>

#include <gtest/gtest.h>

#include "sim/faults/apply.h"
#include "sim/simulation.h"
#include "tests/broker/store/store_testing.h"
#include "tests/broker/store/topic_counts.h"

namespace gantry::broker::store {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using runtime::Runtime;
using Counts = TopicCounts::Counts;

/// One life of a store with a second projection.
struct Life {
  explicit Life(Runtime with, FlushMode flush = FlushMode::async_flush)
      : runtime(with), counts(with.disk), projections{&counts} {
    store = MessageStore::open(runtime, small_config(flush), {}, projections).value();
  }
  void put_some(std::string_view topic, int count) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(put(*store, runtime, message(topic, std::string(200, 'x'))));
  }
  void pass(runtime::Duration time) { runtime.tasks.park(runtime.clock.now() + time); }
  void expect_well() {
    store->check_invariants();
    EXPECT_EQ(store->compare_with_rebuild().value(), "");
  }

  Runtime runtime;
  TopicCounts counts;
  std::array<Projection*, 1> projections;
  std::unique_ptr<MessageStore> store;
};

/// Runs each life as a process of its own; all but the last are killed, or lose power.
class Lives {
 public:
  explicit Lives(std::uint64_t seed = 1) : sim_(seed) { sim_.add_machine("m"); }

  void run(const sim::Simulation::Main& life) {
    bool done = false;
    sim_.start("m", "broker", [&done, life](Runtime runtime) {
      life(runtime);
      done = true;
      for (;;) runtime.tasks.park();
    });
    ASSERT_TRUE(sim_.run_until([&] { return done; }, sim_.now() + 10min));
  }
  void kill() {
    sim_.kill("m", "broker");
    sim_.run_until(sim_.now() + 1ms);
  }
  void lose_power() {
    sim_.lose_power("m");
    sim_.run_until(sim_.now() + 1ms);
    sim_.power_on("m");
  }
  sim::Simulation& sim() { return sim_; }

 private:
  sim::Simulation sim_;
};

TEST(Projection, SeesEachRecordOnceLiveAndAfterACleanStart) {
  sim::in_simulation([](Runtime runtime) {
    for (int round = 1; round <= 3; ++round) {
      Life life(runtime);
      EXPECT_EQ(life.counts.applied(), 0) << "its snapshot knows everything";
      life.put_some("T", 20);
      life.put_some("U", 3);
      EXPECT_EQ(life.counts.visible(), (Counts{{"T", 20 * round}, {"U", 3 * round}}));
      EXPECT_EQ(life.counts.applied(), 23);
      life.expect_well();
      EXPECT_TRUE(life.store->stop());
    }
  });
}

TEST(Projection, DecidesAtAppendWhatIsVisibleLater) {
  sim::in_simulation([](Runtime runtime) {
    Life life(runtime, FlushMode::sync_flush);
    const auto one = message("T", "x");
    const auto placed = life.store->append({&one, 1});
    EXPECT_EQ(life.counts.given_out(), (Counts{{"T", 1}}));
    EXPECT_EQ(life.counts.visible(), Counts{});
    EXPECT_EQ(stored(*life.store, runtime, placed->end), PutStatus::ok);
    EXPECT_EQ(life.counts.visible(), (Counts{{"T", 1}}));
    EXPECT_TRUE(life.store->stop());
  });
}

TEST(Projection, ForgetsWhatTheDiskRefused) {
  Lives lives;
  lives.run([&](Runtime runtime) {
    Life life(runtime);
    sim::faults::apply(lives.sim(), {.kind = sim::faults::Kind::disk_error,
                                     .target = "m",
                                     .anchor = {.at_ms = lives.sim().now().ns / 1'000'000},
                                     .duration_ms = -1,
                                     .amount = 1,
                                     .part = "write"});
    life.pass(1ms);
    const std::string body(1000, 'x');
    for (int i = 0; i < 12; ++i) {
      const auto one = message("T", body);
      ASSERT_TRUE(life.store->append({&one, 1}));
    }
    EXPECT_EQ(life.counts.given_out(), (Counts{{"T", 12}}));
    life.pass(100ms);
    EXPECT_FALSE(life.store->writable());
    const std::int64_t kept = life.counts.visible().at("T");
    EXPECT_LT(kept, 12);
    EXPECT_EQ(life.counts.given_out(), life.counts.visible())
        << "what was refused is taken back, and no more";
    life.pass(2s);
    life.put_some("T", 1);
    EXPECT_EQ(life.counts.visible(), (Counts{{"T", kept + 1}}));
    life.expect_well();
    EXPECT_TRUE(life.store->stop());
  });
}

TEST(Projection, ContinuesAfterACrashFromItsOwnDurablePosition) {
  for (const bool power : {false, true}) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      Lives lives(seed);
      std::unique_ptr<Life> hanging;
      lives.run([&](Runtime runtime) {
        hanging = std::make_unique<Life>(runtime, FlushMode::sync_flush);
        hanging->put_some("T", 100);
        hanging->pass(3s);  // flushed, and the checkpoint says so
        hanging->put_some("T", 7);
      });
      power ? lives.lose_power() : lives.kill();
      hanging.reset();
      lives.run([&](Runtime runtime) {
        Life life(runtime, FlushMode::sync_flush);
        EXPECT_EQ(life.counts.visible(), (Counts{{"T", 107}}));
        EXPECT_LE(life.counts.applied(), 20) << "not all of the log is read again";
        life.expect_well();
        EXPECT_TRUE(life.store->stop());
      });
    }
  }
}

TEST(Projection, WithoutItsFilesItIsMadeAnewAloneFromTheWholeLog) {
  sim::in_simulation([](Runtime runtime) {
    {
      Life life(runtime);
      life.put_some("T", 100);
      EXPECT_TRUE(life.store->stop());
    }
    for (const char* file : {"store/counts", "store/counts.before"}) (void)runtime.disk.unlink(file);
    Life life(runtime);
    EXPECT_EQ(life.counts.applied(), 100);
    EXPECT_EQ(life.counts.visible(), (Counts{{"T", 100}}));
    EXPECT_EQ(bodies(*life.store, "T").size(), 100u);
    life.expect_well();
    EXPECT_TRUE(life.store->stop());
  });
}

TEST(Projection, FallsBackToTheSnapshotBeforeWhenTheNewestIsTooNew) {
  sim::in_simulation([](Runtime runtime) {
    Life life(runtime);
    life.put_some("T", 10);
    life.pass(3s);
    const PhysicalOffset between = life.store->max_physical_offset();
    life.put_some("T", 10);
    life.pass(3s);
    const std::int64_t before = life.counts.applied();
    ASSERT_TRUE(life.store->truncate(between));
    EXPECT_EQ(life.counts.visible(), (Counts{{"T", 10}}));
    EXPECT_EQ(life.counts.applied(), before) << "the older snapshot is the one at the cut";
    life.expect_well();
    EXPECT_TRUE(life.store->stop());
  });
}

}  // namespace
}  // namespace gantry::broker::store
