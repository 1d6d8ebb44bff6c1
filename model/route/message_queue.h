#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "model/protocol/json_body.h"

namespace gantry::model::route {

/// One queue of a topic on one broker; ordered as every rebalance has to order queues.
struct MessageQueue {
  std::string topic;
  std::string broker_name;
  std::int32_t queue_id = 0;

  friend auto operator<=>(const MessageQueue&, const MessageQueue&) = default;
  static constexpr auto json_members() {
    return std::tuple(protocol::json_member("brokerName", &MessageQueue::broker_name),
                      protocol::json_member("queueId", &MessageQueue::queue_id),
                      protocol::json_member("topic", &MessageQueue::topic));
  }
};

}  // namespace gantry::model::route
