#pragma once

#include <deque>
#include <map>

#include "client/consumer/assigned_queue.h"
#include "client/consumer/options.h"
#include "runtime/runtime.h"
#include "runtime/sync/task_group.h"

namespace gantry::client::consumer {

/// Gives messages to the listener, in several calls at the same time, and decides what its answers mean.
///
///     submit() --> waiting --> listener --success--> removed from the process queue
///                     ^          |   |
///                     |        keep  +--later--> back to the broker --taken--> removed
///                     |          |                     |
///                     +- after 5 s --------------------+ not taken
///
/// Nothing is removed before the listener or the broker has it: whatever fails, the message comes again.
class ConsumeService {
 public:
  /// Gives a failed message back to the broker, to be delivered again later. Suspends.
  using SendBack = std::function<Result<void>(const MessageQueue&, const ReceivedMessage&)>;

  /// `options` must outlive the service.
  ConsumeService(runtime::Runtime runtime, const ConsumerOptions& options, Listener listener,
                 SendBack send_back);

  /// Takes what one pull has brought. The messages wait for a free listener call; never suspends.
  void submit(const AssignedPtr& queue, const std::vector<MessagePtr>& messages);
  /// Starts no more calls, and suspends until those that run have ended.
  void stop();

 private:
  struct Batch {
    AssignedPtr queue;
    std::vector<MessagePtr> messages;
  };
  void enqueue(Batch batch);
  void work();
  void consume(const Batch& batch);
  void failed(const Batch& batch);
  void keep(const Batch& batch);
  void done(AssignedQueue& queue, const std::vector<MessagePtr>& messages);
  void retry_later(Batch batch);
  void retry_loop();

  runtime::Runtime runtime_;
  const ConsumerOptions& options_;
  Listener listener_;
  SendBack send_back_;
  std::deque<Batch> waiting_;
  std::multimap<runtime::Instant, Batch> later_;
  std::size_t working_ = 0;
  bool retrying_ = false;
  runtime::sync::Cancellation stop_;
  runtime::sync::TaskGroup fibers_;
};

}  // namespace gantry::client::consumer
