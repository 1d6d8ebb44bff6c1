#pragma once

#include "broker/consuming/consuming.h"
#include "broker/querying/querying.h"
#include "model/protocol/command.h"

namespace gantry::broker::processor {

/// Offsets of queues and of groups: QUERY_CONSUMER_OFFSET, UPDATE_CONSUMER_OFFSET,
/// SEARCH_OFFSET_BY_TIMESTAMP, GET_MAX_OFFSET, GET_MIN_OFFSET, GET_EARLIEST_MSG_STORETIME and
/// GET_ALL_CONSUMER_OFFSET. Each answers one request; all may suspend for the disk.
class Offsets {
 public:
  using Command = model::protocol::Command;
  using View = model::protocol::CommandView;

  /// All must outlive the processor.
  Offsets(consuming::Consuming& consuming, querying::Querying& querying)
      : consuming_(consuming), querying_(querying) {}

  Command query_consumer(const View& request);
  Command update_consumer(const View& request);
  Command search_by_time(const View& request);
  Command max(const View& request);
  Command min(const View& request);
  Command earliest_store_time(const View& request);
  Command all_consumer(const View& request);

 private:
  consuming::Consuming& consuming_;
  querying::Querying& querying_;
};

}  // namespace gantry::broker::processor
