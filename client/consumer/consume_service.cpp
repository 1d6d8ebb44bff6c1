#include "client/consumer/consume_service.h"

#include "runtime/log.h"

namespace gantry::client::consumer {

using runtime::Level;

ConsumeService::ConsumeService(runtime::Runtime runtime, const ConsumerOptions& options, Listener listener,
                               SendBack send_back)
    : runtime_(runtime),
      options_(options),
      listener_(std::move(listener)),
      send_back_(std::move(send_back)),
      stop_(runtime_.tasks),
      fibers_(runtime_.tasks) {}

void ConsumeService::submit(const AssignedPtr& queue, const std::vector<MessagePtr>& messages) {
  const std::size_t batch_max = std::max<std::size_t>(options_.consume_batch_max, 1);
  for (std::size_t from = 0; from < messages.size(); from += batch_max) {
    const auto begin = messages.begin() + static_cast<std::ptrdiff_t>(from);
    const auto count = std::min(batch_max, messages.size() - from);
    enqueue({queue, {begin, begin + static_cast<std::ptrdiff_t>(count)}});
  }
}

void ConsumeService::enqueue(Batch batch) {
  waiting_.push_back(std::move(batch));
  // A fiber lives only while there is work: an idle consumer costs none.
  if (working_ >= std::max<std::size_t>(options_.concurrency, 1) || stop_.cancelled()) return;
  ++working_;
  fibers_.spawn("consumer.listener", [this] { work(); });
}

void ConsumeService::work() {
  while (!waiting_.empty() && !stop_.cancelled()) {
    const Batch batch = std::move(waiting_.front());
    waiting_.pop_front();
    consume(batch);
  }
  --working_;
}

void ConsumeService::consume(const Batch& batch) {
  if (batch.queue->dropped) return;
  const ConsumeResult result = listener_(batch.messages);
  // While the listener ran the queue may have gone to another member, who consumes from the offset
  // that was stored then: what we would do here now is for an object that nobody reads any more.
  if (batch.queue->dropped) return;
  switch (result) {
    case ConsumeResult::success: return done(*batch.queue, batch.messages);
    case ConsumeResult::reconsume_later: return failed(batch);
    case ConsumeResult::keep: return keep(batch);
  }
}

void ConsumeService::failed(const Batch& batch) {
  if (options_.model == MessageModel::broadcasting) {
    runtime::log(
        runtime_.events, Level::warn,
        "listener failed; in broadcasting {} message(s) of {} from offset {} are not delivered again",
        batch.messages.size(), batch.queue->queue.topic, batch.messages.front()->queue_offset);
    return done(*batch.queue, batch.messages);
  }
  std::vector<MessagePtr> taken;
  Batch left{batch.queue, {}};
  for (const MessagePtr& message : batch.messages) {
    // At the end the next member begins with them, without a detour over the broker.
    if (stop_.cancelled()) {
      left.messages.push_back(message);
      continue;
    }
    if (const auto sent = send_back_(batch.queue->queue, *message)) {
      taken.push_back(message);
      continue;
    }
    left.messages.push_back(message);
  }
  done(*batch.queue, taken);
  if (!left.messages.empty()) keep(left);
}

void ConsumeService::keep(const Batch& batch) {
  Batch again{batch.queue, {}};
  for (const MessagePtr& message : batch.messages) {
    auto next_try = std::make_shared<ReceivedMessage>(*message);
    ++next_try->reconsume_times;
    again.messages.push_back(std::move(next_try));
  }
  retry_later(std::move(again));
}

void ConsumeService::done(AssignedQueue& queue, const std::vector<MessagePtr>& messages) {
  for (const MessagePtr& message : messages) {
    runtime::record(runtime_.events, "consumer.consumed", queue.queue.topic,
                    {queue.queue.queue_id, message->queue_offset});
  }
  queue.held.remove(messages);
  queue.room.wake_all(runtime_.tasks);
}

void ConsumeService::retry_later(Batch batch) {
  later_.emplace(runtime_.clock.now() + options_.reconsume_after, std::move(batch));
  if (retrying_ || stop_.cancelled()) return;
  retrying_ = true;
  fibers_.spawn("consumer.retry", [this] { retry_loop(); });
}

void ConsumeService::retry_loop() {
  while (!later_.empty()) {
    const runtime::Duration wait = later_.begin()->first - runtime_.clock.now();
    if (!runtime::sync::sleep(runtime_.tasks, runtime_.clock, wait, &stop_)) break;
    while (!later_.empty() && later_.begin()->first <= runtime_.clock.now()) {
      Batch batch = std::move(later_.begin()->second);
      later_.erase(later_.begin());
      enqueue(std::move(batch));
    }
  }
  retrying_ = false;
}

void ConsumeService::stop() {
  stop_.cancel();
  const auto joined = fibers_.join();
  invariant(joined.has_value(), "a join without a deadline ends");
}

}  // namespace gantry::client::consumer
