#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include <gantry/message.h>

namespace gantry::client::producer {

/// The queue for the `turn`-th send: all of them in turn. A retry names in `avoid` the broker that failed,
/// and gets the next queue of another broker if there is one. `queues` is not empty. (TopicPublishInfo, 4.9)
const MessageQueue& choose_queue(const std::vector<MessageQueue>& queues, std::uint64_t turn,
                                 std::string_view avoid);

}  // namespace gantry::client::producer
