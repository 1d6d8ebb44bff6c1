#include "client/bench/target.h"

#include <limits>
#include <map>
#include <string_view>

#include "client/session/options.h"
#include "client/session/topic_route.h"
#include "model/protocol/command.h"
#include "runtime/log.h"

namespace gantry::client::bench {

namespace {
using model::protocol::Command;
using model::protocol::RequestCode;
using model::protocol::ResponseCode;

/// What one NameServer says about a topic; no targets when it does not know it.
Outcome<std::vector<Target>> ask(const Endpoint& namesrv, const Socket& socket, const Options& options,
                                 std::string_view topic, std::int32_t queues_max) {
  Command request = Command::request(RequestCode::get_routeinfo_by_topic);
  request.fields.set("topic", topic);
  const auto answer = exchange(socket, model::protocol::encode(request), options.timeout_s);
  if (!answer) return trouble_with("NameServer", namesrv, answer.error());
  model::protocol::CommandView view;
  if (const auto decoded = decode(*answer, view); !decoded)
    return trouble_with("NameServer", namesrv, decoded.error());
  if (view.code == static_cast<std::int32_t>(ResponseCode::topic_not_exist)) return std::vector<Target>();
  if (view.code != 0)
    return fmt::format("NameServer {} answered code {}: {}", namesrv, view.code, view.remark);

  const auto route = model::protocol::read_body<model::route::TopicRouteData>(view.body);
  if (!route) return fmt::format("NameServer {}: the route cannot be read", namesrv);
  const session::TopicRoute known = session::make_route(options.topic, *route, queues_max);
  std::map<std::string, Target> by_broker;
  for (const auto& queue : known.writable) {
    const auto master = known.master(queue.broker_name);
    if (!master) continue;
    Target& target = by_broker[queue.broker_name];
    target.broker = *master;
    target.broker_name = queue.broker_name;
    target.queues.push_back(queue.queue_id);
  }
  std::vector<Target> targets;
  for (auto& [name, target] : by_broker) targets.push_back(std::move(target));
  if (targets.empty()) return fmt::format("topic {} has no broker that takes messages now", topic);
  return targets;
}

Outcome<std::vector<Target>> ask(const Endpoint& namesrv, const Options& options) {
  const auto socket = connect_to(namesrv, options.timeout_s);
  if (!socket) return trouble_with("NameServer", namesrv, socket.error());
  auto targets = ask(namesrv, *socket, options, options.topic, std::numeric_limits<std::int32_t>::max());
  if (targets && targets->empty()) targets = ask(namesrv, *socket, options, "TBW102", options.queues);
  if (targets && targets->empty())
    return fmt::format("topic {} does not exist, and no broker creates topics by a send: create it first",
                       options.topic);
  return targets;
}
}  // namespace

std::string trouble_with(std::string_view who, const Endpoint& where, const Error& why) {
  return fmt::format("{} {}: {}", who, where,
                     why.detail[0] != '\0' ? std::string_view(why.detail) : name_of(why.code));
}

Outcome<std::vector<Target>> find_targets(const Options& options) {
  const bool direct = !options.broker.empty();
  const auto endpoints = session::parse_endpoints(direct ? options.broker : options.namesrvs);
  if (!endpoints) return std::string(endpoints.error().detail);
  if (direct) {
    Target target{endpoints->front(), {}, {}};
    for (std::int32_t id = 0; id < options.queues; ++id) target.queues.push_back(id);
    return std::vector<Target>{target};
  }
  std::string trouble;
  for (const Endpoint& namesrv : *endpoints) {
    auto targets = ask(namesrv, options);
    if (targets) return targets;
    trouble += (trouble.empty() ? "" : "; ") + targets.error();
  }
  return trouble;
}

}  // namespace gantry::client::bench
