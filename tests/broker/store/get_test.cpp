#include <gtest/gtest.h>

#include "model/message/tags_code.h"
#include "sim/simulation.h"
#include "tests/broker/store/store_testing.h"

namespace gantry::broker::store {
namespace {

using namespace testing;
using runtime::Runtime;

/// Runs `body` with a store that holds `count` messages "0", "1", ... in queue 0 of topic T.
void with_messages(int count, std::function<void(Runtime, MessageStore&)> body,
                   StoreConfig config = small_config()) {
  sim::in_simulation([&](Runtime runtime) {
    auto store = open(runtime, config);
    for (int i = 0; i < count; ++i) {
      const std::string tag = i % 2 == 0 ? "TAGS\1even" : "TAGS\1odd";
      EXPECT_TRUE(put(*store, runtime, message("T", std::to_string(i), tag)));
    }
    body(runtime, *store);
    EXPECT_TRUE(store->stop());
  });
}

void expect(const GetResult& got, GetStatus status, int next, int count = 0) {
  EXPECT_EQ(static_cast<int>(got.status), static_cast<int>(status));
  EXPECT_EQ(value(got.next_begin), next);
  EXPECT_EQ(got.count, count);
}

TEST(Get, SaysWhereToGoOnWhenAnOffsetIsNotThere) {
  with_messages(5, [](Runtime, MessageStore& store) {
    expect(store.get("T", 0, QueueOffset{5}, 32, {}), GetStatus::offset_overflow_one, 5);
    expect(store.get("T", 0, QueueOffset{6}, 32, {}), GetStatus::offset_overflow_badly, 5);
    expect(store.get("T", 0, QueueOffset{-1}, 32, {}), GetStatus::offset_too_small, 0);
    expect(store.get("T", 1, QueueOffset{7}, 32, {}), GetStatus::no_matched_logic_queue, 0);
    expect(store.get("other", 0, QueueOffset{0}, 32, {}), GetStatus::no_matched_logic_queue, 0);
    const GetResult got = store.get("T", 0, QueueOffset{6}, 32, {});
    EXPECT_EQ(got.min, QueueOffset{0});
    EXPECT_EQ(got.max, QueueOffset{5});
  });
}

TEST(Get, AQueueThatNothingBecameVisibleInIsEmpty) {
  sim::in_simulation([](Runtime runtime) {
    auto store = open(runtime, small_config());
    const auto one = message("T", "x");
    const auto placed = store->append({&one, 1});
    ASSERT_TRUE(placed);
    expect(store->get("T", 0, QueueOffset{0}, 32, {}), GetStatus::no_message_in_queue, 0);
    EXPECT_EQ(store->max_offset("T", 0), QueueOffset{0});
    EXPECT_FALSE(store->record_at(placed->physical[0]));
    EXPECT_EQ(stored(*store, runtime, placed->end), PutStatus::ok);
    expect(store->get("T", 0, QueueOffset{0}, 32, {}), GetStatus::found, 1, 1);
    EXPECT_TRUE(store->record_at(placed->physical[0]));
    EXPECT_TRUE(store->stop());
  });
}

TEST(Get, TakesAtMostWhatIsAskedForAndAtLeastOne) {
  with_messages(40, [](Runtime, MessageStore& store) {
    expect(store.get("T", 0, QueueOffset{3}, 7, {}), GetStatus::found, 10, 7);
    expect(store.get("T", 0, QueueOffset{3}, 0, {}), GetStatus::found, 4, 1);
    expect(store.get("T", 0, QueueOffset{30}, 32, {}), GetStatus::found, 40, 10);
  });
}

TEST(Get, RecentDataComesBy32MessagesAndOldDataBy8) {
  StoreConfig config = small_config();
  config.consume_queue_file_bytes = 1000 * 20;
  config.commit_log_file_bytes = 1 << 20;
  with_messages(
      100,
      [](Runtime, MessageStore& store) {
        expect(store.get("T", 0, QueueOffset{0}, 64, {}), GetStatus::found, 32, 32);
      },
      config);
  config.recent_bytes = 0;
  with_messages(
      100,
      [](Runtime, MessageStore& store) {
        expect(store.get("T", 0, QueueOffset{0}, 64, {}), GetStatus::found, 8, 8);
      },
      config);
}

TEST(Get, StopsAt256KiBButTakesALargerMessageAlone) {
  StoreConfig config = small_config();
  config.commit_log_file_bytes = 4 << 20;
  sim::in_simulation([&](Runtime runtime) {
    auto store = open(runtime, config);
    const std::string large(100 << 10, 'l');
    const std::string huge(300 << 10, 'h');
    for (const std::string& body : {huge, large, large, large})
      ASSERT_TRUE(put(*store, runtime, message("T", body)));
    expect(store->get("T", 0, QueueOffset{0}, 32, {}), GetStatus::found, 1, 1);
    expect(store->get("T", 0, QueueOffset{1}, 32, {}), GetStatus::found, 3, 2);
    EXPECT_TRUE(store->stop());
  });
}

TEST(Get, FiltersByTagsCodeAndGoesOnBehindWhatItLookedAt) {
  with_messages(20, [](Runtime, MessageStore& store) {
    const auto tagged = [](std::string_view tag) {
      return [code = model::message::tags_code(tag)](std::int64_t has) { return has == code; };
    };
    const GetResult odd = store.get("T", 0, QueueOffset{0}, 3, tagged("odd"));
    EXPECT_EQ(records_of(odd), (std::vector<Read>{{1, "1"}, {3, "3"}, {5, "5"}}));
    EXPECT_EQ(value(odd.next_begin), 6);
    const GetResult rest = store.get("T", 0, QueueOffset{17}, 32, tagged("odd"));
    EXPECT_EQ(records_of(rest), (std::vector<Read>{{17, "17"}, {19, "19"}}));
    expect(store.get("T", 0, QueueOffset{10}, 32, tagged("none")), GetStatus::no_matched_message, 20);
  });
}

TEST(Get, ReadsWhatIsNoLongerInMemory) {
  sim::in_simulation([](Runtime runtime) {
    std::vector<std::string> sent;
    auto store = open(runtime, small_config());
    // Two queues take turns, so that the records of one do not lie back to back.
    for (int i = 0; i < 2000; ++i) {
      const std::string body = std::to_string(i) + std::string(1500, 'b');
      if (i % 2 == 0) sent.push_back(body);
      const auto placed = put(*store, runtime, message("T", body, {}, i % 2));
      ASSERT_TRUE(placed);
    }
    EXPECT_EQ(bodies(*store, "T"), sent);
    EXPECT_TRUE(store->stop());
  });
}

TEST(Get, ARecordThatIsNotWhatItsEntrySaysIsNeverReturnedAndTheOperatorIsTold) {
  sim::Simulation world(1);
  Lines lines;
  world.observe(lines);
  world.add_machine("m");
  bool done = false;
  std::int64_t damaged = 0;
  world.start("m", "store", [&](Runtime runtime) {
    StoreConfig config = small_config();
    PhysicalOffset second{};
    {
      auto store = open(runtime, config);
      for (const char* body : {"first", "second", "third"}) {
        const auto placed = put(*store, runtime, message("T", body));
        if (std::string_view(body) == "second") second = placed->physical[0];
      }
      ASSERT_TRUE(store->stop());
    }
    // The disk rots: one bit of the second body, behind the back of the store.
    auto file =
        runtime.disk.open("store/commitlog/00000000000000000000", runtime::OpenMode::must_exist).value();
    const std::array<Bytes, 1> rot{as_bytes("S")};
    damaged = value(second);
    ASSERT_TRUE(file->write_at(static_cast<std::uint64_t>(value(second)) + 88, rot));

    auto store = open(runtime, config);
    const GetResult got = store->get("T", 0, QueueOffset{0}, 32, {});
    EXPECT_EQ(records_of(got), (std::vector<Read>{{0, "first"}, {2, "third"}}));
    EXPECT_EQ(value(got.next_begin), 3);
    expect(store->get("T", 0, QueueOffset{1}, 1, {}), GetStatus::message_was_removing, 2);
    EXPECT_FALSE(store->record_at(second));
    EXPECT_FALSE(store->record_at(second + 1));
    EXPECT_TRUE(store->stop());
    done = true;
  });
  ASSERT_TRUE(world.run_until([&] { return done; }, runtime::Instant{60'000'000'000}));
  EXPECT_EQ(lines.errors, std::vector<std::string>{
                              "store: message 1 of queue 0 of T is damaged and passed over: the log at " +
                              std::to_string(damaged)});
}

TEST(Get, SearchesByStoreTime) {
  sim::in_simulation([](Runtime runtime) {
    auto store = open(runtime, small_config());
    EXPECT_EQ(store->offset_by_time("T", 0, 0), QueueOffset{0});
    std::vector<std::int64_t> times;
    for (int i = 0; i < 30; ++i) {
      times.push_back(put(*store, runtime, message("T", std::to_string(i)))->store_timestamp);
      runtime.tasks.park(runtime.clock.now() + std::chrono::milliseconds(10));
    }
    for (std::size_t i = 0; i < times.size(); ++i) {
      const auto at = static_cast<std::int64_t>(i);
      EXPECT_EQ(store->store_time_at("T", 0, QueueOffset{at}), times[i]);
      EXPECT_EQ(value(store->offset_by_time("T", 0, times[i])), at);
      if (i == 0) continue;
      const std::int64_t gap = times[i] - times[i - 1];
      EXPECT_EQ(value(store->offset_by_time("T", 0, times[i - 1] + 1)), at - 1) << "the nearer one";
      EXPECT_EQ(value(store->offset_by_time("T", 0, times[i] - 1)), at) << "the nearer one";
      const std::int64_t tie = times[i] - (gap + 1) / 2;  // or one nearer to the left
      EXPECT_EQ(value(store->offset_by_time("T", 0, tie)), at - 1);
    }
    EXPECT_EQ(store->offset_by_time("T", 0, times.front() - 1000), QueueOffset{0});
    EXPECT_EQ(store->offset_by_time("T", 0, times.back() + 1000), QueueOffset{29});
    EXPECT_FALSE(store->store_time_at("T", 0, QueueOffset{30}));
    EXPECT_TRUE(store->stop());
  });
}

}  // namespace
}  // namespace gantry::broker::store
