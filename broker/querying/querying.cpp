#include "broker/querying/querying.h"

#include "model/layout/record.h"

namespace gantry::broker::querying {

using model::delivery::Outcome;
using model::delivery::Reason;
using model::delivery::Refusal;

std::int64_t Querying::min_offset(std::string_view topic, std::int32_t queue_id) const {
  return value(store_.min_offset(topic, queue_id));
}

std::int64_t Querying::max_offset(std::string_view topic, std::int32_t queue_id) const {
  return value(store_.max_offset(topic, queue_id));
}

std::int64_t Querying::offset_by_time(std::string_view topic, std::int32_t queue_id, std::int64_t timestamp) {
  return value(store_.offset_by_time(topic, queue_id, timestamp));
}

std::int64_t Querying::earliest_store_time(std::string_view topic, std::int32_t queue_id) {
  return store_.store_time_at(topic, queue_id, store_.min_offset(topic, queue_id)).value_or(-1);
}

std::optional<Buffer> Querying::message_at(std::int64_t physical_offset) {
  if (physical_offset < 0) return std::nullopt;
  return store_.record_at(store::PhysicalOffset{physical_offset});
}

std::int64_t Querying::earliest_message_time() {
  const auto first = store_.record_at(store_.min_physical_offset());
  if (!first) return -1;
  const auto record = model::layout::read_record(*first);
  return record ? record->store_timestamp : -1;
}

LogNumbers Querying::log() const {
  return {value(store_.min_physical_offset()), value(store_.max_physical_offset()),
          store_.dispatch_behind_bytes(), store_.flush_behind_bytes()};
}

Outcome<std::string> Querying::all_offsets() const {
  if (offsets_.empty()) return Refusal{Reason::invalid, "No consumer offset in this broker"};
  return offsets_.to_json();
}

}  // namespace gantry::broker::querying
