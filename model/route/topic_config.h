#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "model/protocol/json_body.h"

namespace gantry::model::route {

/// Bits of `perm`.
namespace permission {
inline constexpr std::int32_t inherit = 1;  ///< a template for topics that a send creates
inline constexpr std::int32_t write = 2;
inline constexpr std::int32_t read = 4;
inline constexpr std::int32_t priority = 8;
constexpr bool readable(std::int32_t perm) {
  return (perm & read) != 0;
}
constexpr bool writable(std::int32_t perm) {
  return (perm & write) != 0;
}
constexpr bool inherited(std::int32_t perm) {
  return (perm & inherit) != 0;
}
}  // namespace permission

enum class TopicFilterType : std::uint8_t { single_tag, multi_tag };
constexpr std::array<std::string_view, 2> json_names(TopicFilterType) {
  return {"SINGLE_TAG", "MULTI_TAG"};
}

struct TopicConfig {
  std::string topic_name;
  std::int32_t read_queue_nums = 16;
  std::int32_t write_queue_nums = 16;
  std::int32_t perm = permission::read | permission::write;
  TopicFilterType topic_filter_type = TopicFilterType::single_tag;
  std::int32_t topic_sys_flag = 0;  ///< bit 0 unit, bit 1 unit-sub
  bool order = false;

  friend bool operator==(const TopicConfig&, const TopicConfig&) = default;
  static constexpr auto json_members() {
    using protocol::json_member;
    return std::tuple(json_member("order", &TopicConfig::order), json_member("perm", &TopicConfig::perm),
                      json_member("readQueueNums", &TopicConfig::read_queue_nums),
                      json_member("topicFilterType", &TopicConfig::topic_filter_type),
                      json_member("topicName", &TopicConfig::topic_name),
                      json_member("topicSysFlag", &TopicConfig::topic_sys_flag),
                      json_member("writeQueueNums", &TopicConfig::write_queue_nums));
  }
};

/// Names one state of a table. Compared for equality only: two brokers' versions have no order.
struct DataVersion {
  std::int64_t timestamp = 0;  ///< wall time of the last change
  std::int64_t counter = 0;

  friend bool operator==(const DataVersion&, const DataVersion&) = default;
  static constexpr auto json_members() {
    return std::tuple(protocol::json_member("counter", &DataVersion::counter),
                      protocol::json_member("timestamp", &DataVersion::timestamp));
  }
};

/// All topics of a broker, as registered and as in config/topics.json; TopicConfigSerializeWrapper.
struct TopicConfigTable {
  using Topics = std::map<std::string, TopicConfig, std::less<>>;  // every send looks one up
  DataVersion data_version;
  Topics topics;

  friend bool operator==(const TopicConfigTable&, const TopicConfigTable&) = default;
  static constexpr auto json_members() {
    return std::tuple(protocol::json_member("dataVersion", &TopicConfigTable::data_version),
                      protocol::json_member("topicConfigTable", &TopicConfigTable::topics));
  }
};

}  // namespace gantry::model::route
