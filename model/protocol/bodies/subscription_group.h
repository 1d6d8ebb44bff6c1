#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "model/protocol/json_body.h"
#include "model/route/topic_config.h"

/// Consumer groups as a broker keeps them: config/subscriptionGroup.json, and codes 200 and 201.
namespace gantry::model::protocol::bodies {

/// What a group may do.
struct SubscriptionGroupConfig {
  std::int64_t broker_id = 0;  ///< whom a consumer that keeps up is sent to
  bool consume_broadcast_enable = true;
  bool consume_enable = true;
  bool consume_from_min_enable = true;
  std::string group_name;
  bool notify_consumer_ids_changed_enable = true;
  std::int32_t retry_max_times = 16;  ///< deliveries after the first before the dead letter topic
  std::int32_t retry_queue_nums = 1;
  std::int64_t which_broker_when_consume_slowly = 1;  ///< whom a consumer far behind is sent to

  friend bool operator==(const SubscriptionGroupConfig&, const SubscriptionGroupConfig&) = default;
  static constexpr auto json_members() {
    return std::tuple(
        json_member("brokerId", &SubscriptionGroupConfig::broker_id),
        json_member("consumeBroadcastEnable", &SubscriptionGroupConfig::consume_broadcast_enable),
        json_member("consumeEnable", &SubscriptionGroupConfig::consume_enable),
        json_member("consumeFromMinEnable", &SubscriptionGroupConfig::consume_from_min_enable),
        json_member("groupName", &SubscriptionGroupConfig::group_name),
        json_member("notifyConsumerIdsChangedEnable",
                    &SubscriptionGroupConfig::notify_consumer_ids_changed_enable),
        json_member("retryMaxTimes", &SubscriptionGroupConfig::retry_max_times),
        json_member("retryQueueNums", &SubscriptionGroupConfig::retry_queue_nums),
        json_member("whichBrokerWhenConsumeSlowly",
                    &SubscriptionGroupConfig::which_broker_when_consume_slowly));
  }
};

/// All groups of a broker; SubscriptionGroupWrapper.
struct SubscriptionGroupTable {
  route::DataVersion data_version;
  std::map<std::string, SubscriptionGroupConfig> groups;

  friend bool operator==(const SubscriptionGroupTable&, const SubscriptionGroupTable&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("dataVersion", &SubscriptionGroupTable::data_version),
                      json_member("subscriptionGroupTable", &SubscriptionGroupTable::groups));
  }
};

}  // namespace gantry::model::protocol::bodies
