#include "client/consumer/process_queue.h"

#include <algorithm>

namespace gantry::client::consumer {

void ProcessQueue::add(const std::vector<MessagePtr>& found, std::int64_t next) {
  for (const MessagePtr& message : found) {
    const bool fresh = messages_.emplace(message->queue_offset, message).second;
    if (fresh) bytes_ += message->body.size();
  }
  next_ = std::max(next_, next);
}

void ProcessQueue::remove(const std::vector<MessagePtr>& consumed) {
  for (const MessagePtr& message : consumed) {
    const auto held = messages_.find(message->queue_offset);
    if (held == messages_.end()) continue;
    bytes_ -= held->second->body.size();
    messages_.erase(held);
  }
}

}  // namespace gantry::client::consumer
