#include "client/message/message.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/layout/record.h"
#include "model/message/sys_flag.h"

namespace gantry::client::message {
namespace {

namespace sys_flag = model::message::sys_flag;

Buffer record_of(Bytes body, std::int32_t flags, std::string_view topic, std::string_view properties) {
  model::layout::Record record;
  record.queue_id = 3;
  record.queue_offset = 7;
  record.physical_offset = 4096;
  record.store_host = model::message::host_of("10.0.0.1", 10911).value();
  record.sys_flag = flags;
  record.body = body;
  record.topic = topic;
  record.properties = properties;
  Buffer out;
  model::layout::append_record(record, out);
  return out;
}

TEST(DecodeMessages, GivesWhatTheListenerNeeds) {
  Buffer records = record_of(as_bytes("one"), 0, "T",
                             "TAGS\x01"
                             "A\x02"
                             "UNIQ_KEY\x01"
                             "KEY");
  const Buffer second = record_of(as_bytes("two"), 0, "T", "");
  records.insert(records.end(), second.begin(), second.end());
  const auto messages = decode_messages(records, "broker-a").messages;
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].body_text(), "one");
  EXPECT_EQ(messages[0].tag(), "A");
  EXPECT_EQ(messages[0].message_id, "KEY");
  EXPECT_EQ(messages[0].queue, (MessageQueue{"T", "broker-a", 3}));
  EXPECT_EQ(messages[0].queue_offset, 7);
  EXPECT_EQ(messages[0].store_host, "10.0.0.1:10911");
  EXPECT_EQ(messages[1].message_id, "0A00000100002A9F0000000000001000");
  EXPECT_EQ(messages[1].message_id, messages[1].offset_message_id);
}

TEST(DecodeMessages, RestoresTheTopicOfARetriedMessage) {
  const auto messages = decode_messages(record_of(as_bytes("x"), 0, "%RETRY%CG",
                                                  "RETRY_TOPIC\x01"
                                                  "T"),
                                        "b")
                            .messages;
  EXPECT_EQ(messages[0].topic, "T");
  EXPECT_EQ(messages[0].queue.topic, "%RETRY%CG");
}

RC_GTEST_PROP(DecodeMessages, SurvivesAnyBytes, (std::vector<std::uint8_t> bytes, std::string text)) {
  const auto* data = reinterpret_cast<const std::byte*>(bytes.data());
  (void)decode_messages(Bytes(data, bytes.size()), "b");
  Buffer record = record_of(as_bytes(text), sys_flag::compressed, "T", text.substr(0, 100));
  for (const std::uint8_t byte : bytes) record[byte % record.size()] ^= std::byte(1);
  (void)decode_messages(record, "b");
}

TEST(Check, AcceptsWhatABrokerAccepts) {
  EXPECT_TRUE(check(Message("TopicTest", "x", "TagA"), 100));
  EXPECT_TRUE(check(Message("%RETRY%group", "x"), 100));
}

}  // namespace
}  // namespace gantry::client::message
