#pragma once

#include <optional>
#include <string>

#include "client/producer/producer.h"

namespace gantry::client::producer {

/// One send on its way, through all its attempts.
struct Producer::Sending {
  Message message;  ///< Of a batch it has the topic, and a body that holds the items.
  bool batch = false;
  std::string message_id;
  std::string properties;
  std::int64_t born_timestamp = 0;
  runtime::Instant deadline;
  /// The queue that the caller chose, if it chose one; then no other is tried.
  std::optional<MessageQueue> fixed;
  /// The caller's way to choose a queue, if it has one; then no other queue is tried.
  Selector selector;
  MessageQueue queue;  ///< The queue of the current attempt.
  int attempts = 0;
  Error last{Errc::timed_out, "no attempt was made in time"};
  Done done;
};

}  // namespace gantry::client::producer
