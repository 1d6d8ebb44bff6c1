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
/// With clustering, the members share the queues, and each message reaches the group at least once. With
/// broadcasting, each member gets every message, and its offsets lie on its own disk. Any fiber of its node
/// may call it; a program with threads of its own uses gantry::PushConsumer.
class PushConsumer {
 public:
  /// Of `options`, the instance and the timers do not count: `session` has them.
  PushConsumer(runtime::Runtime runtime, session::SessionOptions session, std::string group,
               ConsumerOptions options, Listener listener);
  ~PushConsumer();  // stop() has returned, or the node is gone
  PushConsumer(const PushConsumer&) = delete;

  /// Subscribes to all messages of a topic (`*`), or to those with one of several tags, separated by `||`. It
  /// comes before start(), and all members of a group subscribe to the same. Errors: `invalid`.
  Result<void> subscribe(std::string_view topic, std::string_view expression = "*");

  /// Joins the group and begins to consume. Without any name server or broker that can be reached it goes on
  /// trying, so that is no error. Errors: `invalid` (no legal group, or no subscription), and those of
  /// LocalOffsets::load().
  Result<void> start();
  /// Lets the listener calls that run end, stores the offsets and leaves the group.
  void stop();

  /// As in Session::client_id().
  const std::string& client_id() const { return session_.client_id(); }
  /// The queues that are ours now, in ascending order, with those of the group's retry topic.
  std::vector<MessageQueue> owned() const { return assignment_.owned(); }
  /// The consumer's ties to the cluster.
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
