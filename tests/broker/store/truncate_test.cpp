// A log that is cut while it runs, and everything that is derived from it.
#include <algorithm>
#include <array>
#include <functional>

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

std::string body_of(int n) {
  return std::to_string(n) + std::string(static_cast<std::size_t>(n % 5) * 90, '.');
}

std::vector<std::string> first_bodies(std::size_t count) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(body_of(static_cast<int>(i)));
  return all;
}

/// Where each of `count` messages begins, and the end.
std::vector<PhysicalOffset> fill(MessageStore& store, Runtime runtime, int count) {
  std::vector<PhysicalOffset> places;
  PhysicalOffset end{};
  for (int i = 0; i < count; ++i) {
    const std::string body = body_of(i);
    const auto placed = put(store, runtime, message("T", body));
    EXPECT_TRUE(placed);
    places.push_back(placed->physical[0]);
    end = placed->end;
  }
  places.push_back(end);
  return places;
}

TEST(Truncate, WhatWasCutWasNeverThere) {
  for (const FlushMode flush : {FlushMode::async_flush, FlushMode::sync_flush}) {
    for (const runtime::Duration age : {0ms, 3000ms}) {  // in memory alone, and in all files
      sim::in_simulation([&](Runtime runtime) {
        auto store = open(runtime, small_config(flush));
        const auto places = fill(*store, runtime, 60);
        ASSERT_TRUE(put(*store, runtime, message("U", "later")));
        if (age > 0ms) runtime.tasks.park(runtime.clock.now() + age);
        ASSERT_TRUE(store->truncate(places[25]));
        EXPECT_EQ(store->max_physical_offset(), places[25]);
        EXPECT_EQ(bodies(*store, "T"), first_bodies(25));
        EXPECT_EQ(bodies(*store, "U"), std::vector<std::string>());
        EXPECT_EQ(store->compare_with_rebuild().value(), "");
        const auto again = put(*store, runtime, message("T", "again"));
        ASSERT_TRUE(again);
        EXPECT_EQ(again->physical[0], places[25]);
        EXPECT_EQ(again->queue_offset, QueueOffset{25});
        EXPECT_EQ(put(*store, runtime, message("U", "first"))->queue_offset, QueueOffset{0});
        store->check_invariants();
        EXPECT_EQ(store->compare_with_rebuild().value(), "");
        ASSERT_TRUE(store->stop());
        store = open(runtime, small_config(flush));
        auto expected = first_bodies(25);
        expected.emplace_back("again");
        EXPECT_EQ(bodies(*store, "T"), expected);
        EXPECT_EQ(bodies(*store, "U"), std::vector<std::string>{"first"});
        ASSERT_TRUE(store->stop());
      });
    }
  }
}

TEST(Truncate, AnyRecordsBorderIsAPlaceToCut) {
  sim::in_simulation([](Runtime runtime) {
    auto store = open(runtime, small_config());
    const auto places = fill(*store, runtime, 40);
    for (std::size_t keep = 41; keep-- > 0;) {
      ASSERT_TRUE(store->truncate(places[keep])) << keep;
      EXPECT_EQ(bodies(*store, "T"), first_bodies(keep));
      EXPECT_EQ(store->compare_with_rebuild().value(), "");
    }
    EXPECT_EQ(store->max_physical_offset(), PhysicalOffset{0});
    ASSERT_TRUE(put(*store, runtime, message("T", body_of(0))));
    EXPECT_EQ(bodies(*store, "T"), first_bodies(1));
    ASSERT_TRUE(store->stop());
  });
}

TEST(Truncate, ElsewhereItIsRefusedAndNothingChanges) {
  sim::in_simulation([](Runtime runtime) {
    auto store = open(runtime, small_config());
    const auto places = fill(*store, runtime, 5);
    EXPECT_EQ(store->truncate(places[2] + 1).error().code, Errc::invalid);
    EXPECT_EQ(store->truncate(places[5] + 1).error().code, Errc::invalid);
    EXPECT_EQ(store->truncate(PhysicalOffset{-1}).error().code, Errc::invalid);
    EXPECT_EQ(bodies(*store, "T"), first_bodies(5));
    ASSERT_TRUE(put(*store, runtime, message("T", body_of(5))));
    ASSERT_TRUE(store->stop());
    EXPECT_EQ(store->truncate(places[2]).error().code, Errc::stopped);
  });
}

TEST(Truncate, WhoWaitsForWhatIsCutIsTold) {
  sim::in_simulation([](Runtime runtime) {
    auto store = open(runtime, small_config(FlushMode::sync_flush));
    const auto places = fill(*store, runtime, 3);
    std::optional<PutStatus> status;
    store->when_stored(places[3] + 100, true, [&](PutStatus s) { status = s; });
    ASSERT_TRUE(store->truncate(places[1]));
    EXPECT_EQ(status, PutStatus::service_not_available);
    ASSERT_TRUE(store->stop());
  });
}

/// What another broker has in its log goes into this one's as it is.
TEST(Truncate, ADivergedCopyFollowsAgainAfterACut) {
  sim::in_simulation([](Runtime runtime) {
    StoreConfig mine = small_config();
    StoreConfig other = small_config();
    other.root = "other";
    auto master = open(runtime, mine);
    auto copy = open(runtime, other);
    const auto places = fill(*master, runtime, 30);
    const auto send = [&](std::size_t from, std::size_t to) {
      for (std::size_t i = from; i < to; ++i) {
        Buffer bytes = *master->record_at(places[i]);
        // With the blank that ends a file, where one stands in front of the next record.
        const std::int64_t blank = places[i + 1] - places[i] - static_cast<std::int64_t>(bytes.size());
        if (blank > 0 && i + 1 < 30) {
          bytes.resize(static_cast<std::size_t>(places[i + 1] - places[i]));
          model::layout::write_blank(static_cast<std::int32_t>(blank),
                                     std::span(bytes).last(static_cast<std::size_t>(blank)).first<8>());
        }
        auto taken = copy->append_raw(places[i], bytes);
        while (!taken && taken.error().code == Errc::busy) {
          runtime.tasks.park(runtime.clock.now() + 100ms);
          taken = copy->append_raw(places[i], bytes);
        }
        ASSERT_TRUE(taken) << i << " " << taken.error().detail;
        runtime.tasks.yield();
      }
    };
    send(0, 20);
    runtime.tasks.park(runtime.clock.now() + 1ms);
    EXPECT_EQ(bodies(*copy, "T"), first_bodies(20));
    ASSERT_TRUE(put(*copy, runtime, message("T", "diverged")));
    EXPECT_EQ(copy->append_raw(places[20], *master->record_at(places[20])).error().code, Errc::invalid);
    ASSERT_TRUE(copy->truncate(places[20]));
    EXPECT_EQ(copy->append_raw(places[20], *master->record_at(places[21])).error().code, Errc::invalid)
        << "a record of another place";
    send(20, 30);
    runtime.tasks.park(runtime.clock.now() + 1ms);
    EXPECT_EQ(bodies(*copy, "T"), first_bodies(30));
    EXPECT_EQ(copy->compare_with_rebuild().value(), "");
    copy->check_invariants();
    ASSERT_TRUE(master->stop());
    ASSERT_TRUE(copy->stop());
  });
}

/// Runs `before` on a store with sync_flush, takes the power away, and runs `after` on what is left of it.
void across_a_loss_of_power(std::uint64_t seed, const std::function<void(MessageStore&, Runtime)>& before,
                            const std::function<void(MessageStore&, Runtime)>& after) {
  sim::Simulation world(seed);
  world.add_machine("m");
  std::unique_ptr<MessageStore> store;
  bool done = false;
  world.start("m", "broker", [&](Runtime runtime) {
    store = open(runtime, small_config(FlushMode::sync_flush));
    before(*store, runtime);
    done = true;
    for (;;) runtime.tasks.park();
  });
  ASSERT_TRUE(world.run_until([&] { return done; }, world.now() + 1min));
  world.lose_power("m");
  world.run_until(world.now() + 1ms);
  store.reset();
  world.power_on("m");
  done = false;
  world.start("m", "broker", [&](Runtime runtime) {
    store = open(runtime, small_config(FlushMode::sync_flush));
    after(*store, runtime);
    EXPECT_TRUE(store->stop());
    done = true;
  });
  ASSERT_TRUE(world.run_until([&] { return done; }, world.now() + 1min));
}

// The queues' files knew less than the log when it was cut, and a loss of power came before they were
// flushed.
TEST(Truncate, WhatStaysIsStillThereAfterALossOfPower) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    across_a_loss_of_power(
        seed,
        [](MessageStore& store, Runtime runtime) {
          const auto places = fill(store, runtime, 2);
          ASSERT_TRUE(store.truncate(places[1]));
        },
        [&](MessageStore& store, Runtime) {
          EXPECT_EQ(bodies(store, "T"), first_bodies(1)) << "seed " << seed;
        });
}

// Of a queue with two files the second one came back without the first.
TEST(Truncate, AQueueThatIsCutToNothingBeginsAtZeroAfterALossOfPower) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed)
    across_a_loss_of_power(
        seed,
        [](MessageStore& store, Runtime runtime) {
          const auto places = fill(store, runtime, 15);
          runtime.tasks.park(runtime.clock.now() + 3s);
          ASSERT_TRUE(store.truncate(places[0]));
        },
        [&](MessageStore& store, Runtime runtime) {
          EXPECT_EQ(put(store, runtime, message("T", "first"))->queue_offset, QueueOffset{0})
              << "seed " << seed;
        });
}

// What was appended before the topic was deleted counts as removed; after a cut new records lie below that
// place.
TEST(Truncate, ATopicThatWasDeletedBeforeTakesMessagesAfterIt) {
  sim::in_simulation([](Runtime runtime) {
    auto store = open(runtime, small_config());
    const auto places = fill(*store, runtime, 10);
    store->delete_topic("T");
    ASSERT_TRUE(store->truncate(places[4]));
    ASSERT_TRUE(put(*store, runtime, message("T", "new")));
    EXPECT_EQ(bodies(*store, "T"), std::vector<std::string>{"new"});
    ASSERT_TRUE(store->stop());
  });
}

/// Cuts at its 30th of 60 messages and crashes at the n-th call of a kind to the disk while it does so.
class CutAndCrash {
 public:
  /// With async_flush it cuts while the newest messages are in memory alone.
  CutAndCrash(FlushMode flush, sim::faults::Kind how, std::string event, std::uint64_t n)
      : sim_(n * 7 + 1), flush_(flush) {
    sim_.add_machine("m");
    how_ = {
        .kind = how, .target = "m", .anchor = {.event = std::move(event), .occurrence = n}, .duration_ms = 2};
  }

  /// Returns whether the crash came in the middle of the cut.
  bool run() {
    sim_.start("m", "broker", [this](Runtime runtime) { live(runtime); });
    EXPECT_TRUE(sim_.run_until([this] { return checked_ || returned_; }, sim_.now() + 1min));
    return !returned_;
  }

 private:
  void live(Runtime runtime) {
    TopicCounts counts(runtime.disk);
    std::array<Projection*, 1> projections{&counts};
    auto opened = MessageStore::open(runtime, small_config(flush_), {}, projections);
    if (!opened && opened.error().code == Errc::gone) return;
    ASSERT_TRUE(opened) << opened.error().detail;
    auto store = std::move(*opened);
    if (++opened_ == 2) return check(*store, counts, runtime);
    const auto places = fill(*store, runtime, 60);
    if (flush_ == FlushMode::sync_flush) runtime.tasks.park(runtime.clock.now() + 3s);
    sim::faults::apply(sim_, how_);
    const auto cut = store->truncate(places[30]);
    if (!cut && cut.error().code == Errc::gone) return runtime.tasks.yield();
    ASSERT_TRUE(cut) << cut.error().detail;
    returned_ = true;
    for (;;) runtime.tasks.park();
  }

  void check(MessageStore& store, const TopicCounts& counts, Runtime runtime) {
    const auto found = bodies(store, "T");
    const bool keeps = flush_ == FlushMode::sync_flush || how_.kind == sim::faults::Kind::process_kill;
    EXPECT_GE(found.size(), keeps ? 30u : 0u);
    EXPECT_LE(found.size(), 60u);
    EXPECT_EQ(found, first_bodies(found.size()));
    TopicCounts::Counts expected;
    if (!found.empty()) expected["T"] = static_cast<std::int64_t>(found.size());
    EXPECT_EQ(counts.visible(), expected);
    store.check_invariants();
    EXPECT_EQ(store.compare_with_rebuild().value(), "");
    ASSERT_TRUE(put(store, runtime, message("T", body_of(static_cast<int>(found.size())))));
    EXPECT_EQ(bodies(store, "T"), first_bodies(found.size() + 1));
    EXPECT_TRUE(store.stop());
    checked_ = true;
  }

  sim::Simulation sim_;
  const FlushMode flush_;
  sim::faults::Fault how_;
  int opened_ = 0;
  bool returned_ = false;
  bool checked_ = false;
};

TEST(Truncate, ACrashAtAnyOfItsStepsLeavesAWholeLogAndWhatBelongsToIt) {
  using sim::faults::Kind;
  int crashes = 0;
  for (const auto& [flush, how] : {std::pair(FlushMode::sync_flush, Kind::process_kill),
                                   std::pair(FlushMode::sync_flush, Kind::power_loss),
                                   std::pair(FlushMode::async_flush, Kind::process_kill),
                                   std::pair(FlushMode::async_flush, Kind::power_loss)}) {
    for (const char* event :
         {"disk.open", "disk.write", "disk.sync", "disk.sync-directory", "disk.rename", "disk.map",
          "disk.truncate", "disk.allocate", "disk.unlink", "disk.list", "disk.read"}) {
      for (std::uint64_t n = 1; n <= 30; ++n) {
        const bool crashed = CutAndCrash(flush, how, event, n).run();
        if (::testing::Test::HasFailure()) {
          ADD_FAILURE() << name_of(how) << " at the " << n << ". " << event;
          return;
        }
        if (!crashed) break;  // it has no more calls of that kind
        ++crashes;
      }
    }
  }
  EXPECT_GT(crashes, 120);
}

}  // namespace
}  // namespace gantry::broker::store
