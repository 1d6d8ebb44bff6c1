#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client/consumer/assigned_queue.h"
#include "client/consumer/options.h"
#include "client/session/session.h"
#include "model/layout/received.h"
#include "model/message/subscription.h"
#include "runtime/runtime.h"

namespace gantry::client::consumer {

using Subscription = model::message::SubscriptionData;
using SubscriptionPtr = std::shared_ptr<const Subscription>;

/// Pulls one queue again and again while it is ours, by long polling: the broker answers when it has
/// something, or after 15 s. Holds back while the listener is behind by more than the options allow.
class Puller {
 public:
  using Submit = std::function<void(const AssignedPtr&, const std::vector<MessagePtr>&)>;
  /// The offset is outside the queue; the broker offers `next` to go on from.
  using OffsetMoved = std::function<void(const AssignedPtr&, std::int64_t next)>;

  Puller(runtime::Runtime runtime, session::Session& session, std::string group,
         const ConsumerOptions& options, Submit submit, OffsetMoved offset_moved);

  /// Runs until the queue is dropped or `stop` is cancelled; a pull under way then ends with the
  /// session. `subscription` may change while it runs.
  void run(const AssignedPtr& queue, const SubscriptionPtr& subscription, runtime::sync::Cancellation& stop);

 private:
  enum class Next { at_once, after_pause };
  bool full(const AssignedQueue& queue) const;
  Next pull(const AssignedPtr& queue, const Subscription& subscription);
  Next take(const AssignedPtr& queue, const Subscription& subscription, const runtime::Endpoint& broker,
            const session::Command& answer);
  void report_lost(const AssignedQueue& queue, const model::layout::Received& received) const;
  std::int64_t next_offset(const AssignedQueue& queue, const model::layout::Received& received,
                           std::int64_t as_told) const;
  session::Command make_request(const AssignedQueue& queue, const Subscription& subscription,
                                bool master) const;

  runtime::Runtime runtime_;
  session::Session& session_;
  const std::string group_;
  const ConsumerOptions& options_;
  Submit submit_;
  OffsetMoved offset_moved_;
};

}  // namespace gantry::client::consumer
