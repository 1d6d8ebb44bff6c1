#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <gantry/message.h>

#include "model/protocol/command.h"

namespace gantry::client::producer {

/// How safe a stored message is; each of them means stored.
enum class SendStatus : std::uint8_t {
  ok,                   ///< as safe as the broker's configuration promises
  flush_disk_timeout,   ///< sync flush: not known to be on disk in time
  flush_slave_timeout,  ///< sync master: not known to be on a slave in time
  slave_not_available,  ///< sync master: no slave that could have taken it
};

/// RocketMQ's name, such as SEND_OK.
std::string_view name_of(SendStatus status);

struct SendResult {
  SendStatus status = SendStatus::ok;
  std::string message_id;         ///< UNIQ_KEY; of a batch all, joined by commas
  std::string offset_message_id;  ///< where it is stored; of a batch all, joined by commas
  MessageQueue queue;
  std::int64_t queue_offset = 0;  ///< of a batch the first one's; the others follow
};

/// What a broker's answer to a send means. Errors: by session::answer_error(), and `invalid` for an
/// answer without the fields that it must have.
Result<SendResult> read_send_answer(const model::protocol::Command& answer, std::string_view topic,
                                    std::string_view broker_name, std::string_view message_id);

}  // namespace gantry::client::producer
