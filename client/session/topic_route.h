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

/// A topic as clients see it: where its queues are, for whom, and who serves them. A value, which is made
/// from what a name server answered and never changes.
struct TopicRoute {
  /// The address of each broker, by broker name and broker id.
  std::map<std::string, std::map<std::int64_t, Endpoint>> brokers;
  /// The queues that take messages: writable ones of brokers whose master is there. They ascend by broker
  /// and id.
  std::vector<MessageQueue> writable;
  /// The queues that give messages, in the same order.
  std::vector<MessageQueue> readable;

  /// Where the broker with that name and id is, if the route knows it.
  std::optional<Endpoint> address(std::string_view broker, std::int64_t id) const;
  /// Where the broker's master is, if the route knows it.
  std::optional<Endpoint> master(std::string_view broker) const { return address(broker, master_id); }
  /// Where the broker with that id is, or else the one with the lowest id: any replica can be read from.
  std::optional<Endpoint> replica(std::string_view broker, std::int64_t id) const;

  friend bool operator==(const TopicRoute&, const TopicRoute&) = default;
};

/// What a name server's answer means. `write_queues_max` caps the queues of each broker, for a topic that is
/// to be created from a template: the broker will give it no more than that. Addresses that do not parse are
/// left out.
TopicRoute make_route(std::string_view topic, const model::route::TopicRouteData& data,
                      std::int32_t write_queues_max);

}  // namespace gantry::client::session
