#include <algorithm>

#include <gtest/gtest.h>

#include "model/message/sys_flag.h"
#include "sim/simulation.h"
#include "tests/broker/store/store_testing.h"

namespace gantry::broker::store {
namespace {

using namespace testing;
using runtime::Runtime;

TEST(Append, ABatchGetsConsecutiveOffsetsInOneFile) {
  sim::in_simulation([](Runtime runtime) {
    auto store = open(runtime, small_config());
    const std::string body(900, 'b');
    for (int round = 0; round < 10; ++round) {
      const std::vector<PutMessage> batch(3, message("T", body));
      const auto placed = put(*store, runtime, batch);
      ASSERT_TRUE(placed);
      EXPECT_EQ(value(placed->queue_offset), round * 3);
      ASSERT_EQ(placed->physical.size(), 3u);
      EXPECT_EQ(value(placed->physical.front()) / 4096, (value(placed->end) - 1) / 4096);
    }
    EXPECT_EQ(bodies(*store, "T").size(), 30u);
    EXPECT_TRUE(store->stop());
  });
}

TEST(Append, ABatchIsTakenWhollyOrNotAtAll) {
  sim::in_simulation([](Runtime runtime) {
    StoreConfig config = small_config();
    config.message_bytes_max = 1000;
    auto store = open(runtime, config);
    const std::string good(100, 'g');
    const std::string bad(1001, 'b');
    const std::vector<PutMessage> batch{message("T", good), message("T", bad), message("T", good)};
    EXPECT_EQ(store->append(batch).error(), PutStatus::message_illegal);
    EXPECT_EQ(store->append({}).error(), PutStatus::message_illegal);
    const auto placed = put(*store, runtime, message("T", good));
    EXPECT_EQ(placed->queue_offset, QueueOffset{0});
    EXPECT_EQ(placed->physical[0], PhysicalOffset{0});
    EXPECT_TRUE(store->stop());
  });
}

TEST(Append, RefusesWhatRecoveryWouldNotAccept) {
  sim::in_simulation([](Runtime runtime) {
    StoreConfig config = small_config();
    config.commit_log_file_bytes = 1 << 20;
    auto store = open(runtime, config);
    const auto refused = [&](const PutMessage& one) { return store->append({&one, 1}).error(); };
    const std::string properties(32768, 'p');
    EXPECT_EQ(refused(message("T", "", properties)), PutStatus::properties_size_exceeded);
    EXPECT_EQ(refused(message("", "")), PutStatus::message_illegal);
    EXPECT_EQ(refused(message("a/b", "")), PutStatus::message_illegal);
    EXPECT_EQ(refused(message("..", "")), PutStatus::message_illegal);
    EXPECT_EQ(refused(message(std::string(128, 't'), "")), PutStatus::message_illegal);
    EXPECT_EQ(refused(message("T", "", "", -1)), PutStatus::message_illegal);
    PutMessage v6 = message("T", "");
    v6.sys_flag = model::message::sys_flag::store_host_v6;
    EXPECT_EQ(refused(v6), PutStatus::message_illegal);
    v6 = message("T", "");
    v6.born_host = model::message::host_of("::1", 4711).value();
    EXPECT_EQ(refused(v6), PutStatus::message_illegal);
    EXPECT_EQ(refused(message("T", std::string(config.commit_log_file_bytes, 'x'))),
              PutStatus::message_illegal);
    EXPECT_TRUE(put(*store, runtime, message(std::string(127, 't'), "", properties.substr(1))));
    EXPECT_TRUE(store->stop());
    EXPECT_EQ(refused(message("T", "late")), PutStatus::service_not_available);
  });
}

TEST(Append, PreparedAndRolledBackMessagesTakeNoPlaceInTheirQueue) {
  sim::in_simulation([](Runtime runtime) {
    for (int round = 0; round < 2; ++round) {
      auto store = open(runtime, small_config());
      for (const auto type :
           {model::message::sys_flag::prepared, model::message::sys_flag::rollback,
            model::message::sys_flag::commit, model::message::sys_flag::not_transactional}) {
        const std::string body = std::to_string(type);
        PutMessage one = message("T", body);
        one.sys_flag = type;
        ASSERT_TRUE(put(*store, runtime, one));
      }
      EXPECT_EQ(store->max_offset("T", 0), QueueOffset{2 * (round + 1)});
      EXPECT_EQ(bodies(*store, "T").back(), "0");
      EXPECT_TRUE(store->stop());
    }
  });
}

TEST(Append, TellsOfArrivalsOnceTheyCanBeRead) {
  sim::in_simulation([](Runtime runtime) {
    auto store = open(runtime, small_config(FlushMode::sync_flush));
    std::vector<std::string> seen;
    store->on_arrival([&](std::string_view topic, std::int32_t queue, QueueOffset next, std::int64_t code) {
      EXPECT_EQ(store->max_offset(topic, queue), next);
      seen.push_back(std::string(topic) + std::to_string(queue) + ":" + std::to_string(value(next)) + " " +
                     std::to_string(code));
    });
    ASSERT_TRUE(put(*store, runtime, message("T", "a", "TAGS\1a", 1)));
    ASSERT_TRUE(put(*store, runtime, message("U", "b")));
    ASSERT_TRUE(put(*store, runtime, message("T", "c", "", 1)));
    EXPECT_EQ(seen, (std::vector<std::string>{"T1:1 97", "U0:1 0", "T1:2 0"}));
    EXPECT_TRUE(store->stop());
  });
}

TEST(Append, AnswersInOrderAndBehindStopEverybody) {
  sim::in_simulation([](Runtime runtime) {
    for (const FlushMode flush : {FlushMode::async_flush, FlushMode::sync_flush}) {
      auto store = open(runtime, small_config(flush));
      std::vector<int> order;
      for (int i = 0; i < 50; ++i) {
        const std::string body = std::to_string(i);
        const auto one = message("T", body);
        const auto placed = store->append({&one, 1});
        ASSERT_TRUE(placed);
        store->when_stored(placed->end, true, [&order, i](PutStatus status) {
          EXPECT_EQ(status, PutStatus::ok);
          order.push_back(i);
        });
        if (i % 10 == 9) runtime.tasks.yield();
      }
      EXPECT_TRUE(store->stop());
      EXPECT_EQ(order.size(), 50u);
      EXPECT_TRUE(std::ranges::is_sorted(order));
      bool answered = false;
      store->when_stored(PhysicalOffset{1 << 30}, true, [&](PutStatus status) {
        answered = true;
        EXPECT_EQ(status, PutStatus::service_not_available);
      });
      EXPECT_TRUE(answered);
    }
  });
}

TEST(Append, WithoutWaitingForTheSyncTheAnswerComesBeforeIt) {
  sim::in_simulation([](Runtime runtime) {
    auto store = open(runtime, small_config(FlushMode::sync_flush));
    const auto one = message("T", "x");
    const auto placed = store->append({&one, 1});
    EXPECT_EQ(stored(*store, runtime, placed->end, false), PutStatus::ok);
    EXPECT_EQ(store->max_offset("T", 0), QueueOffset{0}) << "visible only when durable";
    EXPECT_GT(store->flush_behind_bytes(), 0);
    EXPECT_GT(store->dispatch_behind_bytes(), 0);
    EXPECT_EQ(stored(*store, runtime, placed->end, true), PutStatus::ok);
    EXPECT_EQ(store->max_offset("T", 0), QueueOffset{1});
    EXPECT_EQ(store->flush_behind_bytes(), 0);
    EXPECT_TRUE(store->stop());
  });
}

TEST(Append, ADeletedTopicBeginsAgainAtZero) {
  sim::in_simulation([](Runtime runtime) {
    auto store = open(runtime, small_config());
    for (int i = 0; i < 25; ++i) ASSERT_TRUE(put(*store, runtime, message("T", "old", "", i % 2)));
    ASSERT_TRUE(put(*store, runtime, message("Tother", "stays")));
    runtime.tasks.park(runtime.clock.now() + std::chrono::seconds(3));  // its queues are on disk now
    ASSERT_TRUE(runtime.disk.list("store/consumequeue/T"));
    store->delete_topic("T");
    EXPECT_EQ(store->max_offset("T", 0), QueueOffset{0});
    EXPECT_EQ(store->queues().size(), 1u);
    EXPECT_EQ(runtime.disk.list("store/consumequeue/T").error().code, Errc::not_found);
    EXPECT_EQ(put(*store, runtime, message("T", "new"))->queue_offset, QueueOffset{0});
    EXPECT_EQ(bodies(*store, "T"), std::vector<std::string>{"new"});
    ASSERT_TRUE(store->stop());
    store = open(runtime, small_config());
    EXPECT_EQ(bodies(*store, "T"), std::vector<std::string>{"new"});
    EXPECT_EQ(bodies(*store, "Tother"), std::vector<std::string>{"stays"});
    ASSERT_TRUE(store->stop());
  });
}

}  // namespace
}  // namespace gantry::broker::store
