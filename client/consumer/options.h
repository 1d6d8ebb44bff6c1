#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "client/consumer/process_queue.h"
#include "client/rebalance/strategy.h"
#include "client/session/options.h"

namespace gantry::client::consumer {

using runtime::Duration;
using namespace std::chrono_literals;

enum class MessageModel { broadcasting, clustering };

/// Where a group starts in a queue for which it has no stored offset (protocol.md 4.4). A broker
/// answers 0 by itself for a queue that is young, whatever is asked here.
enum class ConsumeFrom { last_offset, first_offset, timestamp };

enum class ConsumeResult {
  success,
  reconsume_later,  ///< the broker delivers them again later; if it cannot, this member does, after 5 s
  keep,             ///< this member gets them again after 5 s, or whoever has the queue then
};

/// Consumes messages of one queue, in order of offset within one call; calls overlap, also for the
/// same queue. Runs on a fiber of the node and may suspend. A message may come again: after a
/// failure, a crash, or when its queue changed hands.
using Listener = std::function<ConsumeResult(const std::vector<MessagePtr>&)>;

/// RocketMQ's defaults (DefaultMQPushConsumer, 4.9).
struct ConsumerOptions {
  session::SessionOptions session;
  std::string group;
  MessageModel model = MessageModel::clustering;
  ConsumeFrom from = ConsumeFrom::last_offset;
  std::int64_t from_timestamp_ms = 0;  ///< for ConsumeFrom::timestamp
  rebalance::Strategy strategy = rebalance::average;

  std::size_t consume_batch_max = 1;        ///< consumeMessageBatchMaxSize
  std::size_t concurrency = 20;             ///< listeners at once; consumeThreadMax
  std::int32_t pull_batch = 32;             ///< pullBatchSize
  std::size_t held_messages_max = 1000;     ///< per queue: above it nothing is pulled
  std::size_t held_bytes_max = 100u << 20;  ///< per queue, of bodies
  std::int64_t held_span_max = 2000;        ///< consumeConcurrentlyMaxSpan
  Duration hold = 15s;                      ///< how long the broker may hold a pull
  Duration pull_timeout = 30s;
  Duration pull_retry = 1s;       ///< after an error
  Duration reconsume_after = 5s;  ///< for what the broker did not take back
  Duration rebalance_interval = 20s;
  /// A rebalance that could not ask everybody is tried again after `rebalance_retry`, doubled each time
  /// up to the maximum.
  Duration rebalance_retry = 1s;
  Duration rebalance_retry_max = 5s;
  Duration persist_interval = 5s;
  Duration illegal_offset_pause = 10s;
  /// Broadcasting: the folder of the offset files, below the node's root.
  std::string local_offsets = "rocketmq_offsets";
};

}  // namespace gantry::client::consumer
