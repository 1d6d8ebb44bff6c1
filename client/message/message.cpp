#include "client/message/message.h"

#include "client/message/decompress.h"
#include "model/layout/record.h"
#include "model/message/message_id.h"
#include "model/message/names.h"
#include "model/message/sys_flag.h"

namespace gantry::client::message {

namespace property_name = model::message::property_name;
namespace sys_flag = model::message::sys_flag;

Message::Message(std::string_view to, std::string_view text, std::string_view tag)
    : topic(to), body(to_buffer(as_bytes(text))) {
  if (!tag.empty()) set_tag(tag);
}

std::string_view Message::property(std::string_view name) const {
  const auto found = properties.find(name);
  return found == properties.end() ? std::string_view() : std::string_view(found->second);
}

void Message::set_tag(std::string_view tag) {
  properties[std::string(property_name::tags)] = tag;
}
void Message::set_keys(std::string_view keys) {
  properties[std::string(property_name::keys)] = keys;
}
void Message::set_delay_level(int level) {
  properties[std::string(property_name::delay)] = std::to_string(level);
}

namespace {

Result<ReceivedMessage> receive(const model::layout::Record& record, std::string_view broker_name) {
  ReceivedMessage message;
  message.topic = record.topic;
  message.flag = record.flag;
  message.properties = model::message::parse_properties(record.properties);
  message.queue = {std::string(record.topic), std::string(broker_name), record.queue_id};
  message.queue_offset = record.queue_offset;
  message.physical_offset = record.physical_offset;
  message.sys_flag = record.sys_flag;
  message.born_timestamp = record.born_timestamp;
  message.store_timestamp = record.store_timestamp;
  message.born_host = model::message::text_of(record.born_host);
  message.store_host = model::message::text_of(record.store_host);
  message.reconsume_times = record.reconsume_times;
  message.offset_message_id =
      model::message::text_of(model::message::OffsetMessageId{record.store_host, record.physical_offset});
  const std::string_view unique = message.property(property_name::uniq_key);
  message.message_id = unique.empty() ? message.offset_message_id : std::string(unique);
  // The listener knows the message by the topic that it was sent to.
  if (const auto original = message.property(property_name::retry_topic);
      !original.empty() && model::message::is_retry_topic(record.topic))
    message.topic = original;

  if ((record.sys_flag & sys_flag::compressed) == 0) {
    message.body = to_buffer(record.body);
    return message;
  }
  auto body = decompress(record.body, record.sys_flag & sys_flag::compression_mask);
  if (!body) return body.error();
  message.body = *std::move(body);
  return message;
}

}  // namespace

Result<std::vector<ReceivedMessage>> decode_messages(Bytes records, std::string_view broker_name) {
  std::vector<ReceivedMessage> messages;
  while (!records.empty()) {
    const auto record = model::layout::read_record(records);
    if (!record) return record.error();
    auto message = receive(*record, broker_name);
    if (!message) return message.error();
    messages.push_back(*std::move(message));
    records = records.subspan(record->size);
  }
  return messages;
}

Result<void> check(const Message& message, std::size_t body_bytes_max) {
  if (auto topic = model::message::check_topic(message.topic); !topic) return topic;
  if (message.body.empty()) return Error{Errc::invalid, "a message has a body"};
  if (message.body.size() > body_bytes_max) return Error{Errc::too_large, "the body is larger than allowed"};
  for (const auto& [name, value] : message.properties)
    if (!model::message::can_be_property(name, value))
      return Error{Errc::invalid, "a property is empty or holds the characters 1 or 2"};
  return {};
}

}  // namespace gantry::client::message
