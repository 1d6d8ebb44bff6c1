#include <gtest/gtest.h>

#include "model/layout/record.h"
#include "runtime/sync/future.h"
#include "runtime/sync/task_group.h"
#include "tests/broker/processor/desk.h"

namespace gantry::broker::processor {
namespace {

TEST(Pull, TheAnswerHasTheQueuesBoundsAndTheStatusAsRemark) {
  with_broker([](runtime::Runtime, Desk& desk) {
    desk.send("TopicTest", "a");
    desk.send("TopicTest", "b");
    const Command answer = desk.pull("TopicTest", 1);
    EXPECT_EQ(answer.code, 0);
    EXPECT_EQ(answer.remark, "FOUND");
    EXPECT_EQ(long_of(answer, "nextBeginOffset"), 2);
    EXPECT_EQ(long_of(answer, "minOffset"), 0);
    EXPECT_EQ(long_of(answer, "maxOffset"), 2);
    EXPECT_EQ(long_of(answer, "suggestWhichBrokerId"), 0);
  });
}

TEST(Pull, OffsetsOutsideOfTheQueueAreMoved) {
  with_broker([](runtime::Runtime, Desk& desk) {
    desk.send("TopicTest", "a");
    const Command beyond = desk.pull("TopicTest", 9);
    EXPECT_EQ(beyond.code, number(ResponseCode::pull_offset_moved));
    EXPECT_EQ(long_of(beyond, "nextBeginOffset"), 1);
    const Command before = desk.pull("TopicTest", -1);
    EXPECT_EQ(before.code, number(ResponseCode::pull_offset_moved));
    EXPECT_EQ(long_of(before, "nextBeginOffset"), 0);
    EXPECT_EQ(desk.pull("TopicTest", 1).code, number(ResponseCode::pull_not_found));
  });
}

TEST(Pull, WhoMayNotPullIsToldWhy) {
  with_broker([](runtime::Runtime, Desk& desk) {
    EXPECT_EQ(desk.pull("NoSuchTopic", 0).code, number(ResponseCode::topic_not_exist));
    desk.send("TopicTest", "a");
    Command request = Desk::pull_request("TopicTest", 0);
    request.fields.set("queueId", std::int64_t{4});
    EXPECT_EQ(desk.call(request).code, number(ResponseCode::system_error));
    request = Desk::pull_request("TopicTest", 0);
    request.fields.set("sysFlag", std::int64_t{0});
    EXPECT_EQ(desk.call(request).code, number(ResponseCode::subscription_not_exist));
    request = Desk::pull_request("TopicTest", 0, 0ms, "||");
    EXPECT_EQ(desk.call(request).code, number(ResponseCode::subscription_parse_failed));
    request = Desk::pull_request("TopicTest", 0, 0ms, std::string(64 * 1024 + 1, 't'));
    EXPECT_EQ(desk.call(request).code, number(ResponseCode::subscription_parse_failed));
  });
}

// Each of them waits for thousands of tags.
TEST(Pull, WhatHeldPullsTakeIsBounded) {
  with_broker([](runtime::Runtime runtime, Desk& desk) {
    desk.send("TopicTest", "a");
    std::string tags = "t";
    for (int i = 0; i < 7000; ++i) tags += "||t" + std::to_string(i);
    int busy = 0;
    int waited = 0;
    runtime::sync::TaskGroup pulls(runtime.tasks);
    for (int i = 0; i < 300; ++i)
      pulls.spawn("pull", [&] {
        const Command answer = desk.call(Desk::pull_request("TopicTest", 1, 5s, tags));
        busy += answer.code == number(ResponseCode::system_busy) ? 1 : 0;
        waited += answer.code == number(ResponseCode::pull_not_found) ? 1 : 0;
      });
    ASSERT_TRUE(pulls.join());
    EXPECT_EQ(busy + waited, 300);
    EXPECT_GT(busy, 50);
    EXPECT_GT(waited, 50);
    EXPECT_EQ(desk.pull("TopicTest", 1, 1s).code, number(ResponseCode::pull_not_found))
        << "there is room again";
  });
}

TEST(Pull, TheVipPortServesAllButPulls) {
  with_broker([](runtime::Runtime, Desk& desk) {
    EXPECT_EQ(desk.call(Desk::send_request("TopicTest", "a"), 10909).code, 0);
    EXPECT_EQ(desk.call(Desk::pull_request("TopicTest", 0), 10909).code,
              number(ResponseCode::request_code_not_supported));
  });
}

TEST(Pull, AnArrivalAnswersAHeldPullAtOnce) {
  with_broker([](runtime::Runtime runtime, Desk& desk) {
    desk.send("TopicTest", "a");
    const runtime::Instant begin = runtime.clock.now();
    runtime.tasks.spawn("sender", [&] {
      ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 3s));
      Desk other(runtime);
      other.send("TopicTest", "b");
      other.stop();
    });
    const Command answer = desk.pull("TopicTest", 1, 15'000ms);
    const auto took = runtime.clock.now() - begin;
    EXPECT_EQ(answer.code, 0);
    EXPECT_GE(took, 3s);
    EXPECT_LT(took, 4s);
    const auto record = model::layout::read_record(answer.body);
    ASSERT_TRUE(record);
    EXPECT_EQ(as_text(record->body), "b");
    ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 1s));
  });
}

TEST(Pull, AHeldPullEndsWithItsTime) {
  with_broker([](runtime::Runtime runtime, Desk& desk) {
    desk.send("TopicTest", "a");
    const runtime::Instant begin = runtime.clock.now();
    const Command answer = desk.pull("TopicTest", 1, 15'000ms);
    EXPECT_EQ(answer.code, number(ResponseCode::pull_not_found));
    EXPECT_EQ(long_of(answer, "nextBeginOffset"), 1);
    EXPECT_GE(runtime.clock.now() - begin, 15s);
    EXPECT_LT(runtime.clock.now() - begin, 16s);
  });
}

TEST(Pull, AHeldPullWaitsForItsTags) {
  with_broker([](runtime::Runtime runtime, Desk& desk) {
    desk.send("TopicTest", "a", "TAGS\x01wanted");
    const runtime::Instant begin = runtime.clock.now();
    runtime.tasks.spawn("sender", [&] {
      Desk other(runtime);
      ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 2s));
      other.send("TopicTest", "b", "TAGS\x01other");
      ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 2s));
      other.send("TopicTest", "c", "TAGS\x01wanted");
      other.stop();
    });
    const Command answer = desk.pull("TopicTest", 1, 15'000ms, "wanted");
    EXPECT_EQ(answer.code, 0);
    EXPECT_GE(runtime.clock.now() - begin, 4s);
    const auto record = model::layout::read_record(answer.body);
    ASSERT_TRUE(record);
    EXPECT_EQ(as_text(record->body), "c");
    EXPECT_EQ(long_of(answer, "nextBeginOffset"), 3);
    ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 1s));
  });
}

TEST(Pull, WhatIsFilteredOutIsSkippedAtOnce) {
  with_broker([](runtime::Runtime, Desk& desk) {
    desk.send("TopicTest", "a", "TAGS\x01other");
    const Command answer = desk.pull("TopicTest", 0, 15'000ms, "wanted");
    EXPECT_EQ(answer.code, number(ResponseCode::pull_retry_immediately));
    EXPECT_EQ(long_of(answer, "nextBeginOffset"), 1);
  });
}

TEST(Pull, TheOffsetThatComesWithItIsCommitted) {
  with_broker([](runtime::Runtime, Desk& desk) {
    desk.send("TopicTest", "a");
    Command request = Desk::pull_request("TopicTest", 0);
    request.fields.set("sysFlag", std::int64_t{5});
    request.fields.set("commitOffset", std::int64_t{1});
    desk.call(request);
    const Command stored =
        desk.call(Desk::with(RequestCode::query_consumer_offset,
                             {{"consumerGroup", "CG"}, {"topic", "TopicTest"}, {"queueId", "0"}}));
    EXPECT_EQ(long_of(stored, "offset"), 1);
  });
}

TEST(Pull, ANewGroupIsToldSoWhereTheFirstMessageIsNoLongerInMemory) {
  BrokerConfig config = test_config();
  for (const std::int64_t ratio : {40, 0}) {
    config.access_message_in_memory_max_ratio = ratio;
    with_broker(
        [&](runtime::Runtime, Desk& desk) {
          desk.send("TopicTest", "a");
          const Command answer =
              desk.call(Desk::with(RequestCode::query_consumer_offset,
                                   {{"consumerGroup", "CG"}, {"topic", "TopicTest"}, {"queueId", "0"}}));
          EXPECT_EQ(answer.code, number(ratio > 0 ? ResponseCode::success : ResponseCode::query_not_found));
          EXPECT_EQ(long_of(answer, "offset"), ratio > 0 ? 0 : -1);
        },
        config);
  }
}

TEST(Pull, StoppingTheBrokerAnswersWhoWaits) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Broker broker(runtime, test_config());
    ASSERT_TRUE(broker.start());
    Desk desk(runtime);
    desk.send("TopicTest", "a");
    runtime::sync::Promise<std::int32_t> promise(runtime.tasks);
    const auto answered = promise.future();
    runtime.tasks.spawn("puller", [&] {
      const Command got = desk.pull("TopicTest", 1, 15'000ms);
      EXPECT_EQ(got.remark, "OFFSET_OVERFLOW_ONE");
      promise.set(got.code);
    });
    ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 1s));
    broker.stop();
    EXPECT_EQ(answered.get().value(), number(ResponseCode::pull_not_found));
    desk.stop();
  });
}

}  // namespace
}  // namespace gantry::broker::processor
