#include "client/bench/frames.h"

#include <gtest/gtest.h>

#include <set>

#include "model/message/batch.h"
#include "model/message/properties.h"
#include "model/protocol/send_headers.h"

namespace gantry::client::bench {
namespace {

using model::protocol::Command;
using model::protocol::CommandView;
using model::protocol::RequestCode;
using model::protocol::ResponseCode;
using model::protocol::SerializeType;

std::string key_of(std::string_view properties) {
  return std::string(model::message::property(properties, "UNIQ_KEY").value_or(""));
}

class Frames : public testing::TestWithParam<SerializeType> {
 protected:
  Options options(std::uint32_t batch) const {
    Options made;
    made.header = GetParam();
    made.batch = batch;
    made.body_bytes = 100;
    return made;
  }
};

TEST_P(Frames, EachCopyIsASendWithItsOwnNumberTimeAndKey) {
  const SendFrame frame(options(1), 3, "broker-a");
  std::uint64_t keys = 41;
  std::set<std::string> seen;
  for (const std::int32_t opaque : {SendFrame::opaque_min, SendFrame::opaque_min + 7, 2'073'741'823}) {
    Buffer out;
    frame.append_to(out, opaque, 1'700'000'000'123, keys);
    EXPECT_EQ(out.size(), frame.bytes());
    CommandView view;
    ASSERT_TRUE(decode(out, view));
    EXPECT_EQ(view.code, static_cast<std::int32_t>(RequestCode::send_message_v2));
    EXPECT_EQ(view.type, GetParam());
    EXPECT_EQ(view.opaque, opaque);
    EXPECT_EQ(view.body.size(), 100u);
    const auto header = model::protocol::read_send_header(view);
    ASSERT_TRUE(header);
    EXPECT_EQ(header->born_timestamp, 1'700'000'000'123);
    EXPECT_EQ(header->queue_id, 3);
    EXPECT_EQ(header->topic, "BenchmarkTest");
    EXPECT_FALSE(header->batch);
    seen.insert(key_of(header->properties));
  }
  EXPECT_EQ(seen.size(), 3u);
  EXPECT_EQ(keys, 44u);
}

TEST_P(Frames, EachMessageOfABatchHasItsOwnKey) {
  const SendFrame frame(options(5), 0, "");
  std::uint64_t keys = 0;
  Buffer out;
  frame.append_to(out, SendFrame::opaque_min, 1'700'000'000'123, keys);
  CommandView view;
  ASSERT_TRUE(decode(out, view));
  const auto header = model::protocol::read_send_header(view);
  ASSERT_TRUE(header);
  EXPECT_TRUE(header->batch);
  model::message::BatchReader reader(view.body);
  std::set<std::string> seen;
  for (auto item = reader.next(); item && *item; item = reader.next()) {
    EXPECT_EQ((*item)->body.size(), 100u);
    seen.insert(key_of((*item)->properties));
  }
  EXPECT_EQ(seen.size(), 5u);
}

TEST_P(Frames, AnAnswerIsReadInEitherEncoding) {
  Command answer = Command::response(ResponseCode::success);
  answer.opaque = SendFrame::opaque_min + 12;
  answer.fields.set("msgId", "\"opaque\":7");
  CommandView view;
  const Buffer stored = encode(answer, GetParam());
  const auto read = read_answer(stored, view);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->code, 0);
  EXPECT_EQ(read->opaque, SendFrame::opaque_min + 12);

  answer.code = 2;
  answer.remark = "busy";
  const Buffer refused = encode(answer, GetParam());
  const auto refusal = read_answer(refused, view);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->code, 2);
  EXPECT_EQ(refusal->opaque, SendFrame::opaque_min + 12);
  EXPECT_EQ(refusal->remark, "busy");
}

INSTANTIATE_TEST_SUITE_P(Headers, Frames, testing::Values(SerializeType::json, SerializeType::rocketmq));

TEST(Answers, WhatIsNoFrameIsAnError) {
  CommandView view;
  EXPECT_FALSE(read_answer(as_bytes("no"), view));
  EXPECT_FALSE(read_answer(as_bytes(std::string_view("\0\0\0\x0c\0\0\0\x08not json", 16)), view));
}

}  // namespace
}  // namespace gantry::client::bench
