#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/message/subscription.h"
#include "model/protocol/bodies/heartbeat.h"
#include "model/protocol/json_body.h"

/// Who is connected: answers to 203, 204, 328 and 38.
namespace gantry::model::protocol::bodies {

/// A connected client. The language by its name, as upstream's LanguageCode has it.
struct Connection {
  std::string client_id;
  std::string client_addr;  ///< `ip:port`
  std::string language;
  std::int32_t version = 0;

  friend bool operator==(const Connection&, const Connection&) = default;
  static constexpr auto json_members() {
    return std::tuple(
        json_member("clientAddr", &Connection::client_addr), json_member("clientId", &Connection::client_id),
        json_member("language", &Connection::language), json_member("version", &Connection::version));
  }
};

/// A consumer group: its members and what it subscribes.
struct ConsumerConnection {
  std::vector<Connection> connections;
  ConsumeFromWhere consume_from_where = ConsumeFromWhere::consume_from_last_offset;
  ConsumeType consume_type = ConsumeType::consume_passively;
  MessageModel message_model = MessageModel::clustering;
  std::map<std::string, message::SubscriptionData> subscriptions;  ///< by topic

  friend bool operator==(const ConsumerConnection&, const ConsumerConnection&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("connectionSet", &ConsumerConnection::connections),
                      json_member("consumeFromWhere", &ConsumerConnection::consume_from_where),
                      json_member("consumeType", &ConsumerConnection::consume_type),
                      json_member("messageModel", &ConsumerConnection::message_model),
                      json_member("subscriptionTable", &ConsumerConnection::subscriptions));
  }
};

/// A producer group.
struct ProducerConnection {
  std::vector<Connection> connections;

  friend bool operator==(const ProducerConnection&, const ProducerConnection&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("connectionSet", &ProducerConnection::connections));
  }
};

/// A connected producer.
struct ProducerInfo {
  std::string client_id;
  std::string language;
  std::int64_t last_update_timestamp = 0;
  std::string remote_ip;  ///< `/ip:port`, as Java prints an address
  std::int32_t version = 0;

  friend bool operator==(const ProducerInfo&, const ProducerInfo&) = default;
  static constexpr auto json_members() {
    return std::tuple(
        json_member("clientId", &ProducerInfo::client_id), json_member("language", &ProducerInfo::language),
        json_member("lastUpdateTimestamp", &ProducerInfo::last_update_timestamp),
        json_member("remoteIP", &ProducerInfo::remote_ip), json_member("version", &ProducerInfo::version));
  }
};

/// All producers, by group.
struct ProducerTableInfo {
  std::map<std::string, std::vector<ProducerInfo>> data;

  friend bool operator==(const ProducerTableInfo&, const ProducerTableInfo&) = default;
  static constexpr auto json_members() { return std::tuple(json_member("data", &ProducerTableInfo::data)); }
};

/// Answer to GET_CONSUMER_LIST_BY_GROUP 38; never sent empty.
struct ConsumerIdList {
  std::vector<std::string> consumer_ids;

  friend bool operator==(const ConsumerIdList&, const ConsumerIdList&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("consumerIdList", &ConsumerIdList::consumer_ids));
  }
};

}  // namespace gantry::model::protocol::bodies
