#include "client/session/session.h"
#include "model/protocol/json_body.h"

namespace gantry::client::session {
namespace {

using model::protocol::RequestCode;
using runtime::sync::Until;

/// How soon a broker that did not take its heartbeat gets another.
constexpr Duration heartbeat_retry = 1s;

}  // namespace

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
  Instant next = runtime_.clock.now() + options_.timers.heartbeat_interval;
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
      next = runtime_.clock.now() + options_.timers.heartbeat_interval;
    } else {
      beat(not_greeted());
    }
    if (not_greeted().empty()) continue;
    // Not at once again: a broker that closes every connection must not make us spin.
    if (!runtime::sync::sleep(runtime_.tasks, runtime_.clock, heartbeat_retry, &stop_)) return;
    heartbeat_due_ = true;
  }
}

}  // namespace gantry::client::session
