#include "model/layout/received.h"

#include <limits>

#include "model/base/lz4.h"
#include "model/base/zlib.h"
#include "model/base/zstd.h"
#include "model/message/names.h"
#include "model/message/sys_flag.h"

namespace gantry::model::layout {

namespace {

namespace sys_flag = message::sys_flag;

Result<Buffer> unpack(Bytes body, std::int32_t compression, std::size_t bytes_max) {
  switch (compression) {
    case sys_flag::compression_legacy:
    case sys_flag::compression_zlib: return inflate(body, bytes_max);
    case sys_flag::compression_lz4: return unpack_lz4(body, bytes_max);
    case sys_flag::compression_zstd: return unpack_zstd(body, bytes_max);
    default: return Error(Errc::invalid, "a body is compressed in a form that we do not know");
  }
}

message::ReceivedMessage message_of(const Record& record, Buffer body, std::string_view broker_name) {
  message::ReceivedMessage message;
  message.topic = record.topic;
  message.body = std::move(body);
  message.properties = message::parse_properties(record.properties);
  message.flag = record.flag;
  message.queue = {std::string(record.topic), std::string(broker_name), record.queue_id};
  message.queue_offset = record.queue_offset;
  message.physical_offset = record.physical_offset;
  message.sys_flag = record.sys_flag;
  message.born_timestamp = record.born_timestamp;
  message.store_timestamp = record.store_timestamp;
  message.born_host = record.born_host;
  message.store_host = record.store_host;
  message.reconsume_times = record.reconsume_times;
  message.prepared_transaction_offset = record.prepared_transaction_offset;
  // The listener knows the message by the topic that it was sent to.
  if (message::is_retry_topic(record.topic))
    if (const auto original = message.property(message::property_name::retry_topic); !original.empty())
      message.topic = original;
  return message;
}

/// One pass over a body.
class Reader {
 public:
  Reader(Bytes body, std::string_view broker_name, std::size_t inflated_max)
      : rest_(body), broker_name_(broker_name), inflated_max_(inflated_max) {}

  Received run() {
    while (!rest_.empty() && received_.complete) {
      const auto record = read_record(rest_);
      if (record) take(*record);
      else step_over(record.error());
    }
    return std::move(received_);
  }

 private:
  void take(const Record& record) {
    auto body = body_of(record);
    const bool first = inflated_ == 0;
    if (!body && body.error().code == Errc::too_large && !first) {
      received_.complete = false;
      received_.rest_from = record.queue_offset;
      return;
    }
    if (body) received_.messages.push_back(message_of(record, *std::move(body), broker_name_));
    else received_.lost.push_back({record.queue_offset, record.physical_offset, body.error()});
    last_ = record.queue_offset;
    rest_ = rest_.subspan(record.size);
  }

  Result<Buffer> body_of(const Record& record) {
    if ((record.sys_flag & sys_flag::compressed) == 0) return to_buffer(record.body);
    auto body = unpack(record.body, record.sys_flag & sys_flag::compression_mask, inflated_max_ - inflated_);
    if (body) inflated_ += body->size();
    return body;
  }

  /// What is here is no record; its first words may still say where the next one begins.
  void step_over(const Error& why) {
    const Front front = front_of(rest_);
    const auto size = static_cast<std::size_t>(std::max(front.size, 0));
    if (front.is_record() && size >= 8 && size < rest_.size() && front_of(rest_.subspan(size)).is_record()) {
      received_.lost.push_back({-1, -1, why});
      rest_ = rest_.subspan(size);
      return;
    }
    received_.complete = false;
    if (last_ && *last_ < std::numeric_limits<std::int64_t>::max()) received_.rest_from = *last_ + 1;
    else received_.lost.push_back({-1, -1, why});
  }

  Bytes rest_;
  const std::string_view broker_name_;
  const std::size_t inflated_max_;
  std::size_t inflated_ = 0;
  std::optional<std::int64_t> last_;  // queue offset of the last record that could be told
  Received received_;
};

}  // namespace

Received read_records(Bytes body, std::string_view broker_name, std::size_t inflated_max) {
  return Reader(body, broker_name, inflated_max).run();
}

}  // namespace gantry::model::layout
