#include "model/message/message.h"

#include "model/message/message_id.h"

namespace gantry::model::message {

std::string ReceivedMessage::offset_message_id() const {
  return text_of(OffsetMessageId{store_host, physical_offset});
}

std::string ReceivedMessage::message_id() const {
  return uniq_key().empty() ? offset_message_id() : std::string(uniq_key());
}

}  // namespace gantry::model::message
