#include "model/message/message.h"

#include "model/message/message_id.h"

namespace gantry::model::message {

std::string ReceivedMessage::offset_message_id() const {
  return text_of(OffsetMessageId{store_host, physical_offset});
}

std::string ReceivedMessage::message_id() const {
  const std::string_view own = uniq_key();
  return own.empty() ? offset_message_id() : std::string(own);
}

}  // namespace gantry::model::message
