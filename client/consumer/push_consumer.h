#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "client/consumer/assignment.h"
#include "client/consumer/consume_service.h"
#include "client/consumer/offset_store.h"
#include "client/consumer/options.h"
#include "client/consumer/puller.h"
#include "client/session/session.h"
#include "runtime/sync/task_group.h"

namespace gantry::client::consumer {

/// A member of a consumer group: RocketMQ's push consumer with a concurrent listener.
///
///     rebalance --queues--> one puller each --messages--> listener calls --offsets--> broker
///
/// Clustering: the members share the queues, each message reaches the group at least once.
/// Broadcasting: each member gets every message; its offsets lie on its own disk.
/// One node, any fiber; a program with threads of its own uses client/face.
class PushConsumer {
 public:
  /// Of `options`, `instance` and `timers` do not count: `session` has them.
  PushConsumer(runtime::Runtime runtime, session::SessionOptions session, std::string group,
               ConsumerOptions options, Listener listener);
  ~PushConsumer();  // stop() has returned, or the node is gone
  PushConsumer(const PushConsumer&) = delete;

  /// `*` or tags separated by `||`. Before start(). All members of a group subscribe to the same.
  /// Errors: `invalid`.
  Result<void> subscribe(std::string_view topic, std::string_view expression = "*");

  /// Joins the group. Returns once the first rebalance was tried; without any reachable name server
  /// or broker it goes on trying, so that is no error. Errors: `invalid` (no group or topic),
  /// those of LocalOffsets::load().
  Result<void> start();
  /// Lets running listener calls end, stores the offsets, leaves the group.
  void stop();

  const std::string& client_id() const { return session_.client_id(); }
  /// Queues that are ours now, ascending; includes those of the group's retry topic.
  std::vector<MessageQueue> owned() const { return assignment_.owned(); }
  session::Session& session() { return session_; }

 private:
  model::protocol::bodies::HeartbeatData describe() const;
  void rebalance_loop();
  void rebalance_soon();
  void persist_loop();
  void pull(const AssignedPtr& queue);
  void restart(const AssignedPtr& queue, std::int64_t next);
  Result<void> send_back(const MessageQueue& queue, const ReceivedMessage& message);

  runtime::Runtime runtime_;
  const std::string group_;
  const ConsumerOptions options_;
  std::map<std::string, SubscriptionPtr, std::less<>> subscriptions_;
  session::Session session_;
  std::unique_ptr<OffsetStore> offsets_;
  ConsumeService service_;
  Puller puller_;
  Assignment assignment_;
  bool started_ = false;
  bool rebalance_due_ = false;
  runtime::sync::WaitList rebalance_wake_;
  runtime::sync::Cancellation stop_;
  runtime::sync::TaskGroup fibers_;  // last: its members use all of the above
};

}  // namespace gantry::client::consumer
