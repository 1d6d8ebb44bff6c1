#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include <gantry/rebalance.h>
#include <gantry/session_timers.h>

namespace gantry {

/// Who gets a message of the topic.
enum class MessageModel {
  broadcasting,  ///< Every member of the group gets every message.
  clustering,    ///< The members share the queues, and the group gets every message at least once.
};

/// Where a group begins in a queue for which it has no stored offset. For a queue whose first message is
/// still in its memory a broker answers 0 by itself, whatever is asked for here.
enum class ConsumeFrom {
  last_offset,   ///< Behind the last message that is there.
  first_offset,  ///< At the first message that is there.
  timestamp,     ///< At the first message that was stored at `from_timestamp_ms` or later.
};

/// What a listener says of the messages that it was given.
enum class ConsumeResult {
  success,
  /// The broker delivers them again later. When it cannot take them back, this member gets them again after
  /// `reconsume_after`. With broadcasting they are not given again.
  reconsume_later,
  /// This member gets them again after `reconsume_after`, or whoever has the queue then.
  keep,
};

/// How a push consumer consumes. The defaults are RocketMQ's (DefaultMQPushConsumer, 4.9).
struct ConsumerOptions {
  MessageModel model = MessageModel::clustering;
  ConsumeFrom from = ConsumeFrom::last_offset;
  std::int64_t from_timestamp_ms = 0;  ///< In milliseconds since 1970, for ConsumeFrom::timestamp.
  /// How the members of the group share the queues of a topic.
  rebalance::Strategy strategy = rebalance::average;

  /// How many messages of a queue have one fate (consumeMessageBatchMaxSize). A PushConsumer's listener gets
  /// them one by one; after one that fails, the rest of its batch is not shown, and all of the batch comes
  /// again.
  std::size_t consume_batch_max = 1;
  /// How many listener calls run at the same time (consumeThreadMax).
  std::size_t concurrency = 20;
  std::int32_t pull_batch = 32;             ///< pullBatchSize
  std::size_t held_messages_max = 1000;     ///< Per queue; above it nothing more is pulled.
  std::size_t held_bytes_max = 100u << 20;  ///< Per queue, counting bodies; above it nothing more is pulled.
  /// The distance between the lowest and the highest offset held of a queue; above it nothing more is pulled
  /// (consumeConcurrentlyMaxSpan).
  std::int64_t held_span_max = 2000;
  /// How long the broker may hold a pull that finds nothing.
  std::chrono::nanoseconds hold = std::chrono::seconds(15);
  std::chrono::nanoseconds pull_timeout = std::chrono::seconds(30);
  /// How long a queue waits after a pull that failed.
  std::chrono::nanoseconds pull_retry = std::chrono::seconds(1);
  /// How long this member waits before it gives a message to the listener again.
  std::chrono::nanoseconds reconsume_after = std::chrono::seconds(5);
  std::chrono::nanoseconds rebalance_interval = std::chrono::seconds(20);
  /// A rebalance that could not ask everybody is tried again after `rebalance_retry`; that time is doubled
  /// with each failure, up to the maximum.
  std::chrono::nanoseconds rebalance_retry = std::chrono::seconds(1);
  std::chrono::nanoseconds rebalance_retry_max = std::chrono::seconds(5);
  /// How often the offsets that have changed are stored.
  std::chrono::nanoseconds persist_interval = std::chrono::seconds(5);
  /// How long a queue rests whose offset the broker has called illegal.
  std::chrono::nanoseconds illegal_offset_pause = std::chrono::seconds(10);
  /// With broadcasting: the folder of the offset files, relative to the working directory.
  std::string local_offsets = "rocketmq_offsets";
  /// Tells the clients of one machine apart, and with broadcasting names the folder of the offset file. When
  /// it is empty, a clustering member gets one that is never used twice, and a broadcasting one "DEFAULT".
  std::string instance;
  SessionTimers timers;
};

}  // namespace gantry
