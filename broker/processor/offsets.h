#pragma once

#include "broker/processor/parts.h"

namespace gantry::broker::processor {

/// Offsets of queues and of groups: QUERY_CONSUMER_OFFSET, UPDATE_CONSUMER_OFFSET,
/// SEARCH_OFFSET_BY_TIMESTAMP, GET_MAX_OFFSET, GET_MIN_OFFSET, GET_EARLIEST_MSG_STORETIME and
/// GET_ALL_CONSUMER_OFFSET. Each answers one request; all may suspend for the disk.
class Offsets {
 public:
  explicit Offsets(Parts parts) : parts_(parts) {}

  Command query_consumer(const CommandView& request);
  Command update_consumer(const CommandView& request);
  Command search_by_time(const CommandView& request);
  Command max(const CommandView& request);
  Command min(const CommandView& request);
  Command earliest_store_time(const CommandView& request);
  Command all_consumer(const CommandView& request);

 private:
  bool in_memory(std::string_view topic, std::int32_t queue_id, store::QueueOffset at);

  Parts parts_;
};

}  // namespace gantry::broker::processor
