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

/// Which queues are this member's, from the routes, the list of members and the strategy; and how
/// far each is consumed, in the offset store.
///
/// Each member computes its share alone, so for a moment two may own one queue; the broker's list
/// and the notices of changes make them agree. Invariant: at most one AssignedQueue per queue here
/// is not dropped.
class Assignment {
 public:
  /// Called for a queue that became ours, to start pulling it. Must not suspend.
  using Taken = std::function<void(const AssignedPtr&)>;

  Assignment(runtime::Runtime runtime, session::Session& session, std::string group,
             const ConsumerOptions& options, OffsetStore& offsets, Taken taken);

  /// Computes the share of each topic anew; drops what went (after storing its offset) and takes what
  /// came. Returns false when somebody could not be asked: to be tried again soon. One fiber calls it.
  bool rebalance(const std::set<std::string>& topics);

  /// Stores the offsets that changed since the last time.
  void persist();
  /// Lets go of a queue whose offset the broker calls illegal and stores `next` in its place; the
  /// next rebalance takes it again. Suspends for the pause that RocketMQ makes.
  void restart_at(const AssignedPtr& queue, std::int64_t next, runtime::sync::Cancellation& stop);
  /// Drops everything, without storing: persist() comes first.
  void drop_all();

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
