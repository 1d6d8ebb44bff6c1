#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/consumer/assigned_queue.h"
#include "client/consumer/offset_store.h"
#include "client/consumer/options.h"
#include "client/session/session.h"
#include "runtime/runtime.h"

namespace gantry::client::consumer {

/// Which queues are this member's, by the routes, the list of members and the strategy, and how far each of
/// them is consumed, by the offset store.
///
/// Each member computes its share alone, so that for a moment two may own one queue. The broker's list and
/// its notices of changes make them agree. Invariant: of the AssignedQueues for one queue, at most one is not
/// dropped.
class Assignment {
 public:
  /// Begins to pull a queue that has become ours. Must not suspend.
  using Taken = std::function<void(const AssignedPtr&)>;

  /// `session`, `options` and `offsets` must outlive the assignment.
  Assignment(runtime::Runtime runtime, session::Session& session, std::string group,
             const ConsumerOptions& options, OffsetStore& offsets, Taken taken);

  /// Computes the share of each topic anew. What is no longer ours is dropped, and its offset stored; what
  /// has become ours is taken. Returns false when somebody could not be asked, so that it has to be tried
  /// again soon. One fiber calls it.
  bool rebalance(const std::set<std::string>& topics);

  /// Stores the offsets that have changed since the last time.
  void persist();
  /// Gives up a queue whose offset the broker calls illegal and stores `next` in its place; the next
  /// rebalance takes it again. Suspends for the pause that RocketMQ makes.
  void restart_at(const AssignedPtr& queue, std::int64_t next, runtime::sync::Cancellation& stop);
  /// Drops every queue and stores nothing: persist() comes first.
  void drop_all();

  /// The queues that are ours, in ascending order.
  std::vector<MessageQueue> owned() const;

 private:
  bool rebalance_topic(const std::string& topic);
  Result<std::vector<std::string>> members(const session::TopicRoute& route);
  void let_go(const MessageQueue& queue);
  bool take(const MessageQueue& queue);
  Result<std::int64_t> start_offset(const MessageQueue& queue, std::optional<std::int64_t> stored);
  Result<std::int64_t> ask_offset(const MessageQueue& queue, session::Command request);
  void store(const std::vector<AssignedPtr>& queues);

  runtime::Runtime runtime_;
  session::Session& session_;
  const std::string group_;
  const ConsumerOptions& options_;
  OffsetStore& offsets_;
  Taken taken_;
  std::map<MessageQueue, AssignedPtr> queues_;
};

}  // namespace gantry::client::consumer
