#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/protocol/field_reader.h"

/// Headers that a NameServer gets and sends. Texts are views: into the request that was read, or
/// into what the writer has. `write()` leaves out optional fields that are empty.
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

  static RegisterBrokerHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// What a slave learns of its master; both may be absent.
struct RegisterBrokerResponseHeader {
  std::string_view ha_server_addr;
  std::string_view master_addr;

  static RegisterBrokerResponseHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// UNREGISTER_BROKER 104 and QUERY_DATA_VERSION 322.
struct BrokerHeader {
  std::string_view broker_name;
  std::string_view broker_addr;
  std::string_view cluster_name;
  std::int64_t broker_id = 0;

  static BrokerHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// Whether the NameServer knows another version.
struct QueryDataVersionResponseHeader {
  bool changed = false;

  static QueryDataVersionResponseHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// GET_ROUTEINFO_BY_TOPIC 105.
struct RouteInfoHeader {
  std::string_view topic;
  bool accept_standard_json_only = false;

  static RouteInfoHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// PUT_KV_CONFIG 100.
struct PutKvConfigHeader {
  std::string_view space;
  std::string_view key;
  std::string_view value;

  static PutKvConfigHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// GET_KV_CONFIG 101 and DELETE_KV_CONFIG 102.
struct KvConfigHeader {
  std::string_view space;
  std::string_view key;

  static KvConfigHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// Answer to 101.
struct KvConfigResponseHeader {
  std::string_view value;

  static KvConfigResponseHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// GET_KVLIST_BY_NAMESPACE 219.
struct KvListHeader {
  std::string_view space;

  static KvListHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// WIPE_WRITE_PERM_OF_BROKER 205 and ADD_WRITE_PERM_OF_BROKER 327.
struct BrokerNameHeader {
  std::string_view broker_name;

  static BrokerNameHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// Answer to 205.
struct WipeWritePermResponseHeader {
  std::int32_t wipe_topic_count = 0;

  static WipeWritePermResponseHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// Answer to 327.
struct AddWritePermResponseHeader {
  std::int32_t add_topic_count = 0;

  static AddWritePermResponseHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// DELETE_TOPIC_IN_NAMESRV 216.
struct DeleteTopicInNamesrvHeader {
  std::string_view topic;
  std::string_view cluster_name;

  static DeleteTopicInNamesrvHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// GET_TOPICS_BY_CLUSTER 224.
struct TopicsByClusterHeader {
  std::string_view cluster;

  static TopicsByClusterHeader read(FieldReader& in);
  void write(Fields& to) const;
};

}  // namespace gantry::model::protocol
