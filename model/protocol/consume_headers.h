#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

#include "model/protocol/field_reader.h"
#include "model/protocol/header_fields.h"

/// Headers of consuming: pulls, offsets, membership. Texts are views: into the request that was read, or
/// into what the writer has. Optional fields that are empty are not written.
namespace gantry::model::protocol {

/// PULL_MESSAGE 11.
struct PullHeader {
  std::string_view consumer_group;
  std::string_view topic;
  std::int32_t queue_id = 0;
  std::int64_t queue_offset = 0;
  std::int32_t max_msg_nums = 0;
  std::int32_t sys_flag = 0;       ///< message::pull_flag
  std::int64_t commit_offset = 0;  ///< counts with pull_flag::commit_offset
  std::int64_t suspend_timeout_ms = 0;
  std::string_view subscription;  ///< counts with pull_flag::subscription
  std::int64_t sub_version = 0;
  std::string_view expression_type = "TAG";

  static PullHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// Answer to a pull, needed with codes 0, 19, 20 and 21.
struct PullResponseHeader {
  std::int64_t suggest_which_broker_id = 0;
  std::int64_t next_begin_offset = 0;
  std::int64_t min_offset = 0;
  std::int64_t max_offset = 0;

  static PullResponseHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// QUERY_CONSUMER_OFFSET 14.
struct QueryConsumerOffsetHeader {
  std::string_view consumer_group;
  std::string_view topic;
  std::int32_t queue_id = 0;

  static constexpr auto fields() {
    return std::tuple(name_field("consumerGroup", &QueryConsumerOffsetHeader::consumer_group),
                      name_field("topic", &QueryConsumerOffsetHeader::topic),
                      field("queueId", &QueryConsumerOffsetHeader::queue_id));
  }
};

/// UPDATE_CONSUMER_OFFSET 15.
struct UpdateConsumerOffsetHeader {
  std::string_view consumer_group;
  std::string_view topic;
  std::int32_t queue_id = 0;
  std::int64_t commit_offset = 0;

  static constexpr auto fields() {
    return std::tuple(name_field("consumerGroup", &UpdateConsumerOffsetHeader::consumer_group),
                      name_field("topic", &UpdateConsumerOffsetHeader::topic),
                      field("queueId", &UpdateConsumerOffsetHeader::queue_id),
                      field("commitOffset", &UpdateConsumerOffsetHeader::commit_offset));
  }
};

/// SEARCH_OFFSET_BY_TIMESTAMP 29.
struct SearchOffsetHeader {
  std::string_view topic;
  std::int32_t queue_id = 0;
  std::int64_t timestamp = 0;  ///< milliseconds since 1970

  static constexpr auto fields() {
    return std::tuple(name_field("topic", &SearchOffsetHeader::topic),
                      field("queueId", &SearchOffsetHeader::queue_id),
                      field("timestamp", &SearchOffsetHeader::timestamp));
  }
};

/// GET_MAX_OFFSET 30, GET_MIN_OFFSET 31, GET_EARLIEST_MSG_STORETIME 32.
struct QueueHeader {
  std::string_view topic;
  std::int32_t queue_id = 0;

  static constexpr auto fields() {
    return std::tuple(name_field("topic", &QueueHeader::topic), field("queueId", &QueueHeader::queue_id));
  }
};

/// Answer to 14, 29, 30 and 31.
struct OffsetResponseHeader {
  std::int64_t offset = 0;

  static constexpr auto fields() { return std::tuple(field("offset", &OffsetResponseHeader::offset)); }
};

/// Answer to 32; -1 if the queue is empty.
struct TimestampResponseHeader {
  std::int64_t timestamp = 0;

  static constexpr auto fields() {
    return std::tuple(field("timestamp", &TimestampResponseHeader::timestamp));
  }
};

/// UNREGISTER_CLIENT 35.
struct UnregisterClientHeader {
  std::string_view client_id;
  std::string_view producer_group;
  std::string_view consumer_group;

  static constexpr auto fields() {
    return std::tuple(name_field("clientID", &UnregisterClientHeader::client_id),
                      optional_field("producerGroup", &UnregisterClientHeader::producer_group),
                      optional_field("consumerGroup", &UnregisterClientHeader::consumer_group));
  }
};

/// GET_CONSUMER_LIST_BY_GROUP 38, NOTIFY_CONSUMER_IDS_CHANGED 40, GET_CONSUMER_CONNECTION_LIST 203.
struct GroupHeader {
  std::string_view consumer_group;

  static constexpr auto fields() {
    return std::tuple(name_field("consumerGroup", &GroupHeader::consumer_group));
  }
};

/// RESET_CONSUMER_CLIENT_OFFSET 220 and INVOKE_BROKER_TO_RESET_OFFSET 222.
struct ResetOffsetHeader {
  std::string_view topic;
  std::string_view group;
  std::int64_t timestamp = 0;  ///< -1: the end
  bool is_force = false;

  static constexpr auto fields() {
    return std::tuple(
        name_field("topic", &ResetOffsetHeader::topic), name_field("group", &ResetOffsetHeader::group),
        field("timestamp", &ResetOffsetHeader::timestamp), field("isForce", &ResetOffsetHeader::is_force));
  }
};

/// GET_CONSUMER_STATUS_FROM_CLIENT 221 and INVOKE_BROKER_TO_GET_CONSUMER_STATUS 223.
struct ConsumerStatusHeader {
  std::string_view topic;
  std::string_view group;
  std::string_view client_addr;

  static constexpr auto fields() {
    return std::tuple(name_field("topic", &ConsumerStatusHeader::topic),
                      name_field("group", &ConsumerStatusHeader::group),
                      optional_field("clientAddr", &ConsumerStatusHeader::client_addr));
  }
};

/// GET_CONSUMER_RUNNING_INFO 307.
struct ConsumerRunningInfoHeader {
  std::string_view consumer_group;
  std::string_view client_id;
  bool jstack_enable = false;

  static constexpr auto fields() {
    return std::tuple(name_field("consumerGroup", &ConsumerRunningInfoHeader::consumer_group),
                      name_field("clientId", &ConsumerRunningInfoHeader::client_id),
                      optional_field("jstackEnable", &ConsumerRunningInfoHeader::jstack_enable));
  }
};

/// CONSUME_MESSAGE_DIRECTLY 309.
struct ConsumeDirectlyHeader {
  std::string_view consumer_group;
  std::string_view client_id;
  std::string_view msg_id;
  std::string_view broker_name;

  static constexpr auto fields() {
    return std::tuple(name_field("consumerGroup", &ConsumeDirectlyHeader::consumer_group),
                      optional_field("clientId", &ConsumeDirectlyHeader::client_id),
                      optional_field("msgId", &ConsumeDirectlyHeader::msg_id),
                      optional_field("brokerName", &ConsumeDirectlyHeader::broker_name));
  }
};

}  // namespace gantry::model::protocol
