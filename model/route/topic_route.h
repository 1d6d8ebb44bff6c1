#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/protocol/json_body.h"

namespace gantry::model::route {

inline constexpr std::int64_t master_id = 0;

/// The queues of a topic on one broker name.
struct QueueData {
  std::string broker_name;
  std::int32_t read_queue_nums = 0;
  std::int32_t write_queue_nums = 0;
  std::int32_t perm = 0;
  std::int32_t topic_sys_flag = 0;

  friend auto operator<=>(const QueueData&, const QueueData&) = default;
  static constexpr auto json_members() {
    using protocol::json_member;
    return std::tuple(json_member("brokerName", &QueueData::broker_name),
                      json_member("perm", &QueueData::perm),
                      json_member("readQueueNums", &QueueData::read_queue_nums),
                      json_member("topicSysFlag", &QueueData::topic_sys_flag),
                      json_member("writeQueueNums", &QueueData::write_queue_nums));
  }
};

/// The brokers of one name: master (id 0) and slaves, by id, with `ip:port`.
struct BrokerData {
  std::string cluster;
  std::string broker_name;
  std::map<std::int64_t, std::string> broker_addrs;

  friend auto operator<=>(const BrokerData&, const BrokerData&) = default;
  static constexpr auto json_members() {
    using protocol::json_member;
    return std::tuple(json_member("brokerAddrs", &BrokerData::broker_addrs),
                      json_member("brokerName", &BrokerData::broker_name),
                      json_member("cluster", &BrokerData::cluster));
  }
};

/// Who serves a topic.
struct TopicRouteData {
  std::string order_topic_conf;  ///< empty: none
  std::vector<QueueData> queue_datas;
  std::vector<BrokerData> broker_datas;
  std::map<std::string, std::vector<std::string>> filter_server_table;  ///< by broker address

  friend bool operator==(const TopicRouteData&, const TopicRouteData&) = default;
  static constexpr auto json_members() {
    using protocol::json_member;
    return std::tuple(json_member("brokerDatas", &TopicRouteData::broker_datas),
                      json_member("filterServerTable", &TopicRouteData::filter_server_table),
                      json_member("orderTopicConf", &TopicRouteData::order_topic_conf,
                                  protocol::JsonMemberForm::unless_default),
                      json_member("queueDatas", &TopicRouteData::queue_datas));
  }
};

/// All brokers that a NameServer knows.
struct ClusterInfo {
  std::map<std::string, BrokerData> broker_addr_table;              ///< by broker name
  std::map<std::string, std::set<std::string>> cluster_addr_table;  ///< broker names by cluster

  friend bool operator==(const ClusterInfo&, const ClusterInfo&) = default;
  static constexpr auto json_members() {
    return std::tuple(protocol::json_member("brokerAddrTable", &ClusterInfo::broker_addr_table),
                      protocol::json_member("clusterAddrTable", &ClusterInfo::cluster_addr_table));
  }
};

}  // namespace gantry::model::route
