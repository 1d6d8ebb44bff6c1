#include "client/bench/target.h"

#include <limits>
#include <map>
#include <string_view>

#include "client/session/options.h"
#include "client/session/topic_route.h"
#include "model/protocol/command.h"

namespace gantry::client::bench {

namespace {
using model::protocol::Command;
using model::protocol::RequestCode;
using model::protocol::ResponseCode;

std::string text_of(const Endpoint& endpoint) {
  return endpoint.host + ":" + std::to_string(endpoint.port);
}
std::string text_of(const Error& error) {
  return error.detail[0] != '\0' ? error.detail : std::string(name_of(error.code));
}

/// What one NameServer says about a topic; no targets when it does not know it.
Outcome<std::vector<Target>> ask(const Endpoint& namesrv, const Socket& socket, const Options& options,
                                 std::string_view topic, std::int32_t queues_max) {
  Command request = Command::request(RequestCode::get_routeinfo_by_topic);
  request.fields.set("topic", topic);
  const auto answer = exchange(socket, model::protocol::encode(request), options.timeout_s);
  if (!answer) return "NameServer " + text_of(namesrv) + ": " + text_of(answer.error());
  model::protocol::CommandView view;
  if (const auto decoded = decode(*answer, view); !decoded)
    return "NameServer " + text_of(namesrv) + ": " + text_of(decoded.error());
  if (view.code == static_cast<std::int32_t>(ResponseCode::topic_not_exist)) return std::vector<Target>();
  if (view.code != 0)
    return "NameServer " + text_of(namesrv) + " answered code " + std::to_string(view.code) + ": " +
           std::string(view.remark);

  const auto route = model::protocol::read_body<model::route::TopicRouteData>(view.body);
  if (!route) return "NameServer " + text_of(namesrv) + ": the route cannot be read";
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
  if (targets.empty()) return "topic " + std::string(topic) + " has no broker that takes messages now";
  return targets;
}

Outcome<std::vector<Target>> ask(const Endpoint& namesrv, const Options& options) {
  const auto socket = connect_to(namesrv, options.timeout_s);
  if (!socket) return "NameServer " + text_of(namesrv) + ": " + text_of(socket.error());
  auto targets = ask(namesrv, *socket, options, options.topic, std::numeric_limits<std::int32_t>::max());
  if (targets && targets->empty()) targets = ask(namesrv, *socket, options, "TBW102", options.queues);
  if (targets && targets->empty())
    return "topic " + options.topic +
           " does not exist, and no broker creates topics by a send: create it first";
  return targets;
}
}  // namespace

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
