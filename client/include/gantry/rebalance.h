#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <gantry/message.h>

namespace gantry::rebalance {

/// Which queues of one topic a member of a group consumes. A strategy is a pure function: every member
/// computes it alone, and from the same input each gets the same picture, so that no queue has two owners
/// and none has no owner. All members of a group must use the same strategy.
///
/// `queues` ascend by topic, broker name and queue id, and `members` (client ids) ascend as bytes; neither
/// holds anything twice. An unknown `self` and empty input yield nothing.
using Strategy = std::function<std::vector<MessageQueue>(
    const std::vector<MessageQueue>& queues, const std::vector<std::string>& members, std::string_view self)>;

/// RocketMQ's "AVG": each member gets a run of neighbours. When the queues cannot be shared out evenly, the
/// first members get one more.
std::vector<MessageQueue> average(const std::vector<MessageQueue>& queues,
                                  const std::vector<std::string>& members, std::string_view self);

/// RocketMQ's "AVG_BY_CIRCLE": the queues are dealt like cards.
std::vector<MessageQueue> average_by_circle(const std::vector<MessageQueue>& queues,
                                            const std::vector<std::string>& members, std::string_view self);

}  // namespace gantry::rebalance
