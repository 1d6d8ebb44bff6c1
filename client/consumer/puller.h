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
/// something, or after the time in the options. Nothing is pulled while more messages wait for the listener
/// than the options allow.
class Puller {
 public:
  /// Takes the messages of one pull. Must not suspend.
  using Submit = std::function<void(const AssignedPtr&, const std::vector<MessagePtr>&)>;
  /// Is told that the offset lies outside of the queue, and that the broker offers to continue at `next`.
  /// Must not suspend.
  using OffsetMoved = std::function<void(const AssignedPtr&, std::int64_t next)>;

  /// `session` and `options` must outlive the puller.
  Puller(runtime::Runtime runtime, session::Session& session, std::string group,
         const ConsumerOptions& options, Submit submit, OffsetMoved offset_moved);

  /// Pulls until the queue is dropped or `stop` is cancelled; a pull that is under way then ends with the
  /// session.
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
