#include "client/session/session.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/message/names.h"
#include "model/protocol/headers.h"

namespace gantry::client::session {
namespace {

using model::protocol::RequestCode;
using model::protocol::ResponseCode;
using runtime::Instant;
using runtime::Level;
using runtime::remoting::Client;
using runtime::sync::Until;

/// How soon a broker that did not take its heartbeat gets another.
constexpr Duration heartbeat_retry = 1s;

std::string make_client_id(const SessionOptions& options, runtime::Random& random) {
  if (!options.instance.empty()) return options.client_ip + "@" + options.instance;
  return fmt::format("{}@{:016X}", options.client_ip, random.draw("client.instance"));
}

/// Requests that were sent together and are waited for together.
struct Gathering {
  std::vector<Result<Command>> answers;
  std::size_t open = 0;
  runtime::sync::WaitList done;
};

}  // namespace

Error answer_error(std::int32_t response_code) {
  switch (static_cast<ResponseCode>(response_code)) {
    case ResponseCode::topic_not_exist: return {Errc::not_found, "TOPIC_NOT_EXIST"};
    case ResponseCode::query_not_found: return {Errc::not_found, "QUERY_NOT_FOUND"};
    case ResponseCode::subscription_group_not_exist: return {Errc::not_found, "SUBSCRIPTION_GROUP_NOT_EXIST"};
    case ResponseCode::no_permission: return {Errc::denied, "NO_PERMISSION"};
    case ResponseCode::system_busy: return {Errc::busy, "SYSTEM_BUSY"};
    case ResponseCode::flow_control: return {Errc::busy, "FLOW_CONTROL"};
    case ResponseCode::service_not_available: return {Errc::busy, "SERVICE_NOT_AVAILABLE"};
    case ResponseCode::message_illegal: return {Errc::invalid, "MESSAGE_ILLEGAL"};
    case ResponseCode::system_error: return {Errc::invalid, "SYSTEM_ERROR"};
    case ResponseCode::request_code_not_supported: return {Errc::invalid, "REQUEST_CODE_NOT_SUPPORTED"};
    default: return {Errc::invalid, "the answer has an unexpected code"};
  }
}

Session::Session(runtime::Runtime runtime, SessionOptions options, Describe describe, bool to_slaves)
    : runtime_(runtime),
      options_(std::move(options)),
      client_id_(make_client_id(options_, runtime_.random)),
      describe_(std::move(describe)),
      to_slaves_(to_slaves),
      stop_(runtime_.tasks),
      remoting_(runtime_),
      fibers_(runtime_.tasks) {
  invariant(!options_.namesrvs.empty(), "a client knows at least one name server");
  // Clients spread over the name servers instead of all leaning on the first.
  namesrv_ = runtime_.random.below("client.namesrv", options_.namesrvs.size());
  remoting_.on_close([this](const Endpoint& peer) {
    // The broker forgot us with that connection: it has to hear from us before the next pull.
    if (greeted_.contains(peer)) greet_again(peer);
  });
}

Session::~Session() = default;

void Session::start() {
  fibers_.spawn("client.routes", [this] { refresh_loop(); });
  fibers_.spawn("client.heartbeat", [this] { heartbeat_loop(); });
}

void Session::stop(std::string_view producer_group, std::string_view consumer_group) {
  if (stop_.cancelled()) return;
  stop_.cancel();
  std::vector<std::pair<Endpoint, Command>> requests;
  for (const Endpoint& broker : greeted_) {
    const model::protocol::UnregisterClientHeader header{client_id_, producer_group, consumer_group};
    requests.emplace_back(broker, request_with(RequestCode::unregister_client, header));
  }
  for (const auto& answer : ask_all(std::move(requests)))
    // A broker that does not answer drops us when the connection closes, in a moment.
    if (!answer) runtime_.events.probe("client.unregister-unanswered");
  remoting_.stop();
  const auto joined = fibers_.join();
  invariant(joined.has_value(), "a join without a deadline ends");
}

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

std::set<Endpoint> Session::targets() const {
  std::set<Endpoint> brokers;
  for (const auto& [topic, known] : routes_)
    for (const auto& [name, replicas] : known.route->brokers)
      for (const auto& [id, address] : replicas)
        if (id == master_id || to_slaves_) brokers.insert(address);
  return brokers;
}

std::set<Endpoint> Session::not_greeted() const {
  std::set<Endpoint> brokers = targets();
  std::erase_if(brokers, [&](const Endpoint& broker) { return greeted_.contains(broker); });
  return brokers;
}

void Session::heartbeat_all() {
  const std::set<Endpoint> brokers = targets();
  std::erase_if(greeted_, [&](const Endpoint& broker) { return !brokers.contains(broker); });
  beat(brokers);
}

void Session::beat(const std::set<Endpoint>& brokers) {
  model::protocol::bodies::HeartbeatData data = describe_();
  data.client_id = client_id_;
  const Buffer body = model::protocol::write_body(data);
  std::vector<std::pair<Endpoint, Command>> requests;
  for (const Endpoint& broker : brokers) {
    Command request = Command::request(RequestCode::heart_beat);
    request.body = body;
    requests.emplace_back(broker, std::move(request));
  }
  const auto answers = ask_all(std::move(requests));
  auto broker = brokers.begin();
  for (const auto& answer : answers) {
    if (answer) greeted_.insert(*broker);
    ++broker;
  }
}

void Session::greet_again(const Endpoint& broker) {
  greeted_.erase(broker);
  heartbeat_due_ = true;
  heartbeat_wake_.wake_all(runtime_.tasks);
}

void Session::heartbeat_loop() {
  Instant next = runtime_.clock.now() + options_.heartbeat_interval;
  heartbeat_due_ = !not_greeted().empty();
  while (!stopping()) {
    const bool all = runtime_.clock.now() >= next;
    if (!heartbeat_due_ && !all) {
      if (!heartbeat_wake_.wait(runtime_.tasks, Until{next, &stop_}) && stopping()) return;
      continue;
    }
    heartbeat_due_ = false;
    if (all) {
      heartbeat_all();
      next = runtime_.clock.now() + options_.heartbeat_interval;
    } else {
      beat(not_greeted());
    }
    if (not_greeted().empty()) continue;
    // Not at once again: a broker that closes every connection must not make us spin.
    if (!runtime::sync::sleep(runtime_.tasks, runtime_.clock, heartbeat_retry, &stop_)) return;
    heartbeat_due_ = true;
  }
}

Result<Command> Session::ask(const Endpoint& broker, Command request) {
  auto answer = remoting_.call(broker, std::move(request), runtime_.clock.now() + options_.call_timeout);
  if (!answer || answer->code == 0) return answer;
  return answer_error(answer->code);
}

std::vector<Result<Command>> Session::ask_all(std::vector<std::pair<Endpoint, Command>> requests) {
  auto gathering = std::make_shared<Gathering>();
  gathering->answers.assign(requests.size(), Error{Errc::timed_out});
  gathering->open = requests.size();
  const Instant deadline = runtime_.clock.now() + options_.call_timeout;
  std::size_t place = 0;
  for (auto& [broker, request] : requests) {
    remoting_.request(broker, std::move(request), deadline, [this, gathering, place](Result<Command> answer) {
      gathering->answers[place] =
          !answer || answer->code == 0 ? std::move(answer) : answer_error(answer->code);
      if (--gathering->open == 0) gathering->done.wake_all(runtime_.tasks);
    });
    ++place;
  }
  // Each of them has a deadline of its own.
  while (gathering->open > 0)
    if (!gathering->done.wait(runtime_.tasks, {})) break;
  return std::move(gathering->answers);
}

}  // namespace gantry::client::session
