#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/session/options.h"
#include "model/route/message_queue.h"
#include "model/route/topic_route.h"

namespace gantry::client::session {

using model::route::master_id;
using model::route::MessageQueue;

/// A topic as clients see it: where its queues are, for whom, and who serves them. A value; made from
/// what a name server answered and never changed.
struct TopicRoute {
  /// Broker name -> broker id -> address.
  std::map<std::string, std::map<std::int64_t, Endpoint>> brokers;
  /// Queues that take messages: writable ones of brokers whose master is there. By broker, then id.
  std::vector<MessageQueue> writable;
  /// Queues that give messages. Same order.
  std::vector<MessageQueue> readable;

  std::optional<Endpoint> address(std::string_view broker, std::int64_t id) const;
  std::optional<Endpoint> master(std::string_view broker) const { return address(broker, master_id); }
  /// That id, or when it is not there the lowest one: any replica can be read from.
  std::optional<Endpoint> replica(std::string_view broker, std::int64_t id) const;

  friend bool operator==(const TopicRoute&, const TopicRoute&) = default;
};

/// `write_queues_max` caps the queues of each broker, for a topic that is to be created from a
/// template: the broker will give it no more than that. Addresses that do not parse are left out.
TopicRoute make_route(std::string_view topic, const model::route::TopicRouteData& data,
                      std::int32_t write_queues_max);

}  // namespace gantry::client::session
