#include "broker/store/message_store.h"

#include <gtest/gtest.h>

#include "sim/simulation.h"
#include "tests/broker/store/store_testing.h"

namespace gantry::broker::store {
namespace {

using namespace testing;
using runtime::Runtime;

std::string body_of(int n) {
  return "body " + std::to_string(n) + std::string(static_cast<std::size_t>(n % 7) * 40, '.');
}

TEST(MessageStore, ReadsBackWhatWasPut) {
  sim::in_simulation([](Runtime runtime) {
    auto store = open(runtime, small_config());
    const auto placed = put(*store, runtime, message("T", "hello", "TAGS\1a", 3));
    ASSERT_TRUE(placed);
    EXPECT_EQ(value(placed->queue_offset), 0);
    EXPECT_EQ(value(placed->physical.at(0)), 0);
    const GetResult got = store->get("T", 3, QueueOffset{0}, 32, {});
    EXPECT_EQ(got.status, GetStatus::found);
    EXPECT_EQ(value(got.next_begin), 1);
    EXPECT_EQ(records_of(got), (std::vector<Read>{{0, "hello"}}));
    EXPECT_EQ(store->max_offset("T", 3), QueueOffset{1});
    EXPECT_EQ(store->max_physical_offset(), placed->end);
    EXPECT_TRUE(store->stop());
  });
}

TEST(MessageStore, KeepsEverythingAcrossFilesAndRestarts) {
  sim::in_simulation([](Runtime runtime) {
    std::vector<std::string> sent;
    for (int round = 0; round < 4; ++round) {
      auto store = open(runtime, small_config());
      EXPECT_EQ(bodies(*store, "T"), sent);
      for (int i = 0; i < 60; ++i) {
        sent.push_back(body_of(i));
        ASSERT_TRUE(put(*store, runtime, message("T", sent.back())));
      }
      EXPECT_EQ(bodies(*store, "T"), sent);
      ASSERT_TRUE(store->stop());
    }
    auto store = open(runtime, small_config());
    EXPECT_EQ(bodies(*store, "T"), sent);
    EXPECT_GT(value(store->max_physical_offset()), 10 * 4096);
    ASSERT_TRUE(store->stop());
  });
}

// Nobody confirms here: with ReplicaMode::confirmed that takes a slave.
TEST(MessageStore, WithReplicasNobodyIsToldOfWhatNoReplicaHas) {
  for (const FlushMode flush : {FlushMode::async_flush, FlushMode::sync_flush})
    sim::in_simulation([flush](Runtime runtime) {
      StoreConfig config = small_config(flush);
      config.replicas = ReplicaMode::confirmed;
      auto store = open(runtime, config);
      const auto one = message("T", "a");
      const auto placed = store->append({&one, 1});
      ASSERT_TRUE(placed);
      std::optional<PutStatus> told;
      store->when_stored(placed->end, false, [&](PutStatus status) { told = status; });
      runtime.tasks.park(runtime.clock.now() + std::chrono::seconds(3));
      EXPECT_FALSE(told);
      EXPECT_EQ(store->max_offset("T", 0), QueueOffset{0});
      EXPECT_TRUE(store->stop());
      EXPECT_EQ(told, PutStatus::service_not_available);
    });
}

}  // namespace
}  // namespace gantry::broker::store
