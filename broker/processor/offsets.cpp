#include "broker/processor/offsets.h"

#include "broker/door/answers.h"
#include "model/protocol/consume_headers.h"

namespace gantry::broker::processor {
namespace {

namespace protocol = model::protocol;
using protocol::Command;
using protocol::read_header;

Command with(std::string_view name, std::int64_t number) {
  Command response = door::success();
  response.fields.set(name, number);
  return response;
}

}  // namespace

Command Offsets::query_consumer(const View& request) {
  const auto queue = read_header<protocol::QueryConsumerOffsetHeader>(request);
  if (!queue) return door::refuse(queue.error());
  const auto offset = consuming_.offset_of(queue->consumer_group, queue->topic, queue->queue_id);
  return offset ? with("offset", *offset) : door::refuse(offset.error());
}

Command Offsets::update_consumer(const View& request) {
  const auto queue = read_header<protocol::UpdateConsumerOffsetHeader>(request);
  if (!queue) return door::refuse(queue.error());
  return door::answer_to(
      consuming_.commit(queue->consumer_group, queue->topic, queue->queue_id, queue->commit_offset));
}

Command Offsets::search_by_time(const View& request) {
  const auto queue = read_header<protocol::SearchOffsetHeader>(request);
  if (!queue) return door::refuse(queue.error());
  return with("offset", querying_.offset_by_time(queue->topic, queue->queue_id, queue->timestamp));
}

Command Offsets::max(const View& request) {
  const auto queue = read_header<protocol::QueueHeader>(request);
  if (!queue) return door::refuse(queue.error());
  return with("offset", querying_.max_offset(queue->topic, queue->queue_id));
}

Command Offsets::min(const View& request) {
  const auto queue = read_header<protocol::QueueHeader>(request);
  if (!queue) return door::refuse(queue.error());
  return with("offset", querying_.min_offset(queue->topic, queue->queue_id));
}

Command Offsets::earliest_store_time(const View& request) {
  const auto queue = read_header<protocol::QueueHeader>(request);
  if (!queue) return door::refuse(queue.error());
  return with("timestamp", querying_.earliest_store_time(queue->topic, queue->queue_id));
}

Command Offsets::all_consumer(const View&) {
  const auto offsets = querying_.all_offsets();
  return offsets ? door::success_with_text(*offsets) : door::refuse(offsets.error());
}

}  // namespace gantry::broker::processor
