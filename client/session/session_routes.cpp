#include <fmt/format.h>

#include "client/session/session.h"
#include "model/message/names.h"

namespace gantry::client::session {

using model::protocol::RequestCode;
using runtime::Instant;
using runtime::Level;
using runtime::sync::Until;

Result<RoutePtr> Session::route(std::string_view topic) {
  const auto known = routes_.find(topic);
  if (known != routes_.end() && known->second.template_queues == 0) return known->second.route;
  auto asked = look_up(topic);
  if (asked) return learn(topic, *asked, 0);
  return asked;
}

Result<RoutePtr> Session::route_to_send(std::string_view topic, std::int32_t queues_max) {
  if (RoutePtr known = known_route(topic)) return known;
  auto asked = look_up(topic);
  if (asked) return learn(topic, *asked, 0);
  if (asked.error().code != Errc::not_found) return asked;
  asked = ask_namesrvs(topic, model::message::system_topic::auto_create, queues_max);
  if (asked) return learn(topic, *asked, queues_max);
  return asked;
}

RoutePtr Session::known_route(std::string_view topic) const {
  const auto known = routes_.find(topic);
  return known == routes_.end() ? nullptr : known->second.route;
}

Result<RoutePtr> Session::refresh(std::string_view topic) {
  auto asked = look_up(topic);
  if (asked) return learn(topic, *asked, 0);
  return asked;
}

Result<RoutePtr> Session::look_up(std::string_view topic) {
  // Many fibers may want the same new topic at once; one of them asks for all.
  while (asking_.contains(topic)) {
    if (auto waited = asked_.wait(runtime_.tasks, Until{Instant::never(), &stop_}); !waited)
      return waited.error();
    if (asking_.contains(topic)) continue;
    if (const auto known = routes_.find(topic); known != routes_.end() && known->second.template_queues == 0)
      return known->second.route;
  }
  asking_.emplace(topic);
  auto asked = ask_namesrvs(topic, topic, INT32_MAX);
  asking_.erase(asking_.find(topic));
  asked_.wake_all(runtime_.tasks);
  return asked;
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
  while (runtime::sync::sleep(runtime_.tasks, runtime_.clock, options_.route_refresh, &stop_)) {
    std::vector<std::string> topics;
    for (const auto& [topic, known] : routes_) topics.push_back(topic);
    for (const std::string& topic : topics) {
      const auto refreshed = refresh(topic);
      if (!refreshed && refreshed.error().code != Errc::not_found && !stopping())
        runtime_.events.log(Level::warn,
                            fmt::format("route of {} not refreshed: {} {}", topic,
                                        name_of(refreshed.error().code), refreshed.error().detail));
    }
  }
}

}  // namespace gantry::client::session
