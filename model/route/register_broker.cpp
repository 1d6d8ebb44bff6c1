#include "model/route/register_broker.h"

#include <array>

#include "model/base/zlib.h"
#include "model/protocol/field_reader.h"
#include "model/protocol/json.h"

namespace gantry::model::route {

namespace {

constexpr int best_compression = 9;  // as upstream: sent every half minute to every NameServer

void put_part(std::string_view text, ByteWriter& to) {
  to.i32(static_cast<std::int32_t>(text.size()));
  to.text(text);
}

/// `name readQueueNums writeQueueNums perm FILTERTYPE`
std::string line_of(const TopicConfig& topic) {
  std::string line = topic.topic_name;
  for (const std::int32_t number : {topic.read_queue_nums, topic.write_queue_nums, topic.perm})
    line.append(" ").append(std::to_string(number));
  return line.append(" ").append(
      json_names(topic.topic_filter_type)[static_cast<std::size_t>(topic.topic_filter_type)]);
}

/// Brokers from 5.0 on write a sixth word, the topic's attributes, which a NameServer has no use for.
Result<TopicConfig> read_line(std::string_view line) {
  std::array<std::string_view, 5> words;
  for (std::string_view& word : words) {
    word = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(word.size() + 1, line.size()));
  }
  TopicConfig topic;
  topic.topic_name = words[0];
  const auto read = protocol::parse_i32(words[1]);
  const auto write = protocol::parse_i32(words[2]);
  const auto perm = protocol::parse_i32(words[3]);
  const bool type =
      protocol::JsonBody<TopicFilterType>::from(protocol::Json(words[4]), topic.topic_filter_type);
  if (topic.topic_name.empty() || !read || !write || !perm || !type)
    return Error(Errc::invalid, "a topic without its numbers");
  topic.read_queue_nums = *read;
  topic.write_queue_nums = *write;
  topic.perm = *perm;
  return topic;
}

Result<RegisterBrokerBody> read_parts(Bytes parts) {
  ByteReader in(parts);
  RegisterBrokerBody body;
  const auto version = protocol::read_body<DataVersion>(in.text(in.i32()), protocol::JsonLimits::small());
  if (!version) return version.error();
  body.topic_config.data_version = *version;
  const std::int32_t topics = in.i32();
  for (std::int32_t i = 0; i < topics && in.ok(); ++i) {
    const auto topic = read_line(in.text(in.i32()));
    if (!topic) return topic.error();
    body.topic_config.topics.insert_or_assign(topic->topic_name, *topic);
  }
  const auto servers = protocol::read_body<std::vector<std::string>>(in.text(in.i32()));
  if (!servers) return servers.error();
  body.filter_servers = *servers;
  if (!in.ok() || topics < 0) return Error(Errc::invalid, "a registration whose lengths do not agree");
  return body;
}

}  // namespace

Buffer encode(const RegisterBrokerBody& body, bool compressed) {
  if (!compressed) return protocol::write_body(body);
  Buffer parts;
  ByteWriter to(parts);
  put_part(protocol::write_text(body.topic_config.data_version), to);
  to.i32(static_cast<std::int32_t>(body.topic_config.topics.size()));
  for (const auto& [name, topic] : body.topic_config.topics) put_part(line_of(topic), to);
  put_part(protocol::write_text(body.filter_servers), to);
  return deflate(parts, best_compression);
}

Result<RegisterBrokerBody> read_register_body(Bytes body, bool compressed) {
  if (body.empty()) return RegisterBrokerBody();
  if (!compressed) return protocol::read_body<RegisterBrokerBody>(body, register_limits);
  const auto parts = inflate(body, register_body_bytes_max);
  if (!parts) return parts.error();
  return read_parts(*parts);
}

}  // namespace gantry::model::route
