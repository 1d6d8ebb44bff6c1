#include "client/producer/send_answer.h"

#include "client/session/session.h"
#include "model/protocol/send_headers.h"

namespace gantry {

std::string_view name_of(SendStatus status) {
  switch (status) {
    case SendStatus::ok: return "SEND_OK";
    case SendStatus::flush_disk_timeout: return "FLUSH_DISK_TIMEOUT";
    case SendStatus::flush_slave_timeout: return "FLUSH_SLAVE_TIMEOUT";
    case SendStatus::slave_not_available: return "SLAVE_NOT_AVAILABLE";
  }
  return "UNKNOWN";
}

}  // namespace gantry

namespace gantry::client::producer {
namespace {

using model::protocol::ResponseCode;

std::optional<SendStatus> status_of(std::int32_t code) {
  switch (static_cast<ResponseCode>(code)) {
    case ResponseCode::success: return SendStatus::ok;
    case ResponseCode::flush_disk_timeout: return SendStatus::flush_disk_timeout;
    case ResponseCode::flush_slave_timeout: return SendStatus::flush_slave_timeout;
    case ResponseCode::slave_not_available: return SendStatus::slave_not_available;
    default: return std::nullopt;
  }
}

}  // namespace

Result<SendResult> read_send_answer(const model::protocol::Command& answer, std::string_view topic,
                                    std::string_view broker_name, std::string_view message_id) {
  const auto status = status_of(answer.code);
  if (!status) return session::answer_error(answer.code);
  SendResult result{.status = *status, .message_id = std::string(message_id)};
  result.queue = {std::string(topic), std::string(broker_name), 0};
  const auto header = model::protocol::read_header<model::protocol::SendResponseHeader>(answer);
  if (!header) return Error{Errc::invalid, "the answer to a send lacks msgId, queueId or queueOffset"};
  result.queue.queue_id = header->queue_id;
  result.queue_offset = header->queue_offset;
  result.offset_message_id = header->msg_id;
  return result;
}

}  // namespace gantry::client::producer
