#include "client/session/session.h"

#include <algorithm>

#include "model/message/names.h"
#include "runtime/log.h"

namespace gantry::client::session {

using model::protocol::RequestCode;
using runtime::Level;
using runtime::sync::Until;

Result<RoutePtr> Session::route(std::string_view topic, Instant deadline) {
  const auto known = routes_.find(topic);
  if (known != routes_.end() && known->second.template_queues == 0) return known->second.route;
  return look_up(topic, 0, deadline);
}

Result<RoutePtr> Session::route_to_send(std::string_view topic, std::int32_t queues_max, Instant deadline) {
  if (RoutePtr known = known_route(topic)) return known;
  auto asked = look_up(topic, 0, deadline);
  if (asked || asked.error().code != Errc::not_found) return asked;
  return look_up(topic, queues_max, deadline);
}

RoutePtr Session::known_route(std::string_view topic) const {
  const auto known = routes_.find(topic);
  return known == routes_.end() ? nullptr : known->second.route;
}

std::optional<Endpoint> Session::last_master(std::string_view broker) const {
  const auto known = masters_.find(broker);
  return known == masters_.end() ? std::nullopt : std::optional(known->second);
}

Result<RoutePtr> Session::refresh(std::string_view topic) {
  return look_up(topic, 0, Instant::never());
}

Result<RoutePtr> Session::look_up(std::string_view topic, std::int32_t template_queues, Instant deadline) {
  if (stopping()) return Error{Errc::stopped, "the client is stopped"};
  const LookUpKey key{topic, template_queues};
  std::shared_ptr<LookUp>& under_way = asking_[key];
  if (!under_way) {
    under_way = std::make_shared<LookUp>();
    // On a fiber of its own: whoever wants it first may also give up first.
    fibers_.spawn("client.look-up", [this, key] { finish_look_up(key); });
  }
  const std::shared_ptr<LookUp> asked = under_way;
  while (!asked->outcome)
    if (auto waited = asked->done.wait(runtime_.tasks, Until{deadline, &stop_}); !waited)
      return waited.error();
  return *asked->outcome;
}

void Session::finish_look_up(const LookUpKey& key) {
  const auto& [topic, template_queues] = key;
  auto route = template_queues == 0
                   ? ask_namesrvs(topic, topic, INT32_MAX)
                   : ask_namesrvs(topic, model::message::system_topic::auto_create, template_queues);
  if (route) route = learn(topic, *route, template_queues);
  const auto asked = asking_.extract(key);
  asked.mapped()->outcome = std::move(route);
  asked.mapped()->done.wake_all(runtime_.tasks);
}

Result<RoutePtr> Session::ask_namesrvs(std::string_view topic, std::string_view asked,
                                       std::int32_t queues_max) {
  Error last{Errc::unreachable, "no name server answered"};
  for (std::size_t attempt = 0; attempt < options_.namesrvs.size(); ++attempt) {
    const std::size_t chosen = namesrv_;
    auto route = ask_one(options_.namesrvs[chosen], topic, asked, queues_max);
    if (route || route.error().code == Errc::not_found || stopping()) return route;
    last = route.error();
    // Another fiber may have moved on meanwhile.
    if (namesrv_ == chosen) namesrv_ = (chosen + 1) % options_.namesrvs.size();
  }
  return last;
}

Result<RoutePtr> Session::ask_one(const Endpoint& namesrv, std::string_view topic, std::string_view asked,
                                  std::int32_t queues_max) {
  Command request = Command::request(RequestCode::get_routeinfo_by_topic);
  request.fields.set("topic", asked);
  request.fields.set("acceptStandardJsonOnly", true);
  auto answer = ask(namesrv, std::move(request));
  if (!answer) return answer.error();
  const auto data = model::protocol::read_body<model::route::TopicRouteData>(answer->body);
  if (!data) return data.error();
  return RoutePtr(std::make_shared<const TopicRoute>(make_route(topic, *data, queues_max)));
}

RoutePtr Session::learn(std::string_view topic, RoutePtr route, std::int32_t template_queues) {
  for (const auto& [name, replicas] : route->brokers)
    if (const auto master = route->master(name)) masters_[name] = *master;
  const auto known = routes_.find(topic);
  if (known == routes_.end()) {
    routes_.emplace(topic, Known{route, template_queues});
  } else {
    const bool changed = *known->second.route != *route;
    known->second.template_queues = template_queues;
    if (!changed) return known->second.route;
    known->second.route = route;
    if (route_changed_) route_changed_();
  }
  if (!not_greeted().empty()) {
    heartbeat_due_ = true;
    heartbeat_wake_.wake_all(runtime_.tasks);
  }
  return route;
}

void Session::refresh_loop() {
  const SessionTimers& timers = options_.timers;
  runtime::Duration pause = timers.route_refresh;
  runtime::Complaint not_refreshed;  // told once for as long as it lasts
  while (runtime::sync::sleep(runtime_.tasks, runtime_.clock, pause, &stop_)) {
    std::vector<std::string> topics;
    for (const auto& [topic, known] : routes_) topics.push_back(topic);
    pause = timers.route_refresh;
    for (const std::string& topic : topics) {
      const auto refreshed = refresh(topic);
      if (refreshed || refreshed.error().code == Errc::not_found || stopping()) continue;
      not_refreshed.raise(runtime_.events, Level::warn, "route of {} not refreshed: {}", topic,
                          refreshed.error());
      // A connection that was dead is gone now, and what it would have told is late already.
      pause = std::min(timers.route_refresh, timers.call_timeout);
    }
    if (pause == timers.route_refresh) not_refreshed.settle();
  }
}

}  // namespace gantry::client::session
