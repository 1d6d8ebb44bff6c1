#pragma once

#include <functional>
#include <vector>

#include <gantry/consumer_options.h>

#include "client/consumer/process_queue.h"

namespace gantry::client::consumer {

/// Consumes messages of one queue, in order of offset within one call. Calls overlap, also for the same
/// queue. A call runs on a fiber of the node and may suspend. A message may come again: after a failure, a
/// crash, or when its queue changed hands.
using Listener = std::function<ConsumeResult(const std::vector<MessagePtr>&)>;

}  // namespace gantry::client::consumer
