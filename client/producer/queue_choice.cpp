#include "client/producer/queue_choice.h"

namespace gantry::client::producer {

const MessageQueue& choose_queue(const std::vector<MessageQueue>& queues, std::uint64_t turn,
                                 std::string_view avoid) {
  invariant(!queues.empty(), "there is a queue to choose");
  for (std::size_t i = 0; i < queues.size() && !avoid.empty(); ++i) {
    const auto& queue = queues[(turn + i) % queues.size()];
    if (queue.broker_name != avoid) return queue;
  }
  return queues[turn % queues.size()];
}

}  // namespace gantry::client::producer
