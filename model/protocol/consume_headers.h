#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/protocol/field_reader.h"

/// Headers of consuming: pulls, offsets, membership. Texts are views: into the request that was read, or
/// into what the writer has. `write()` leaves out optional fields that are empty.
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

  static QueryConsumerOffsetHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// UPDATE_CONSUMER_OFFSET 15.
struct UpdateConsumerOffsetHeader {
  std::string_view consumer_group;
  std::string_view topic;
  std::int32_t queue_id = 0;
  std::int64_t commit_offset = 0;

  static UpdateConsumerOffsetHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// SEARCH_OFFSET_BY_TIMESTAMP 29.
struct SearchOffsetHeader {
  std::string_view topic;
  std::int32_t queue_id = 0;
  std::int64_t timestamp = 0;  ///< milliseconds since 1970

  static SearchOffsetHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// GET_MAX_OFFSET 30, GET_MIN_OFFSET 31, GET_EARLIEST_MSG_STORETIME 32.
struct QueueHeader {
  std::string_view topic;
  std::int32_t queue_id = 0;

  static QueueHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// Answer to 14, 29, 30 and 31.
struct OffsetResponseHeader {
  std::int64_t offset = 0;

  static OffsetResponseHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// Answer to 32; -1 if the queue is empty.
struct TimestampResponseHeader {
  std::int64_t timestamp = 0;

  static TimestampResponseHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// UNREGISTER_CLIENT 35.
struct UnregisterClientHeader {
  std::string_view client_id;
  std::string_view producer_group;
  std::string_view consumer_group;

  static UnregisterClientHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// GET_CONSUMER_LIST_BY_GROUP 38, NOTIFY_CONSUMER_IDS_CHANGED 40, GET_CONSUMER_CONNECTION_LIST 203.
struct GroupHeader {
  std::string_view consumer_group;

  static GroupHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// RESET_CONSUMER_CLIENT_OFFSET 220 and INVOKE_BROKER_TO_RESET_OFFSET 222.
struct ResetOffsetHeader {
  std::string_view topic;
  std::string_view group;
  std::int64_t timestamp = 0;  ///< -1: the end
  bool is_force = false;

  static ResetOffsetHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// GET_CONSUMER_STATUS_FROM_CLIENT 221 and INVOKE_BROKER_TO_GET_CONSUMER_STATUS 223.
struct ConsumerStatusHeader {
  std::string_view topic;
  std::string_view group;
  std::string_view client_addr;

  static ConsumerStatusHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// GET_CONSUMER_RUNNING_INFO 307.
struct ConsumerRunningInfoHeader {
  std::string_view consumer_group;
  std::string_view client_id;
  bool jstack_enable = false;

  static ConsumerRunningInfoHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// CONSUME_MESSAGE_DIRECTLY 309.
struct ConsumeDirectlyHeader {
  std::string_view consumer_group;
  std::string_view client_id;
  std::string_view msg_id;
  std::string_view broker_name;

  static ConsumeDirectlyHeader read(FieldReader& in);
  void write(Fields& to) const;
};

}  // namespace gantry::model::protocol
