#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include <gantry/message.h>
#include <gantry/session_timers.h>

namespace gantry {

/// How a producer sends. The defaults are RocketMQ's (DefaultMQProducer, 4.9).
struct ProducerOptions {
  /// How long one send may take in all: looking up the route and all attempts.
  std::chrono::nanoseconds send_timeout = std::chrono::seconds(3);
  /// How many further attempts follow one that failed, at another broker where there is one
  /// (retryTimesWhenSendFailed).
  int retries = 2;
  std::size_t body_bytes_max = 4u << 20;  ///< maxMessageSize; the bodies of a batch count together.
  /// How many queues a topic gets that is created by its first send (defaultTopicQueueNums).
  std::int32_t new_topic_queues = 4;
  /// How many sends may wait for an answer at the same time.
  std::size_t in_flight_max = 10'000;
  SessionTimers timers;
};

/// Picks one of the topic's queues by its place. There is at least one queue; they ascend by broker and id.
using Selector = std::function<std::size_t(const std::vector<MessageQueue>& queues, const Message& message)>;

}  // namespace gantry
