#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/protocol/json_body.h"
#include "model/route/message_queue.h"

/// How far queues and groups are: answers to 202, 208, 303, 315 and 317.
namespace gantry::model::protocol::bodies {

/// A queue as one group sees it.
struct OffsetWrapper {
  std::int64_t broker_offset = 0;  ///< end of the queue
  std::int64_t consumer_offset = 0;
  std::int64_t last_timestamp = 0;  ///< store time of the last consumed message, 0 if unknown

  friend bool operator==(const OffsetWrapper&, const OffsetWrapper&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("brokerOffset", &OffsetWrapper::broker_offset),
                      json_member("consumerOffset", &OffsetWrapper::consumer_offset),
                      json_member("lastTimestamp", &OffsetWrapper::last_timestamp));
  }
};

/// A group, by queue.
struct ConsumeStats {
  double consume_tps = 0;
  std::map<route::MessageQueue, OffsetWrapper> offsets;

  friend bool operator==(const ConsumeStats&, const ConsumeStats&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("consumeTps", &ConsumeStats::consume_tps),
                      json_member("offsetTable", &ConsumeStats::offsets));
  }
};

/// A queue: its ends, and when the last message came (0 if unknown).
struct TopicOffset {
  std::int64_t last_update_timestamp = 0;
  std::int64_t max_offset = 0;
  std::int64_t min_offset = 0;

  friend bool operator==(const TopicOffset&, const TopicOffset&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("lastUpdateTimestamp", &TopicOffset::last_update_timestamp),
                      json_member("maxOffset", &TopicOffset::max_offset),
                      json_member("minOffset", &TopicOffset::min_offset));
  }
};

/// A topic, by queue.
struct TopicStatsTable {
  std::map<route::MessageQueue, TopicOffset> offsets;

  friend bool operator==(const TopicStatsTable&, const TopicStatsTable&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("offsetTable", &TopicStatsTable::offsets));
  }
};

/// All groups of a broker; a map with one entry per group.
struct ConsumeStatsList {
  std::string broker_addr;
  std::vector<std::map<std::string, std::vector<ConsumeStats>>> stats;
  std::int64_t total_diff = 0;

  friend bool operator==(const ConsumeStatsList&, const ConsumeStatsList&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("brokerAddr", &ConsumeStatsList::broker_addr),
                      json_member("consumeStatsList", &ConsumeStatsList::stats),
                      json_member("totalDiff", &ConsumeStatsList::total_diff));
  }
};

/// What lies in a queue for a group, in wall time; and the same as text.
struct QueueTimeSpan {
  std::int64_t consume_timestamp = 0;
  std::string consume_timestamp_text;
  std::int64_t delay_ms = 0;
  std::int64_t max_timestamp = 0;
  std::string max_timestamp_text;
  route::MessageQueue queue;
  std::int64_t min_timestamp = 0;
  std::string min_timestamp_text;

  friend bool operator==(const QueueTimeSpan&, const QueueTimeSpan&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("consumeTimeStamp", &QueueTimeSpan::consume_timestamp),
                      json_member("consumeTimeStampStr", &QueueTimeSpan::consume_timestamp_text),
                      json_member("delayTime", &QueueTimeSpan::delay_ms),
                      json_member("maxTimeStamp", &QueueTimeSpan::max_timestamp),
                      json_member("maxTimeStampStr", &QueueTimeSpan::max_timestamp_text),
                      json_member("messageQueue", &QueueTimeSpan::queue),
                      json_member("minTimeStamp", &QueueTimeSpan::min_timestamp),
                      json_member("minTimeStampStr", &QueueTimeSpan::min_timestamp_text));
  }
};

/// Answer to QUERY_CONSUME_TIME_SPAN 303.
struct ConsumeTimeSpan {
  std::vector<QueueTimeSpan> spans;

  friend bool operator==(const ConsumeTimeSpan&, const ConsumeTimeSpan&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("consumeTimeSpanSet", &ConsumeTimeSpan::spans));
  }
};

/// One window of a statistic.
struct BrokerStatsItem {
  double average = 0;
  std::int64_t sum = 0;
  double tps = 0;

  friend bool operator==(const BrokerStatsItem&, const BrokerStatsItem&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("avgpt", &BrokerStatsItem::average),
                      json_member("sum", &BrokerStatsItem::sum), json_member("tps", &BrokerStatsItem::tps));
  }
};

/// Answer to VIEW_BROKER_STATS_DATA 315.
struct BrokerStatsData {
  BrokerStatsItem day;
  BrokerStatsItem hour;
  BrokerStatsItem minute;

  friend bool operator==(const BrokerStatsData&, const BrokerStatsData&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("statsDay", &BrokerStatsData::day),
                      json_member("statsHour", &BrokerStatsData::hour),
                      json_member("statsMinute", &BrokerStatsData::minute));
  }
};

}  // namespace gantry::model::protocol::bodies
