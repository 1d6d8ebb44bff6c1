#include "broker/processor/offsets.h"

#include "model/layout/record.h"
#include "model/protocol/consume_headers.h"

namespace gantry::broker::processor {
namespace {

namespace protocol = model::protocol;

Command with(std::string_view name, std::int64_t value) {
  Command response = Command::response(ResponseCode::success);
  response.fields.set(name, value);
  return response;
}

}  // namespace

Command Offsets::query_consumer(const CommandView& request) {
  const auto queue = read_header<protocol::QueryConsumerOffsetHeader>(request);
  if (!queue) return refuse(queue.error());
  if (const auto known = parts_.offsets.query(queue->consumer_group, queue->topic, queue->queue_id);
      known && *known >= 0)
    return with("offset", *known);

  // A new group starts a young queue at its beginning, whatever its consumeFromWhere says.
  const store::QueueOffset first{0};
  if (parts_.store.min_offset(queue->topic, queue->queue_id) <= first &&
      in_memory(queue->topic, queue->queue_id, first))
    return with("offset", 0);
  return refuse(ResponseCode::query_not_found, "Not found, maybe this group consumer boot first");
}

/// Whether a message is so near to the log's end that it would be in memory; as RocketMQ, also when
/// there is no such message.
bool Offsets::in_memory(std::string_view topic, std::int32_t queue_id, store::QueueOffset at) {
  if (parts_.store.max_offset(topic, queue_id) <= at) return true;
  const auto got = parts_.store.get(topic, queue_id, at, 1, {});
  if (got.status != store::GetStatus::found) return false;
  const auto record = model::layout::read_record(got.records);
  if (!record) return false;
  const std::int64_t behind =
      static_cast<std::int64_t>(parts_.store.max_physical_offset()) - record->physical_offset;
  return behind <= parts_.config.memory_window_bytes();
}

Command Offsets::update_consumer(const CommandView& request) {
  const auto queue = read_header<protocol::UpdateConsumerOffsetHeader>(request);
  if (!queue) return refuse(queue.error());
  if (queue->commit_offset < 0 || queue->queue_id < 0 || queue->queue_id >= topics::queue_nums_max)
    return refuse(ResponseCode::system_error,
                  "an offset and a queue are not negative, and queues are numbered below " +
                      std::to_string(topics::queue_nums_max));
  // As a pull: both are there, or the group may be created.
  if (!parts_.topics.find(queue->topic)) return topic_missing(queue->topic);
  if (!parts_.groups.or_create(queue->consumer_group)) return no_group(parts_, queue->consumer_group);
  if (!parts_.offsets.commit(queue->consumer_group, queue->topic, queue->queue_id, queue->commit_offset))
    return refuse(ResponseCode::system_error, "the broker has as many consumer offsets as it can keep");
  return Command::response(ResponseCode::success);
}

Command Offsets::search_by_time(const CommandView& request) {
  const auto queue = read_header<protocol::SearchOffsetHeader>(request);
  if (!queue) return refuse(queue.error());
  return with("offset", static_cast<std::int64_t>(
                            parts_.store.offset_by_time(queue->topic, queue->queue_id, queue->timestamp)));
}

Command Offsets::max(const CommandView& request) {
  const auto queue = read_header<protocol::QueueHeader>(request);
  if (!queue) return refuse(queue.error());
  return with("offset", static_cast<std::int64_t>(parts_.store.max_offset(queue->topic, queue->queue_id)));
}

Command Offsets::min(const CommandView& request) {
  const auto queue = read_header<protocol::QueueHeader>(request);
  if (!queue) return refuse(queue.error());
  return with("offset", static_cast<std::int64_t>(parts_.store.min_offset(queue->topic, queue->queue_id)));
}

Command Offsets::earliest_store_time(const CommandView& request) {
  const auto queue = read_header<protocol::QueueHeader>(request);
  if (!queue) return refuse(queue.error());
  const auto first = parts_.store.min_offset(queue->topic, queue->queue_id);
  return with("timestamp", parts_.store.store_time_at(queue->topic, queue->queue_id, first).value_or(-1));
}

Command Offsets::all_consumer(const CommandView&) {
  if (parts_.offsets.empty()) return refuse(ResponseCode::system_error, "No consumer offset in this broker");
  return with_body(parts_.offsets.to_json());
}

}  // namespace gantry::broker::processor
