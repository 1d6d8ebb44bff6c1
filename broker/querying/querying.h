#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "broker/groups/group_table.h"
#include "broker/offsets/consumer_offsets.h"
#include "broker/store/message_store.h"
#include "broker/topics/topic_table.h"
#include "model/base/bytes.h"
#include "model/delivery/refusal.h"

namespace gantry::broker::querying {

/// Of the broker's log.
struct LogNumbers {
  std::int64_t min = 0, max = 0;     ///< where it begins and ends, as offsets in bytes
  std::int64_t dispatch_behind = 0;  ///< bytes that are acknowledged and not yet seen by readers
  std::int64_t flush_behind = 0;     ///< bytes that are acknowledged and not yet durable
};

/// Tells what the broker has: bounds of queues, single messages, topics, groups and offsets. It changes
/// nothing. A queue that is not there has the offsets 0.
class Querying {
 public:
  /// All must outlive the service.
  Querying(store::MessageStore& store, const topics::TopicTable& topics, const groups::GroupTable& groups,
           const offsets::ConsumerOffsets& offsets)
      : store_(store), topics_(topics), groups_(groups), offsets_(offsets) {}

  /// The offset of the queue's first message that is still there.
  std::int64_t min_offset(std::string_view topic, std::int32_t queue_id) const;
  /// The offset that the next message of the queue gets.
  std::int64_t max_offset(std::string_view topic, std::int32_t queue_id) const;
  /// The offset of the queue's first message that was stored at `timestamp` (milliseconds since 1970) or
  /// later; see MessageStore::offset_by_time(). May suspend.
  std::int64_t offset_by_time(std::string_view topic, std::int32_t queue_id, std::int64_t timestamp);
  /// When the queue's first message was stored, in milliseconds since 1970; -1 for an empty queue. May
  /// suspend.
  std::int64_t earliest_store_time(std::string_view topic, std::int32_t queue_id);

  /// The record that begins at that offset of the log; nothing when none does. May suspend.
  std::optional<Buffer> message_at(std::int64_t physical_offset);
  /// When the log's first message was stored, in milliseconds since 1970; -1 when it has none. May suspend.
  std::int64_t earliest_message_time();
  LogNumbers log() const;

  /// For those who list all topics or groups.
  const topics::TopicTable& topics() const { return topics_; }
  const groups::GroupTable& groups() const { return groups_; }
  /// All offsets of all groups as consumerOffset.json has them; refused with `invalid` when there is none.
  model::delivery::Outcome<std::string> all_offsets() const;

 private:
  store::MessageStore& store_;
  const topics::TopicTable& topics_;
  const groups::GroupTable& groups_;
  const offsets::ConsumerOffsets& offsets_;
};

}  // namespace gantry::broker::querying
