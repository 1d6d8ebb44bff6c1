#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

#include "model/protocol/field_reader.h"
#include "model/protocol/header_fields.h"

/// Headers that a NameServer gets and sends. Texts are views: into the request that was read, or
/// into what the writer has. Optional fields that are empty are not written.
namespace gantry::model::protocol {

/// REGISTER_BROKER 103.
struct RegisterBrokerHeader {
  std::string_view broker_name;
  std::string_view broker_addr;
  std::string_view cluster_name;
  std::string_view ha_server_addr;
  std::int64_t broker_id = 0;
  bool compressed = false;
  std::int32_t body_crc32 = 0;  ///< crc32_31() of the body; 0: not checked

  static constexpr auto fields() {
    return std::tuple(name_field("brokerName", &RegisterBrokerHeader::broker_name),
                      name_field("brokerAddr", &RegisterBrokerHeader::broker_addr),
                      name_field("clusterName", &RegisterBrokerHeader::cluster_name),
                      field("haServerAddr", &RegisterBrokerHeader::ha_server_addr),
                      field("brokerId", &RegisterBrokerHeader::broker_id),
                      optional_field("compressed", &RegisterBrokerHeader::compressed),
                      optional_field("bodyCrc32", &RegisterBrokerHeader::body_crc32));
  }
};

/// What a slave learns of its master; both may be absent.
struct RegisterBrokerResponseHeader {
  std::string_view ha_server_addr;
  std::string_view master_addr;

  static constexpr auto fields() {
    return std::tuple(optional_field("haServerAddr", &RegisterBrokerResponseHeader::ha_server_addr),
                      optional_field("masterAddr", &RegisterBrokerResponseHeader::master_addr));
  }
};

/// UNREGISTER_BROKER 104 and QUERY_DATA_VERSION 322.
struct BrokerHeader {
  std::string_view broker_name;
  std::string_view broker_addr;
  std::string_view cluster_name;
  std::int64_t broker_id = 0;

  static constexpr auto fields() {
    return std::tuple(name_field("brokerName", &BrokerHeader::broker_name),
                      name_field("brokerAddr", &BrokerHeader::broker_addr),
                      name_field("clusterName", &BrokerHeader::cluster_name),
                      field("brokerId", &BrokerHeader::broker_id));
  }
};

/// Whether the NameServer knows another version.
struct QueryDataVersionResponseHeader {
  bool changed = false;

  static constexpr auto fields() {
    return std::tuple(field("changed", &QueryDataVersionResponseHeader::changed));
  }
};

/// GET_ROUTEINFO_BY_TOPIC 105.
struct RouteInfoHeader {
  std::string_view topic;
  bool accept_standard_json_only = false;

  static constexpr auto fields() {
    return std::tuple(name_field("topic", &RouteInfoHeader::topic),
                      optional_field("acceptStandardJsonOnly", &RouteInfoHeader::accept_standard_json_only));
  }
};

/// PUT_KV_CONFIG 100.
struct PutKvConfigHeader {
  std::string_view space;
  std::string_view key;
  std::string_view value;

  static constexpr auto fields() {
    return std::tuple(field("namespace", &PutKvConfigHeader::space), field("key", &PutKvConfigHeader::key),
                      field("value", &PutKvConfigHeader::value));
  }
};

/// GET_KV_CONFIG 101 and DELETE_KV_CONFIG 102.
struct KvConfigHeader {
  std::string_view space;
  std::string_view key;

  static constexpr auto fields() {
    return std::tuple(field("namespace", &KvConfigHeader::space), field("key", &KvConfigHeader::key));
  }
};

/// Answer to 101.
struct KvConfigResponseHeader {
  std::string_view value;

  static constexpr auto fields() {
    return std::tuple(optional_field("value", &KvConfigResponseHeader::value));
  }
};

/// GET_KVLIST_BY_NAMESPACE 219.
struct KvListHeader {
  std::string_view space;

  static constexpr auto fields() { return std::tuple(field("namespace", &KvListHeader::space)); }
};

/// WIPE_WRITE_PERM_OF_BROKER 205 and ADD_WRITE_PERM_OF_BROKER 327.
struct BrokerNameHeader {
  std::string_view broker_name;

  static constexpr auto fields() {
    return std::tuple(name_field("brokerName", &BrokerNameHeader::broker_name));
  }
};

/// Answer to 205.
struct WipeWritePermResponseHeader {
  std::int32_t wipe_topic_count = 0;

  static constexpr auto fields() {
    return std::tuple(field("wipeTopicCount", &WipeWritePermResponseHeader::wipe_topic_count));
  }
};

/// Answer to 327.
struct AddWritePermResponseHeader {
  std::int32_t add_topic_count = 0;

  static constexpr auto fields() {
    return std::tuple(field("addTopicCount", &AddWritePermResponseHeader::add_topic_count));
  }
};

/// DELETE_TOPIC_IN_NAMESRV 216.
struct DeleteTopicInNamesrvHeader {
  std::string_view topic;
  std::string_view cluster_name;

  static constexpr auto fields() {
    return std::tuple(name_field("topic", &DeleteTopicInNamesrvHeader::topic),
                      optional_field("clusterName", &DeleteTopicInNamesrvHeader::cluster_name));
  }
};

/// GET_TOPICS_BY_CLUSTER 224.
struct TopicsByClusterHeader {
  std::string_view cluster;

  static constexpr auto fields() {
    return std::tuple(name_field("cluster", &TopicsByClusterHeader::cluster));
  }
};

}  // namespace gantry::model::protocol
