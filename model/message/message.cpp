#include "model/message/message.h"

#include "model/message/message_id.h"
#include "model/message/names.h"

namespace gantry::model::message {

std::string_view Message::property(std::string_view name) const {
  const auto found = properties.find(name);
  return found == properties.end() ? std::string_view() : std::string_view(found->second);
}

void Message::set_property(std::string_view name, std::string_view value) {
  if (!value.empty()) {
    properties.insert_or_assign(std::string(name), std::string(value));
  } else if (const auto found = properties.find(name); found != properties.end()) {
    properties.erase(found);
  }
}

std::string ReceivedMessage::offset_message_id() const {
  return text_of(OffsetMessageId{store_host, physical_offset});
}

std::string ReceivedMessage::message_id() const {
  const std::string_view own = unique_key();
  return own.empty() ? offset_message_id() : std::string(own);
}

Result<void> check(const Message& message, std::size_t body_bytes_max) {
  if (auto topic = check_topic(message.topic); !topic) return topic;
  if (message.body.empty()) return Error{Errc::invalid, "a message has a body"};
  if (message.body.size() > body_bytes_max) return Error{Errc::too_large, "the body is larger than allowed"};
  for (const auto& [name, value] : message.properties)
    if (!can_be_property(name, value))
      return Error{Errc::invalid, "a property is empty or holds the characters 1 or 2"};
  return {};
}

}  // namespace gantry::model::message
