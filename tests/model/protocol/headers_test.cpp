#include "model/protocol/headers.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace gantry::model::protocol {
namespace {

/// A received command: the frame and the view into it.
struct Received {
  explicit Received(const Command& command, SerializeType type = SerializeType::json)
      : frame(encode(command, type)) {
    const bool decoded = decode(frame, view).has_value();
    invariant(decoded, "what we encode we decode");
  }
  Buffer frame;
  CommandView view;
};

SendHeader some_send() {
  return {.producer_group = "PG",
          .topic = "TopicA",
          .default_topic = "TBW102",
          .default_topic_queue_nums = 4,
          .queue_id = -1,
          .sys_flag = 4,
          .born_timestamp = 1'700'000'000'000,
          .flag = 9,
          .properties = "TAGS\x01TagA",
          .reconsume_times = 2,
          .unit_mode = true,
          .max_reconsume_times = 5,
          .batch = true,
          .broker_name = "broker-a"};
}

void expect_equal(const SendHeader& a, const SendHeader& b) {
  EXPECT_EQ(a.producer_group, b.producer_group);
  EXPECT_EQ(a.topic, b.topic);
  EXPECT_EQ(a.default_topic, b.default_topic);
  EXPECT_EQ(a.default_topic_queue_nums, b.default_topic_queue_nums);
  EXPECT_EQ(a.queue_id, b.queue_id);
  EXPECT_EQ(a.sys_flag, b.sys_flag);
  EXPECT_EQ(a.born_timestamp, b.born_timestamp);
  EXPECT_EQ(a.flag, b.flag);
  EXPECT_EQ(a.properties, b.properties);
  EXPECT_EQ(a.reconsume_times, b.reconsume_times);
  EXPECT_EQ(a.unit_mode, b.unit_mode);
  EXPECT_EQ(a.max_reconsume_times, b.max_reconsume_times);
  EXPECT_EQ(a.batch, b.batch);
  EXPECT_EQ(a.broker_name, b.broker_name);
}

TEST(SendHeader, IsReadBackInBothForms) {
  for (const SerializeType type : {SerializeType::json, SerializeType::rocketmq}) {
    const Received v1(request_with(RequestCode::send_message, some_send()), type);
    expect_equal(read_send_header(v1.view).value(), some_send());
    Command command = Command::request(RequestCode::send_message_v2);
    some_send().write_v2(command.fields);
    const Received v2(command, type);
    expect_equal(read_send_header(v2.view).value(), some_send());
  }
}

TEST(SendHeader, TheMissingFieldIsNamed) {
  Command command = Command::request(RequestCode::send_message_v2);
  some_send().write(command.fields);  // names, where letters are expected
  EXPECT_EQ(read_send_header(Received(command).view).error().text(), "the custom field <a> is null");
  command = Command::request(RequestCode::send_message);
  command.fields.set("producerGroup", "PG");
  EXPECT_EQ(read_send_header(Received(command).view).error(), (FieldError{"topic", true}));
}

TEST(SendHeader, NumbersAreReadStrictly) {
  for (const std::string_view bad : {"", " 1", "1 ", "1.0", "0x1", "+1", "2147483648", "one"}) {
    Command command = Command::request(RequestCode::send_message_v2);
    some_send().write_v2(command.fields);
    command.fields.set("e", bad);
    EXPECT_EQ(read_send_header(Received(command).view).error(), (FieldError{"e", false})) << bad;
    command = request_with(RequestCode::send_message, some_send());
    command.fields.set("queueId", bad);
    EXPECT_EQ(read_send_header(Received(command).view).error(), (FieldError{"queueId", false})) << bad;
  }
}

TEST(SendHeader, EmptyOptionsAreAbsent) {
  Command command = Command::request(RequestCode::send_message_v2);
  some_send().write_v2(command.fields);
  for (const char* letter : {"i", "j", "k", "l", "m", "n"}) command.fields.set(letter, "");
  const Received received(command);
  const SendHeader header = read_send_header(received.view).value();
  EXPECT_EQ(header.reconsume_times, 0);
  EXPECT_FALSE(header.unit_mode);
  EXPECT_EQ(header.max_reconsume_times, std::nullopt);
  EXPECT_FALSE(header.batch);
}

TEST(Headers, APullIsReadBack) {
  const PullHeader sent{.consumer_group = "CG",
                        .topic = "T",
                        .queue_id = 1,
                        .queue_offset = 1LL << 40,
                        .max_msg_nums = 32,
                        .sys_flag = 6,
                        .commit_offset = 3,
                        .suspend_timeout_ms = 15000,
                        .subscription = "A || B",
                        .sub_version = 99};
  const Received received(request_with(RequestCode::pull_message, sent));
  const PullHeader header = read_header<PullHeader>(received.view).value();
  EXPECT_EQ(header.queue_offset, sent.queue_offset);
  EXPECT_EQ(header.subscription, sent.subscription);
  EXPECT_EQ(header.expression_type, "TAG");
  EXPECT_EQ(header.suspend_timeout_ms, 15000);
}

TEST(Headers, AnAnswerIsReadFromTheCommandThatKeepsIt) {
  const PullResponseHeader sent{
      .suggest_which_broker_id = 1, .next_begin_offset = 2, .min_offset = 3, .max_offset = 4};
  const Command command = response_with(ResponseCode::pull_not_found, sent, "OFFSET_OVERFLOW_ONE");
  EXPECT_EQ(command.remark, "OFFSET_OVERFLOW_ONE");
  EXPECT_EQ(read_header<PullResponseHeader>(command).value().max_offset, 4);
  EXPECT_EQ(read_header<SendResponseHeader>(command).error(), (FieldError{"msgId", true}));
}

TEST(Headers, EitherSpellingRemovesTheOffsetsOfAGroup) {
  for (const char* name : {"removeOffset", "cleanOffset"}) {
    Command command = Command::request(RequestCode::delete_subscriptiongroup);
    command.fields.set("groupName", "G");
    command.fields.set(name, "TRUE");
    EXPECT_TRUE(read_header<DeleteGroupHeader>(command).value().remove_offset) << name;
  }
}

TEST(Headers, OneFieldCanBeAskedForAlone) {
  Command command = Command::request(RequestCode::get_min_offset);
  command.fields.set("queueId", 7);
  const Received received(command);
  EXPECT_EQ(require_int(received.view, "queueId").value(), 7);
  EXPECT_EQ(require_long(received.view, "queueId").value(), 7);
  EXPECT_EQ(require_text(received.view, "topic").error().text(), "the custom field <topic> is null");
}

}  // namespace
}  // namespace gantry::model::protocol
