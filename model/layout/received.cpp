#include "model/layout/received.h"

#include "model/base/zlib.h"
#include "model/message/sys_flag.h"

namespace gantry::model::layout {

namespace {

Result<Buffer> body_of(const Record& record) {
  using namespace message;
  if ((record.sys_flag & sys_flag::compressed) == 0) return to_buffer(record.body);
  const std::int32_t type = record.sys_flag & sys_flag::compression_mask;
  if (type != sys_flag::compression_legacy && type != sys_flag::compression_zlib)
    return Error(Errc::invalid, "a body is compressed with something else than zlib");
  return inflate(record.body, inflated_bytes_max);
}

}  // namespace

Result<message::ReceivedMessage> received(const Record& record) {
  auto body = body_of(record);
  if (!body) return body.error();
  message::ReceivedMessage message;
  message.topic = record.topic;
  message.flag = record.flag;
  message.properties = message::parse_properties(record.properties);
  message.body = std::move(*body);
  message.queue_id = record.queue_id;
  message.queue_offset = record.queue_offset;
  message.physical_offset = record.physical_offset;
  message.sys_flag = record.sys_flag;
  message.born_timestamp = record.born_timestamp;
  message.born_host = record.born_host;
  message.store_timestamp = record.store_timestamp;
  message.store_host = record.store_host;
  message.reconsume_times = record.reconsume_times;
  message.prepared_transaction_offset = record.prepared_transaction_offset;
  message.body_crc = record.body_crc;
  message.store_bytes = record.size;
  return message;
}

Result<std::vector<message::ReceivedMessage>> read_records(Bytes body) {
  std::vector<message::ReceivedMessage> messages;
  while (!body.empty()) {
    const auto record = read_record(body);
    if (!record) return record.error();
    auto message = received(*record);
    if (!message) return message.error();
    messages.push_back(std::move(*message));
    body = body.subspan(record->size);
  }
  return messages;
}

}  // namespace gantry::model::layout
