#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/message/subscription.h"
#include "model/protocol/json_body.h"

/// What clients say of themselves in HEART_BEAT 34, and CHECK_CLIENT_CONFIG 46.
namespace gantry::model::protocol::bodies {

/// Who asks for messages: the application (pull) or the client (push).
enum class ConsumeType : std::uint8_t { consume_actively, consume_passively, consume_pop };
constexpr std::array<std::string_view, 3> json_names(ConsumeType) {
  return {"CONSUME_ACTIVELY", "CONSUME_PASSIVELY", "CONSUME_POP"};
}

/// Whether every member of a group gets every message, or one of them.
enum class MessageModel : std::uint8_t { broadcasting, clustering };
constexpr std::array<std::string_view, 2> json_names(MessageModel) {
  return {"BROADCASTING", "CLUSTERING"};
}

/// Where a group without offsets starts.
enum class ConsumeFromWhere : std::uint8_t {
  consume_from_last_offset,
  consume_from_last_offset_and_from_min_when_boot_first,
  consume_from_min_offset,
  consume_from_max_offset,
  consume_from_first_offset,
  consume_from_timestamp
};
constexpr std::array<std::string_view, 6> json_names(ConsumeFromWhere) {
  return {"CONSUME_FROM_LAST_OFFSET",  "CONSUME_FROM_LAST_OFFSET_AND_FROM_MIN_WHEN_BOOT_FIRST",
          "CONSUME_FROM_MIN_OFFSET",   "CONSUME_FROM_MAX_OFFSET",
          "CONSUME_FROM_FIRST_OFFSET", "CONSUME_FROM_TIMESTAMP"};
}

/// A producer group that this client is a member of.
struct ProducerData {
  std::string group_name;

  friend bool operator==(const ProducerData&, const ProducerData&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("groupName", &ProducerData::group_name));
  }
};

/// A consumer group that this client is a member of. The defaults are what C++ clients leave out.
struct ConsumerData {
  ConsumeFromWhere consume_from_where = ConsumeFromWhere::consume_from_last_offset;
  ConsumeType consume_type = ConsumeType::consume_passively;
  std::string group_name;
  MessageModel message_model = MessageModel::clustering;
  std::vector<message::SubscriptionData> subscriptions;
  bool unit_mode = false;

  friend bool operator==(const ConsumerData&, const ConsumerData&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("consumeFromWhere", &ConsumerData::consume_from_where),
                      json_member("consumeType", &ConsumerData::consume_type),
                      json_member("groupName", &ConsumerData::group_name),
                      json_member("messageModel", &ConsumerData::message_model),
                      json_member("subscriptionDataSet", &ConsumerData::subscriptions),
                      json_member("unitMode", &ConsumerData::unit_mode));
  }
};

/// Everything that a client is a member of; what it leaves out it is no member of any more.
struct HeartbeatData {
  std::string client_id;
  std::vector<ConsumerData> consumers;
  std::vector<ProducerData> producers;

  friend bool operator==(const HeartbeatData&, const HeartbeatData&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("clientID", &HeartbeatData::client_id),
                      json_member("consumerDataSet", &HeartbeatData::consumers),
                      json_member("producerDataSet", &HeartbeatData::producers));
  }
};

/// Asks whether a subscription with an expression other than tags can be served.
struct CheckClientConfig {
  std::string client_id;
  std::string group;
  message::SubscriptionData subscription;

  friend bool operator==(const CheckClientConfig&, const CheckClientConfig&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("clientId", &CheckClientConfig::client_id),
                      json_member("group", &CheckClientConfig::group),
                      json_member("subscriptionData", &CheckClientConfig::subscription));
  }
};

}  // namespace gantry::model::protocol::bodies
