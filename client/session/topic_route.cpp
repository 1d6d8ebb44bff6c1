#include "client/session/topic_route.h"

#include <algorithm>

#include "model/route/topic_config.h"

namespace gantry::client::session {
namespace {

void add_queues(std::vector<MessageQueue>& into, std::string_view topic, const std::string& broker,
                std::int32_t count) {
  for (std::int32_t id = 0; id < count; ++id) into.push_back({std::string(topic), broker, id});
}

}  // namespace

std::optional<Endpoint> TopicRoute::address(std::string_view broker, std::int64_t id) const {
  const auto replicas = brokers.find(std::string(broker));
  if (replicas == brokers.end()) return std::nullopt;
  const auto found = replicas->second.find(id);
  if (found == replicas->second.end()) return std::nullopt;
  return found->second;
}

std::optional<Endpoint> TopicRoute::replica(std::string_view broker, std::int64_t id) const {
  if (const auto exact = address(broker, id)) return exact;
  const auto replicas = brokers.find(std::string(broker));
  if (replicas == brokers.end() || replicas->second.empty()) return std::nullopt;
  return replicas->second.begin()->second;
}

TopicRoute make_route(std::string_view topic, const model::route::TopicRouteData& data,
                      std::int32_t write_queues_max) {
  TopicRoute route;
  for (const auto& broker : data.broker_datas)
    for (const auto& [id, address] : broker.broker_addrs)
      if (const auto endpoints = parse_endpoints(address))
        route.brokers[broker.broker_name][id] = endpoints->front();

  for (const auto& queues : data.queue_datas) {
    if (model::route::permission::writable(queues.perm) && route.master(queues.broker_name))
      add_queues(route.writable, topic, queues.broker_name,
                 std::min(queues.write_queue_nums, write_queues_max));
    if (model::route::permission::readable(queues.perm))
      add_queues(route.readable, topic, queues.broker_name,
                 std::min(queues.read_queue_nums, write_queues_max));
  }
  std::ranges::sort(route.writable);
  std::ranges::sort(route.readable);
  return route;
}

}  // namespace gantry::client::session
