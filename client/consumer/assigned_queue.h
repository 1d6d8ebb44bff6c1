#pragma once

#include <memory>

#include "client/consumer/process_queue.h"
#include "runtime/sync/wait.h"

namespace gantry::client::consumer {

/// A queue while this member owns it. Shared by who pulls it, who consumes it and who rebalances;
/// when it comes back after a rebalance it is another object, so that what was still under way for
/// the old one has no effect on the new one.
struct AssignedQueue {
  AssignedQueue(MessageQueue which, std::int64_t start) : queue(std::move(which)), held(start) {}

  const MessageQueue queue;
  ProcessQueue held;
  /// No longer ours: nothing more is pulled, consumed or committed for it.
  bool dropped = false;
  /// What the offset store has; -1 = nothing that we know of.
  std::int64_t persisted = -1;
  /// The replica that the broker told us to pull from.
  std::int64_t suggested_replica = 0;
  /// Woken when messages were consumed and when the queue is dropped.
  runtime::sync::WaitList room;

  void drop(runtime::Tasks& tasks) {
    dropped = true;
    room.wake_all(tasks);
  }
};

using AssignedPtr = std::shared_ptr<AssignedQueue>;

}  // namespace gantry::client::consumer
