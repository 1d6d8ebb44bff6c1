#pragma once

#include <optional>
#include <string>

#include "client/producer/producer.h"

namespace gantry::client::producer {

/// One send on its way, through all its attempts.
struct Producer::Sending {
  Message message;  ///< of a batch: topic, and the body that holds the items
  bool batch = false;
  std::string message_id;
  std::string properties;
  std::int64_t born_timestamp = 0;
  runtime::Instant deadline;
  /// Queues that were chosen for this send; only one of them is tried when `fixed`.
  std::optional<MessageQueue> fixed;
  Selector selector;
  MessageQueue queue;  ///< of the current attempt
  int attempts = 0;
  Error last{Errc::timed_out, "no attempt was made in time"};
  Done done;
};

}  // namespace gantry::client::producer
