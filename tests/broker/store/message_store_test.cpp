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

}  // namespace
}  // namespace gantry::broker::store
