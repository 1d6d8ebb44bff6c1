#include "client/message/message.h"

#include "model/message/names.h"

namespace gantry::client::message {

namespace property_name = model::message::property_name;

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

ReceivedMessage receive(model::message::ReceivedMessage&& record, std::string_view broker_name) {
  ReceivedMessage message;
  message.offset_message_id = record.offset_message_id();
  message.message_id = record.message_id();
  message.queue = {record.topic, std::string(broker_name), record.queue_id};
  message.topic = std::move(record.topic);
  message.body = std::move(record.body);
  message.properties = std::move(record.properties);
  message.flag = record.flag;
  message.queue_offset = record.queue_offset;
  message.physical_offset = record.physical_offset;
  message.sys_flag = record.sys_flag;
  message.born_timestamp = record.born_timestamp;
  message.store_timestamp = record.store_timestamp;
  message.born_host = model::message::text_of(record.born_host);
  message.store_host = model::message::text_of(record.store_host);
  message.reconsume_times = record.reconsume_times;
  // The listener knows the message by the topic that it was sent to.
  if (const auto original = message.property(property_name::retry_topic);
      !original.empty() && model::message::is_retry_topic(message.topic))
    message.topic = original;
  return message;
}

}  // namespace

Decoded decode_messages(Bytes records, std::string_view broker_name) {
  model::layout::Received received = model::layout::read_records(records);
  Decoded decoded{{}, std::move(received.lost), received.complete, received.rest_from};
  decoded.messages.reserve(received.messages.size());
  for (auto& one : received.messages) decoded.messages.push_back(receive(std::move(one), broker_name));
  return decoded;
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
