#include "broker/store/sequencer.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "model/base/invariant.h"
#include "model/message/names.h"
#include "model/message/properties.h"
#include "model/message/sys_flag.h"

namespace gantry::broker::store {

using boost::system::result;
using model::layout::Record;
namespace sys_flag = model::message::sys_flag;

namespace {
constexpr std::int32_t v6_bits = sys_flag::born_host_v6 | sys_flag::store_host_v6;

/// Its hosts are of IPv4.
std::size_t record_bytes(const PutMessage& message) {
  return model::layout::bare_record_bytes + message.body.size() + message.topic.size() +
         message.properties.size();
}
}  // namespace

void Sequencer::fill(Record& record, const PutMessage& message) const {
  record.queue_id = message.queue_id;
  record.flag = message.flag;
  record.sys_flag = message.sys_flag;
  record.born_timestamp = message.born_timestamp;
  record.born_host = message.born_host;
  record.store_host = store_host_;
  record.reconsume_times = message.reconsume_times;
  record.prepared_transaction_offset = message.prepared_transaction_offset;
  record.body = message.body;
  record.topic = message.topic;
  record.properties = message.properties;
}

result<std::size_t, PutStatus> Sequencer::bytes_of(std::span<const PutMessage> batch) const {
  if (!log_.writable()) return PutStatus::service_not_available;
  std::size_t bytes = 0;
  for (const PutMessage& message : batch) {
    invariant(message.topic == batch[0].topic && message.queue_id == batch[0].queue_id,
              "a batch is of one topic and queue");
    if (message.properties.size() > model::message::properties_bytes_max)
      return PutStatus::properties_size_exceeded;
    if (message.body.size() > config_.message_bytes_max) return PutStatus::message_illegal;
    if ((message.sys_flag & v6_bits) != 0 || message.born_host.v6 || message.prepared_transaction_offset < 0)
      return PutStatus::message_illegal;
    const std::size_t size = record_bytes(message);
    if (size > config_.message_bytes_max + record_extra_bytes_max) return PutStatus::message_illegal;
    bytes += size;
  }
  if (batch.empty() || batch[0].queue_id < 0 || !model::message::check_topic(batch[0].topic))
    return PutStatus::message_illegal;
  if (!log_.fits(bytes)) return PutStatus::message_illegal;
  return bytes;
}

result<Placed, PutStatus> Sequencer::append(std::span<const PutMessage> batch) {
  const auto bytes = bytes_of(batch);
  if (!bytes) return bytes.error();
  if (!log_.has_room(*bytes)) return PutStatus::service_not_available;

  QueueOffset next = queues_.next_offset(batch[0].topic, batch[0].queue_id);
  Placed placed{.queue_offset = next, .store_timestamp = log_.stamp()};
  auto [at, into] = log_.take_room(*bytes);
  placed.physical.reserve(batch.size());
  std::size_t count = 0;
  for (const PutMessage& message : batch) {
    const bool in_queue = sys_flag::in_queue(message.sys_flag);
    Record& record = records_[count++];
    fill(record, message);
    record.physical_offset = value(at);
    record.queue_offset = in_queue ? value(next) : 0;
    record.store_timestamp = placed.store_timestamp;
    record.size = write_record(record, into);
    into = into.subspan(record.size);
    if (in_queue) next = next + 1;
    placed.physical.push_back(at);
    at = at + static_cast<std::int64_t>(record.size);
    if (count == records_.size()) {
      dispatcher_.appended(records_);
      count = 0;
    }
  }
  if (count > 0) dispatcher_.appended(std::span<const Record>(records_).first(count));
  placed.end = at;
  invariant(at == log_.at(log::Reached::end), "the records take the room that was taken for them");
  log_.appended();
  return placed;
}

Result<void> Sequencer::append_raw(PhysicalOffset at, Bytes bytes) {
  std::vector<Record> records;
  std::map<std::pair<std::string_view, std::int32_t>, QueueOffset> next;
  std::int64_t stamp = 0;
  for (std::size_t done = 0; done < bytes.size();) {
    const Bytes rest = bytes.subspan(done);
    const PhysicalOffset place = at + static_cast<std::int64_t>(done);
    const auto front = model::layout::front_of(rest);
    const std::int64_t left = log_.bytes().files().next_file(place) - place;
    if (front.size <= 0 || front.size > left || static_cast<std::size_t>(front.size) > rest.size())
      return Error(Errc::invalid, "no whole record, or one across two files of the log");
    done += static_cast<std::size_t>(front.size);
    if (front.is_blank()) {
      if (front.size != left) return Error(Errc::invalid, "a blank that does not end its file");
      continue;
    }
    const auto record = model::layout::check_record(rest, value(place));
    if (!record) return record.error();
    stamp = record->store_timestamp;
    records.push_back(*record);
    if (!sys_flag::in_queue(record->sys_flag)) continue;
    const std::pair queue(record->topic, record->queue_id);
    const auto known = next.find(queue);
    // The first record of a queue may have any offset: those before it can have expired at the other broker.
    const bool first = known == next.end() && !queues_.find(record->topic, record->queue_id);
    const QueueOffset expected =
        known == next.end() ? queues_.next_offset(record->topic, record->queue_id) : known->second;
    if (!first && record->queue_offset != value(expected))
      return Error(Errc::invalid, "a record that does not continue its queue");
    next[queue] = QueueOffset{record->queue_offset + 1};
  }
  if (auto taken = log_.append_raw(at, bytes, stamp); !taken) return taken;
  dispatcher_.appended(records);
  return {};
}

}  // namespace gantry::broker::store
