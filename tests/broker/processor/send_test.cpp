#include <gtest/gtest.h>

#include "model/layout/record.h"
#include "model/message/batch.h"
#include "model/message/properties.h"
#include "tests/broker/processor/desk.h"

namespace gantry::broker::processor {
namespace {

TEST(Send, TheAnswerSaysWhereTheMessageLies) {
  with_broker([](runtime::Runtime, Desk& desk) {
    const Command answer = desk.send("TopicTest", "hello");
    ASSERT_EQ(answer.code, number(ResponseCode::success)) << answer.remark;
    EXPECT_EQ(long_of(answer, "queueId"), 0);
    EXPECT_EQ(long_of(answer, "queueOffset"), 0);
    EXPECT_EQ(answer.fields.get("msgId"), "7F00000100002A9F0000000000000000");
    EXPECT_EQ(answer.fields.get("MSG_REGION"), "DefaultRegion");
    EXPECT_EQ(answer.fields.get("TRACE_ON"), "true");
    EXPECT_EQ(long_of(desk.send("TopicTest", "again"), "queueOffset"), 1);
  });
}

TEST(Send, ARefusalAtTheDoorIsStampedAsEveryAnswer) {
  with_broker([](runtime::Runtime, Desk& desk) {
    for (const Command& answer : {desk.send("no/topic", "x"), desk.send("SCHEDULE_TOPIC_XXXX", "x")}) {
      EXPECT_NE(answer.code, 0);
      EXPECT_EQ(answer.fields.get("MSG_REGION"), "DefaultRegion");
      EXPECT_EQ(answer.fields.get("TRACE_ON"), "true");
    }
    EXPECT_FALSE(desk.pull("no/topic", 0).fields.get("MSG_REGION"));
  });
}

TEST(Send, ThePulledRecordIsTheMessageWithoutWaitAndWithCluster) {
  with_broker([](runtime::Runtime, Desk& desk) {
    ASSERT_EQ(desk.send("TopicTest", "hello",
                        "TAGS\x01"
                        "a\x02WAIT\x01true\x02")
                  .code,
              0);
    const Command answer = desk.pull("TopicTest", 0);
    ASSERT_EQ(answer.code, number(ResponseCode::success)) << answer.remark;
    const auto record = model::layout::read_record(answer.body);
    ASSERT_TRUE(record);
    EXPECT_EQ(as_text(record->body), "hello");
    EXPECT_EQ(record->topic, "TopicTest");
    EXPECT_EQ(model::message::property(record->properties, "TAGS"), "a");
    EXPECT_EQ(model::message::property(record->properties, "CLUSTER"), "DefaultCluster");
    EXPECT_FALSE(model::message::property(record->properties, "WAIT"));
    EXPECT_EQ(model::message::text_of(record->store_host), "127.0.0.1:10911");
    EXPECT_EQ(model::message::ip_text_of(record->born_host), "127.0.0.1");
    EXPECT_GT(record->born_host.port, 0);
  });
}

TEST(Send, OnlyATopicThatMayBeInheritedCreatesOthers) {
  with_broker([](runtime::Runtime, Desk& desk) {
    Command request = Desk::send_request("NewTopic", "x");
    request.fields.set("c", "SELF_TEST_TOPIC");
    EXPECT_EQ(desk.call(request).code, number(ResponseCode::topic_not_exist));
    request.fields.set("c", "TBW102");
    EXPECT_EQ(desk.call(request).code, number(ResponseCode::success));
  });
}

TEST(Send, NothingIsCreatedWhenAutoCreationIsOff) {
  BrokerConfig config = test_config();
  config.auto_create_topic_enable = false;
  with_broker(
      [](runtime::Runtime, Desk& desk) {
        EXPECT_EQ(desk.send("NewTopic", "x").code, number(ResponseCode::topic_not_exist));
        EXPECT_EQ(desk.send("%RETRY%CG", "x").code, number(ResponseCode::success));
      },
      config);
}

TEST(Send, WhatCannotBeStoredIsRefusedWithRocketMqsCodes) {
  with_broker([](runtime::Runtime, Desk& desk) {
    const auto code = [&](std::string_view field, std::string_view value) {
      Command request = Desk::send_request("TopicTest", "x");
      request.fields.set(field, value);
      return desk.call(request).code;
    };
    EXPECT_EQ(code("b", "../../etc"), number(ResponseCode::system_error));
    EXPECT_EQ(code("b", std::string(128, 'a')), number(ResponseCode::system_error));
    EXPECT_EQ(code("b", "SCHEDULE_TOPIC_XXXX"), number(ResponseCode::no_permission));
    EXPECT_EQ(code("e", "4"), number(ResponseCode::system_error)) << "four queues by default";
    EXPECT_EQ(code("e", "-1"), number(ResponseCode::success)) << "any queue";
    EXPECT_EQ(code("e", "many"), number(ResponseCode::system_error));
    EXPECT_EQ(code("i", std::string("DELAY\x01"
                                    "3")),
              number(ResponseCode::message_illegal));
    EXPECT_EQ(code("i", std::string("TRAN_MSG\x01true")), number(ResponseCode::no_permission));
    EXPECT_EQ(code("f", "8"), number(ResponseCode::message_illegal)) << "a commit";
    EXPECT_EQ(code("f", "12"), number(ResponseCode::message_illegal)) << "a rollback";
    EXPECT_EQ(code("f", "4"), number(ResponseCode::message_illegal)) << "half, says the flag alone";
    EXPECT_EQ(code("f", "4096"), number(ResponseCode::message_illegal)) << "a bit without a meaning";
  });
}

TEST(Send, AMissingFieldIsNamed) {
  with_broker([](runtime::Runtime, Desk& desk) {
    const Command answer = desk.call(Command::request(RequestCode::send_message));
    EXPECT_EQ(answer.code, number(ResponseCode::system_error));
    EXPECT_EQ(answer.remark, "the custom field <producerGroup> is null");
  });
}

TEST(Send, BitsThatDescribeHostsAreTheBrokersOwn) {
  with_broker([](runtime::Runtime, Desk& desk) {
    Command request = Desk::send_request("TopicTest", "x");
    request.fields.set("f", "48");
    ASSERT_EQ(desk.call(request).code, 0);
    const Command answer = desk.pull("TopicTest", 0);
    const auto record = model::layout::read_record(answer.body);
    ASSERT_TRUE(record);
    EXPECT_EQ(record->sys_flag, 0);
    EXPECT_EQ(as_text(record->body), "x");
  });
}

TEST(Send, ABatchGetsConsecutiveOffsets) {
  with_broker([](runtime::Runtime, Desk& desk) {
    Command request = Desk::send_request("TopicTest", "");
    request.code = static_cast<std::int32_t>(RequestCode::send_batch_message);
    request.fields.set("m", true);
    for (const std::string_view text : {"one", "two", "three"})
      model::message::append_batch_item({7, as_bytes(text), "KEYS\x01k"}, request.body);
    const Command answer = desk.call(request);
    ASSERT_EQ(answer.code, 0) << answer.remark;
    EXPECT_EQ(answer.fields.get("msgId")->size(), 3u * 32 + 2);
    EXPECT_EQ(long_of(answer, "queueOffset"), 0);

    Bytes rest = Bytes();
    const Command pulled = desk.pull("TopicTest", 0);
    rest = pulled.body;
    for (const std::string_view text : {"one", "two", "three"}) {
      const auto record = model::layout::read_record(rest);
      ASSERT_TRUE(record);
      EXPECT_EQ(as_text(record->body), text);
      EXPECT_EQ(record->flag, 7);
      rest = rest.subspan(record->size);
    }
    request.body.pop_back();
    EXPECT_EQ(desk.call(request).code, number(ResponseCode::message_illegal));
  });
}

TEST(Send, PropertiesOfABatchFollowThoseOfEachMessage) {
  using namespace std::string_literals;
  with_broker([](runtime::Runtime, Desk& desk) {
    const auto answer_to = [&](std::string_view items, std::string_view batch) {
      Command request = Desk::send_request("TopicTest", "");
      request.code = static_cast<std::int32_t>(RequestCode::send_batch_message);
      request.fields.set("m", true);
      request.fields.set("i", batch);
      model::message::append_batch_item({0, as_bytes("one"), {}}, request.body);
      model::message::append_batch_item({0, as_bytes("two"), items}, request.body);
      return desk.call(request);
    };
    const auto key = "KEYS\x01k\x02WAIT\x01true\x02no piece\x02TAGS\x01t"s;
    const auto common = "BIZ\x01"s + "b\x02WAIT\x01true\x02" + "CLUSTER\x01mine";
    ASSERT_EQ(answer_to(key, common).code, 0);

    const auto end = "BIZ\x01"s + "b\x02" + "CLUSTER\x01" + "DefaultCluster";
    const Command pulled = desk.pull("TopicTest", 0);
    const auto first = model::layout::read_record(pulled.body);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->properties, end);
    const auto second = model::layout::read_record(Bytes(pulled.body).subspan(first->size));
    ASSERT_TRUE(second);
    EXPECT_EQ(second->properties, "KEYS\x01k\x02TAGS\x01t\x02"s + end);

    const auto delay = "DELAY\x01"s + "3";
    EXPECT_EQ(answer_to(delay, {}).code, number(ResponseCode::message_illegal)) << "one of its messages";
    EXPECT_EQ(answer_to({}, delay).code, number(ResponseCode::message_illegal)) << "the batch";
    EXPECT_EQ(answer_to("TRAN_MSG\x01true", {}).code, number(ResponseCode::no_permission));
    EXPECT_EQ(answer_to({}, "TRAN_MSG\x01true").code, number(ResponseCode::no_permission));
    EXPECT_EQ(long_of(desk.send("TopicTest", "x"), "queueOffset"), 2)
        << "nothing of a refused batch is there";
  });
}

TEST(Send, APropertyOfABatchIsNotMultipliedBeyondMeasure) {
  with_broker([](runtime::Runtime, Desk& desk) {
    Command request = Desk::send_request("TopicTest", "");
    request.code = static_cast<std::int32_t>(RequestCode::send_batch_message);
    request.fields.set("m", true);
    request.fields.set("i", "KEYS\x01" + std::string(8 << 20, 'k'));
    for (int i = 0; i < 180'000; ++i) model::message::append_batch_item({0, {}, {}}, request.body);
    const Command answer = desk.call(request);
    EXPECT_EQ(answer.code, number(ResponseCode::message_illegal));
    EXPECT_EQ(answer.remark, "the batch's properties are too long: each of its messages gets them");
    EXPECT_EQ(desk.send("TopicTest", "still there").code, 0);
  });
}

TEST(Send, ARetryThatHasUsedUpItsAttemptsIsADeadLetter) {
  with_broker([](runtime::Runtime, Desk& desk) {
    Command request = Desk::send_request("%RETRY%CG", "x",
                                         "DELAY\x01"
                                         "3");
    request.fields.set("j", std::int64_t{16});
    ASSERT_EQ(desk.call(request).code, 0);
    const Command pulled = desk.pull("%DLQ%CG", 0);
    ASSERT_EQ(pulled.code, 0) << pulled.remark;
    const auto record = model::layout::read_record(pulled.body);
    ASSERT_TRUE(record);
    EXPECT_FALSE(model::message::property(record->properties, "DELAY"));
    EXPECT_EQ(record->reconsume_times, 16);
  });
}

TEST(Send, OneWayIsStoredAndNotAnswered) {
  with_broker([](runtime::Runtime runtime, Desk& desk) {
    ASSERT_TRUE(desk.client().one_way({"127.0.0.1", 10911}, Desk::send_request("TopicTest", "x"),
                                      runtime.clock.now() + 3s));
    EXPECT_EQ(desk.pull("TopicTest", 0, 5000ms).code, number(ResponseCode::success));
  });
}

}  // namespace
}  // namespace gantry::broker::processor
