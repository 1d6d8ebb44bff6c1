#pragma once

#include <memory>

#include "client/consumer/process_queue.h"
#include "runtime/sync/wait.h"

namespace gantry::client::consumer {

/// A queue while this member owns it, shared by whoever pulls it, consumes it and rebalances. When the queue
/// comes back after a rebalance it is another object, so that what was still under way for the old one has no
/// effect on the new one.
struct AssignedQueue {
  AssignedQueue(MessageQueue which, std::int64_t start) : queue(std::move(which)), held(start) {}

  const MessageQueue queue;
  ProcessQueue held;
  /// The queue is no longer ours: nothing more is pulled, consumed or committed for it.
  bool dropped = false;
  /// The offset that the offset store has, or -1 when we know of none.
  std::int64_t persisted = -1;
  /// The id of the replica that the broker told us to pull from.
  std::int64_t suggested_replica = 0;
  /// Is woken when messages were consumed, and when the queue is dropped.
  runtime::sync::WaitList room;

  /// Marks the queue as no longer ours and wakes whoever waits for room.
  void drop(runtime::Tasks& tasks) {
    dropped = true;
    room.wake_all(tasks);
  }
};

using AssignedPtr = std::shared_ptr<AssignedQueue>;

}  // namespace gantry::client::consumer
