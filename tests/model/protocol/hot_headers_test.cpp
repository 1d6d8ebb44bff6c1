// The headers of sends and pulls, which are scanned by hand: against a JSON library, and without a
// single allocation once a connection is warm.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <boost/json.hpp>

#include "model/protocol/headers.h"
#include "tests/model/allocations.h"

namespace gantry::model::protocol {
namespace {

namespace json = boost::json;

/// Any text, so that the library has something to escape.
std::string any_text() {
  std::string text;
  for (int i = *rc::gen::inRange(0, 20); i > 0; --i)
    text += *rc::gen::element<std::string>("a", "Z", "%", "_", "\x01", "\x02", "\"", "\\", "/", "\n",
                                           "\u4e2d", "\U0001F680", " ", "0", ":", "}");
  return text;
}

/// A name is not empty: an empty one counts as null.
std::string any_name() {
  return any_text() + "n";
}

/// A number as clients write it: as a number, or in a text.
json::value any_number(std::int64_t number) {
  return *rc::gen::arbitrary<bool>() ? json::value(number) : json::value(std::to_string(number));
}

std::int32_t any_i32() {
  return *rc::gen::arbitrary<std::int32_t>();
}
std::int64_t any_i64() {
  return *rc::gen::arbitrary<std::int64_t>();
}

/// The fields in any order, as the library writes them.
Buffer frame_with(RequestCode code, const json::object& fields) {
  std::vector<std::string> names;
  for (const auto& field : fields) names.emplace_back(field.key());
  for (std::size_t i = names.size(); i > 1; --i)
    std::swap(names[i - 1], names[*rc::gen::inRange<std::size_t>(0, i)]);
  json::object shuffled;
  for (const std::string& name : names) shuffled[name] = fields.at(name);
  const std::string header = json::serialize(json::object{
      {"code", static_cast<int>(code)}, {"extFields", shuffled}, {"opaque", 1}, {"version", 409}});
  Buffer frame;
  ByteWriter to(frame);
  to.i32(static_cast<std::int32_t>(4 + header.size()));
  to.i32(static_cast<std::int32_t>(header.size()));
  to.text(header);
  return frame;
}

/// What the library understands under that name.
std::string text_in(const json::object& fields, const char* name) {
  const json::value& value = fields.at(name);
  return value.is_string() ? std::string(value.as_string()) : json::serialize(value);
}
std::int64_t number_in(const json::object& fields, const char* name) {
  return std::stoll(text_in(fields, name));
}

/// The names of a send's fields: spelt out in code 10, letters in codes 310 and 320.
struct SendNames {
  RequestCode code;
  const char *group, *topic, *template_topic, *queues, *queue, *sys_flag, *born, *flag, *properties,
      *reconsumed;
};
constexpr SendNames spelt_out{RequestCode::send_message,
                              "producerGroup",
                              "topic",
                              "defaultTopic",
                              "defaultTopicQueueNums",
                              "queueId",
                              "sysFlag",
                              "bornTimestamp",
                              "flag",
                              "properties",
                              "reconsumeTimes"};
constexpr SendNames letters{RequestCode::send_message_v2, "a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};

RC_GTEST_PROP(HotHeaders, ASendIsUnderstoodAsAJsonLibraryUnderstandsIt, ()) {
  const SendNames& names = *rc::gen::arbitrary<bool>() ? spelt_out : letters;
  const json::object fields = {{names.group, any_name()},
                               {names.topic, any_name()},
                               {names.template_topic, any_text()},
                               {names.queues, any_number(any_i32())},
                               {names.queue, any_number(any_i32())},
                               {names.sys_flag, any_number(any_i32())},
                               {names.born, any_number(any_i64())},
                               {names.flag, any_number(any_i32())},
                               {names.properties, any_text()},
                               {names.reconsumed, any_number(any_i32())}};
  const Buffer frame = frame_with(names.code, fields);
  CommandView view;
  RC_ASSERT(decode(frame, view).has_value());
  const auto send = read_send_header(view);
  RC_ASSERT(send.has_value());
  RC_ASSERT(send->producer_group == text_in(fields, names.group));
  RC_ASSERT(send->topic == text_in(fields, names.topic));
  RC_ASSERT(send->default_topic == text_in(fields, names.template_topic));
  RC_ASSERT(send->default_topic_queue_nums == number_in(fields, names.queues));
  RC_ASSERT(send->queue_id == number_in(fields, names.queue));
  RC_ASSERT(send->sys_flag == number_in(fields, names.sys_flag));
  RC_ASSERT(send->born_timestamp == number_in(fields, names.born));
  RC_ASSERT(send->flag == number_in(fields, names.flag));
  RC_ASSERT(send->properties == text_in(fields, names.properties));
  RC_ASSERT(send->reconsume_times == number_in(fields, names.reconsumed));
}

RC_GTEST_PROP(HotHeaders, AnEmptyNameCountsAsNull, ()) {
  const SendNames& names = *rc::gen::arbitrary<bool>() ? spelt_out : letters;
  const char* const name = *rc::gen::arbitrary<bool>() ? names.group : names.topic;
  json::object fields = {{names.group, "G"},   {names.topic, "T"}, {names.template_topic, ""},
                         {names.queues, 4},    {names.queue, 0},   {names.sys_flag, 0},
                         {names.born, 0},      {names.flag, 0},    {names.properties, ""},
                         {names.reconsumed, 0}};
  CommandView view;
  const Buffer good = frame_with(names.code, fields);
  RC_ASSERT(decode(good, view).has_value());
  RC_ASSERT(read_send_header(view).has_value());
  fields[name] = "";
  const Buffer bad = frame_with(names.code, fields);
  RC_ASSERT(decode(bad, view).has_value());
  RC_ASSERT((read_send_header(view).error() == FieldError{name, true}));
}

RC_GTEST_PROP(HotHeaders, APullIsUnderstoodAsAJsonLibraryUnderstandsIt, ()) {
  const json::object fields = {{"consumerGroup", any_name()},
                               {"topic", any_name()},
                               {"queueId", any_number(any_i32())},
                               {"queueOffset", any_number(any_i64())},
                               {"maxMsgNums", any_number(any_i32())},
                               {"sysFlag", any_number(any_i32())},
                               {"commitOffset", any_number(any_i64())},
                               {"suspendTimeoutMillis", any_number(any_i64())},
                               {"subscription", any_text()},
                               {"subVersion", any_number(any_i64())}};
  const Buffer frame = frame_with(RequestCode::pull_message, fields);
  CommandView view;
  RC_ASSERT(decode(frame, view).has_value());
  const auto pull = read_header<PullHeader>(view);
  RC_ASSERT(pull.has_value());
  RC_ASSERT(pull->consumer_group == text_in(fields, "consumerGroup"));
  RC_ASSERT(pull->topic == text_in(fields, "topic"));
  RC_ASSERT(pull->queue_id == number_in(fields, "queueId"));
  RC_ASSERT(pull->queue_offset == number_in(fields, "queueOffset"));
  RC_ASSERT(pull->max_msg_nums == number_in(fields, "maxMsgNums"));
  RC_ASSERT(pull->sys_flag == number_in(fields, "sysFlag"));
  RC_ASSERT(pull->commit_offset == number_in(fields, "commitOffset"));
  RC_ASSERT(pull->suspend_timeout_ms == number_in(fields, "suspendTimeoutMillis"));
  RC_ASSERT(pull->subscription == text_in(fields, "subscription"));
  RC_ASSERT(pull->sub_version == number_in(fields, "subVersion"));
}

Buffer a_send(SerializeType type) {
  Command command = Command::request(RequestCode::send_message_v2);
  SendHeader{.producer_group = "PG",
             .topic = "TopicTest",
             .default_topic = "TBW102",
             .born_timestamp = 1'700'000'000'000,
             .properties =
                 "UNIQ_KEY\x01"
                 "0A010203ABCD0102030447B7607BFFFE\x02WAIT\x01true\x02TAGS\x01TagA"}
      .write_v2(command.fields);
  command.body = Buffer(1024);
  return encode(command, type);
}

Buffer a_pull(SerializeType type) {
  Command command = Command::request(RequestCode::pull_message);
  PullHeader{.consumer_group = "CG", .topic = "TopicTest", .max_msg_nums = 32, .subscription = "TagA || TagB"}
      .write(command.fields);
  return encode(command, type);
}

TEST(HotHeaders, AreReadWithoutAnAllocationOnceTheViewIsWarm) {
  for (const SerializeType type : {SerializeType::json, SerializeType::rocketmq}) {
    const Buffer send = a_send(type), pull = a_pull(type);
    CommandView view;
    const auto read_both = [&] {
      const bool send_read = decode(send, view).has_value() && read_send_header(view).has_value();
      const bool pull_read = decode(pull, view).has_value() && read_header<PullHeader>(view).has_value();
      return send_read && pull_read;
    };
    ASSERT_TRUE(read_both());
    const std::size_t before = gantry::testing::allocations();
    const bool read = read_both() && read_both();
    const std::size_t made = gantry::testing::allocations() - before;
    EXPECT_TRUE(read);
    EXPECT_EQ(made, 0u) << static_cast<int>(type);
  }
}

}  // namespace
}  // namespace gantry::model::protocol
