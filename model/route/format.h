#pragma once

#include <fmt/format.h>

#include "model/route/message_queue.h"

/// `topic broker id`: for logs and for answers that a person reads.
template <>
struct fmt::formatter<gantry::model::route::MessageQueue> : fmt::formatter<fmt::string_view> {
  auto format(const gantry::model::route::MessageQueue& queue, fmt::format_context& out) const {
    return fmt::format_to(out.out(), "{} {} {}", queue.topic, queue.broker_name, queue.queue_id);
  }
};
