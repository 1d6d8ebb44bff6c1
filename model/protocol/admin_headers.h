#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

#include "model/protocol/field_reader.h"
#include "model/protocol/header_fields.h"

/// Headers that tools send to a broker. Texts are views: into the request that was read, or
/// into what the writer has. Optional fields that are empty are not written.
namespace gantry::model::protocol {

/// UPDATE_AND_CREATE_TOPIC 17. C++ clients leave `order` out.
struct CreateTopicHeader {
  std::string_view topic;
  std::string_view default_topic;
  std::int32_t read_queue_nums = 0;
  std::int32_t write_queue_nums = 0;
  std::int32_t perm = 0;
  std::string_view topic_filter_type;  ///< `SINGLE_TAG` or `MULTI_TAG`
  std::int32_t topic_sys_flag = 0;
  bool order = false;

  static constexpr auto fields() {
    return std::tuple(name_field("topic", &CreateTopicHeader::topic),
                      field("defaultTopic", &CreateTopicHeader::default_topic),
                      field("readQueueNums", &CreateTopicHeader::read_queue_nums),
                      field("writeQueueNums", &CreateTopicHeader::write_queue_nums),
                      field("perm", &CreateTopicHeader::perm),
                      field("topicFilterType", &CreateTopicHeader::topic_filter_type),
                      optional_field("topicSysFlag", &CreateTopicHeader::topic_sys_flag),
                      optional_field("order", &CreateTopicHeader::order));
  }
};

/// DELETE_TOPIC_IN_BROKER 215, GET_TOPIC_STATS_INFO 202, QUERY_TOPIC_CONSUME_BY_WHO 300.
struct TopicHeader {
  std::string_view topic;

  static constexpr auto fields() { return std::tuple(name_field("topic", &TopicHeader::topic)); }
};

/// DELETE_SUBSCRIPTIONGROUP 207; 5.x calls the second field cleanOffset.
struct DeleteGroupHeader {
  std::string_view group_name;
  bool remove_offset = false;

  static DeleteGroupHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// GET_PRODUCER_CONNECTION_LIST 204.
struct ProducerGroupHeader {
  std::string_view producer_group;

  static constexpr auto fields() {
    return std::tuple(name_field("producerGroup", &ProducerGroupHeader::producer_group));
  }
};

/// GET_CONSUME_STATS 208; an empty topic asks for all.
struct ConsumeStatsHeader {
  std::string_view consumer_group;
  std::string_view topic;

  static constexpr auto fields() {
    return std::tuple(name_field("consumerGroup", &ConsumeStatsHeader::consumer_group),
                      optional_field("topic", &ConsumeStatsHeader::topic));
  }
};

/// QUERY_CONSUME_TIME_SPAN 303.
struct TopicGroupHeader {
  std::string_view topic;
  std::string_view group;

  static constexpr auto fields() {
    return std::tuple(name_field("topic", &TopicGroupHeader::topic),
                      name_field("group", &TopicGroupHeader::group));
  }
};

/// QUERY_CORRECTION_OFFSET 308.
struct CorrectionOffsetHeader {
  std::string_view filter_groups;  ///< separated by commas
  std::string_view compare_group;
  std::string_view topic;

  static constexpr auto fields() {
    return std::tuple(optional_field("filterGroups", &CorrectionOffsetHeader::filter_groups),
                      name_field("compareGroup", &CorrectionOffsetHeader::compare_group),
                      name_field("topic", &CorrectionOffsetHeader::topic));
  }
};

/// CLONE_GROUP_OFFSET 314; an empty topic asks for all.
struct CloneGroupOffsetHeader {
  std::string_view src_group;
  std::string_view dest_group;
  std::string_view topic;
  bool offline = false;

  static constexpr auto fields() {
    return std::tuple(name_field("srcGroup", &CloneGroupOffsetHeader::src_group),
                      name_field("destGroup", &CloneGroupOffsetHeader::dest_group),
                      optional_field("topic", &CloneGroupOffsetHeader::topic),
                      optional_field("offline", &CloneGroupOffsetHeader::offline));
  }
};

/// VIEW_BROKER_STATS_DATA 315.
struct BrokerStatsHeader {
  std::string_view stats_name;
  std::string_view stats_key;

  static constexpr auto fields() {
    return std::tuple(field("statsName", &BrokerStatsHeader::stats_name),
                      field("statsKey", &BrokerStatsHeader::stats_key));
  }
};

/// QUERY_CONSUME_QUEUE 321.
struct ConsumeQueueHeader {
  std::string_view topic;
  std::int32_t queue_id = 0;
  std::int64_t index = 0;
  std::int32_t count = 0;
  std::string_view consumer_group;

  static constexpr auto fields() {
    return std::tuple(optional_field("topic", &ConsumeQueueHeader::topic),
                      optional_field("queueId", &ConsumeQueueHeader::queue_id),
                      optional_field("index", &ConsumeQueueHeader::index),
                      optional_field("count", &ConsumeQueueHeader::count),
                      optional_field("consumerGroup", &ConsumeQueueHeader::consumer_group));
  }
};

/// QUERY_MESSAGE 12.
struct QueryMessageHeader {
  std::string_view topic;
  std::string_view key;
  std::int32_t max_num = 0;
  std::int64_t begin_timestamp = 0;
  std::int64_t end_timestamp = 0;
  bool unique_key_query = false;  ///< the key is a UNIQ_KEY, and maxNum does not count

  static constexpr auto fields() {
    return std::tuple(name_field("topic", &QueryMessageHeader::topic), field("key", &QueryMessageHeader::key),
                      field("maxNum", &QueryMessageHeader::max_num),
                      field("beginTimestamp", &QueryMessageHeader::begin_timestamp),
                      field("endTimestamp", &QueryMessageHeader::end_timestamp),
                      mark_field("_UNIQUE_KEY_QUERY", &QueryMessageHeader::unique_key_query));
  }
};

/// Answer to 12.
struct QueryMessageResponseHeader {
  std::int64_t index_last_update_timestamp = 0;
  std::int64_t index_last_update_offset = 0;

  static constexpr auto fields() {
    return std::tuple(
        field("indexLastUpdateTimestamp", &QueryMessageResponseHeader::index_last_update_timestamp),
        field("indexLastUpdatePhyoffset", &QueryMessageResponseHeader::index_last_update_offset));
  }
};

/// VIEW_MESSAGE_BY_ID 33.
struct ViewMessageHeader {
  std::int64_t offset = 0;  ///< in the commit log

  static constexpr auto fields() { return std::tuple(field("offset", &ViewMessageHeader::offset)); }
};

}  // namespace gantry::model::protocol
