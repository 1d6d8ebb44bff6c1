#include "model/route/register_broker.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "model/base/zlib.h"

namespace gantry::model::route {
namespace {

RegisterBrokerBody some_body() {
  RegisterBrokerBody body;
  body.topic_config.data_version = {.timestamp = 1'690'000'000'000, .counter = 3};
  TopicConfig topic{.topic_name = "TopicA", .read_queue_nums = 8, .write_queue_nums = 4};
  body.topic_config.topics["TopicA"] = topic;
  topic.topic_name = "%RETRY%CG";
  topic.topic_filter_type = TopicFilterType::multi_tag;
  body.topic_config.topics["%RETRY%CG"] = topic;
  body.filter_servers = {"10.0.0.1:1"};
  return body;
}

TEST(RegisterBrokerBody, IsReadBackInBothForms) {
  for (const bool compressed : {false, true})
    EXPECT_EQ(read_register_body(encode(some_body(), compressed), compressed).value(), some_body());
  EXPECT_EQ(read_register_body({}, true).value(), RegisterBrokerBody());
}

TEST(RegisterBrokerBody, FiftyThousandTopicsAreRead) {
  RegisterBrokerBody body;
  for (int i = 0; i < 50'000; ++i) {
    const std::string name = "a-topic-with-a-name-of-usual-length-" + std::to_string(i);
    body.topic_config.topics[name].topic_name = name;
  }
  for (const bool compressed : {false, true})
    EXPECT_EQ(read_register_body(encode(body, compressed), compressed).value(), body);
}

TEST(RegisterBrokerBody, TheCompressedFormIsParts) {
  const Buffer parts = inflate(encode(some_body(), true), 4096).value();
  EXPECT_NE(as_text(parts).find("TopicA 8 4 6 SINGLE_TAG"), std::string_view::npos);
  EXPECT_NE(as_text(parts).find(R"({"counter":3,"timestamp":1690000000000})"), std::string_view::npos);
}

/// The compressed form with other lines for its topics.
Buffer with_topic_line(std::string_view line) {
  const auto part = [](std::string_view text, ByteWriter& to) {
    to.i32(static_cast<std::int32_t>(text.size()));
    to.text(text);
  };
  Buffer parts;
  ByteWriter to(parts);
  part(R"({"counter":3,"stateVersion":0,"timestamp":1690000000000})", to);
  to.i32(1);
  part(line, to);
  part("[]", to);
  return deflate(parts);
}

TEST(RegisterBrokerBody, TopicsOfA5xBrokerHaveAttributesBehindThem) {
  const auto body = read_register_body(with_topic_line("TopicA 8 4 6 SINGLE_TAG {}"), true);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->topic_config.topics.at("TopicA").write_queue_nums, 4);
  EXPECT_TRUE(read_register_body(with_topic_line(R"(T 1 1 6 MULTI_TAG {"+a":"x y"})"), true));
  for (const std::string_view bad :
       {"", "TopicA", "TopicA 8 4 6", "TopicA 8 4 x SINGLE_TAG", " 8 4 6 SINGLE_TAG"})
    EXPECT_FALSE(read_register_body(with_topic_line(bad), true)) << bad;
}

RC_GTEST_PROP(RegisterBrokerBody, DamagedPartsAreSurvived, ()) {
  Buffer parts = inflate(encode(some_body(), true), 4096).value();
  for (int changes = *rc::gen::inRange(1, 5); changes > 0; --changes) {
    const auto at = *rc::gen::inRange<std::size_t>(0, parts.size());
    parts[at] = std::byte(*rc::gen::arbitrary<std::uint8_t>());
  }
  parts.resize(*rc::gen::inRange<std::size_t>(0, parts.size() + 1));
  if (const auto body = read_register_body(deflate(parts), true))
    RC_ASSERT(body->topic_config.topics.size() <= 2u);
}

}  // namespace
}  // namespace gantry::model::route
