#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <gantry/message.h>

namespace gantry::client::rebalance {

/// Which queues of one topic a member of a group consumes. Pure: every member computes it alone and
/// from the same input gets the same picture, so that no queue has two owners and none has no owner.
///
/// `queues` sorted by (topic, broker name, queue id) and `members` (client ids) sorted as bytes, both
/// without repetition. An unknown `self` and empty input yield nothing. All members of a group must
/// use the same strategy. (client/consumer/rebalance/*.java, 4.9)
using Strategy = std::function<std::vector<MessageQueue>(
    const std::vector<MessageQueue>& queues, const std::vector<std::string>& members, std::string_view self)>;

/// "AVG": runs of neighbours, the first members one longer when it does not divide.
std::vector<MessageQueue> average(const std::vector<MessageQueue>& queues,
                                  const std::vector<std::string>& members, std::string_view self);

/// "AVG_BY_CIRCLE": dealt like cards.
std::vector<MessageQueue> average_by_circle(const std::vector<MessageQueue>& queues,
                                            const std::vector<std::string>& members, std::string_view self);

}  // namespace gantry::client::rebalance
