#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <gantry/message.h>

namespace gantry {

/// How safe a stored message is. The message is stored with each of them.
enum class SendStatus : std::uint8_t {
  ok,                   ///< It is as safe as the broker's configuration promises.
  flush_disk_timeout,   ///< With SYNC_FLUSH: it was not known in time to be on the disk.
  flush_slave_timeout,  ///< With SYNC_MASTER: it was not known in time to be on a slave.
  slave_not_available,  ///< With SYNC_MASTER: there was no slave that could have taken it.
};

/// RocketMQ's name of a status, such as SEND_OK.
std::string_view name_of(SendStatus status);

/// What a broker says of a message that it has stored.
struct SendResult {
  SendStatus status = SendStatus::ok;
  std::string message_id;         ///< The producer's id (UNIQ_KEY); of a batch all ids, joined by commas.
  std::string offset_message_id;  ///< The broker's id, which says where the message is stored; likewise.
  MessageQueue queue;
  std::int64_t queue_offset = 0;  ///< Of a batch this is the first one's; the others follow it.
};

}  // namespace gantry
