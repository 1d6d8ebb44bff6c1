#include "properties/cluster/configured.h"

#include <algorithm>

#include <gantry/consumer_options.h>

#include "broker/namesrv/namesrv_config.h"
#include "model/base/invariant.h"

namespace gantry::properties::cluster {

using namespace std::chrono_literals;
using broker::config::BrokerConfig;

namespace {

// These have no key, and have none in RocketMQ.
constexpr Milliseconds client_expiry = 120s;  // a member without a heartbeat, see broker/broker.cpp
constexpr Milliseconds client_scan = 10s;
// The longest time after which the simulated TCP sends again; see sim/network/fabric.cpp.
constexpr Milliseconds retransmission = 20s;
// Enough for a sync and a few calls, on a disk and a network without faults; see sim/disk/device.h.
constexpr Milliseconds promptly = 500ms;

Milliseconds rounded(runtime::Duration time) {
  return std::chrono::duration_cast<Milliseconds>(time);
}

Milliseconds longest_listening(const cases::Case& c) {
  std::int64_t all = 0;
  for (const auto& consumer : c.consumers)
    all = std::max(all, consumer.listener_ms * static_cast<std::int64_t>(c.sends.size()));
  return Milliseconds(all);
}

}  // namespace

BrokerConfig configured(const cases::BrokerSpec& spec) {
  BrokerConfig config;
  // The machine is small, because the memory of the log's tail is searched after each crash. Messages are
  // small, too.
  config.memory_bytes = 128 << 20;
  config.max_message_size = 256 << 10;
  std::vector<broker::config::Property> properties;
  for (const auto& [key, value] : spec.config) properties.push_back({key, value, 0});
  const auto wrong = broker::config::bind(config).apply(properties);
  invariant(wrong.empty(), "a case holds only configuration that a broker takes: parse() has checked");
  return config;
}

BrokerConfig configured(const cases::Case& c, const std::string& broker) {
  const auto spec = std::ranges::find(c.brokers, broker, &cases::BrokerSpec::name);
  invariant(spec != c.brokers.end(), "the case has this broker");
  return configured(*spec);
}

Limits limits_of(const cases::Case& c, const std::string& broker) {
  const BrokerConfig config = configured(c, broker);
  const ConsumerOptions consumer;
  const SessionTimers session;
  const Milliseconds call = rounded(session.call_timeout);
  const Milliseconds rebalance = rounded(consumer.rebalance_interval) + 2 * call;
  // A registration over a connection that is half-open fails, the next one opens another.
  const Milliseconds registration = 2 * Milliseconds(config.register_name_server_period_ms) +
                                    Milliseconds(config.register_broker_timeout_ms);

  Limits limits{};
  limits.start = 2 * promptly;
  limits.log_sync = Milliseconds(config.flush_interval_commit_log_ms) + promptly;
  limits.commit = rounded(consumer.persist_interval) + call + promptly;
  limits.save = Milliseconds(config.flush_consumer_offset_interval_ms) + promptly;
  limits.commit_again = rounded(consumer.pull_timeout) + limits.commit;
  limits.silence = retransmission + call;
  limits.route = registration + rounded(session.route_refresh) + 2 * call;
  limits.membership = client_expiry + client_scan;
  limits.assignment = registration + rounded(session.route_refresh) + rounded(session.heartbeat_interval) +
                      2 * call + rebalance;
  // By then each has looked at the members and the routes once more.
  limits.agreement = rounded(consumer.rebalance_interval) + call;
  limits.noticed = std::max(rounded(consumer.pull_timeout), rounded(session.heartbeat_interval)) + call;
  // Either the routes or the list of members becomes known last. Then, at worst, a member takes the queue,
  // finds its offset illegal, takes the queue again, and its first pull gets no answer.
  limits.settled = limits.silence + std::max(limits.assignment, limits.membership + rebalance) +
                   rounded(consumer.illegal_offset_pause) + rebalance + rounded(consumer.pull_timeout) +
                   longest_listening(c);
  return limits;
}

Limits limits_of(const cases::Case& c) {
  Limits slowest = limits_of(c, c.brokers.front().name);
  for (const auto& broker : c.brokers)
    if (const Limits limits = limits_of(c, broker.name); limits.settled > slowest.settled) slowest = limits;
  return slowest;
}

Milliseconds serving_time(const cases::Case& c) {
  std::int64_t listening = 0;
  for (const auto& consumer : c.consumers) listening = std::max(listening, consumer.listener_ms);
  // For each topic a producer sends one probe to a queue of its choice, and one to each broker.
  const std::size_t probes = c.producers.size() * (1 + c.brokers.size());
  return 2 * promptly + Milliseconds(listening) * static_cast<std::int64_t>(probes);
}

// Each term stands for one timer: how often it goes off in the cluster, and how many entries that makes at
// most.
double idle_steps(const cases::Case& c, const std::set<Queue>& queues, Milliseconds window) {
  // A request and its answer are two segments, the fibers that wait for each, and a deadline that is
  // cancelled. Sometimes there is one more segment, because a write takes only a part.
  constexpr double request = 6;
  constexpr double wake_up = 2;  // of a loop that finds nothing to do
  const ConsumerOptions consumer;
  const SessionTimers session;
  const broker::namesrv::NamesrvConfig namesrv;
  std::set<std::string> groups;
  for (const auto& member : c.consumers) groups.insert(member.group);
  const auto brokers = static_cast<double>(c.brokers.size());
  const auto consumers = static_cast<double>(c.consumers.size());
  const double clients = consumers + static_cast<double>(c.producers.size());
  // Each group pulls from the queues of its topic, and from one queue of its retry topic at each broker.
  const double pulls = static_cast<double>(groups.size()) * (static_cast<double>(queues.size()) + brokers);

  double all = 0;
  const auto every = [&](auto interval, double events) {
    all +=
        events * (static_cast<double>(window.count()) / static_cast<double>(rounded(interval).count()) + 1);
  };
  for (const auto& spec : c.brokers) {
    const BrokerConfig config = configured(spec);
    every(Milliseconds(config.register_name_server_period_ms),
          request * static_cast<double>(c.namesrvs.size()));
    every(Milliseconds(config.flush_consumer_offset_interval_ms), wake_up);
    every(client_scan, wake_up);
  }
  every(namesrv.scan_period, wake_up * static_cast<double>(c.namesrvs.size()));
  every(consumer.hold, request * pulls);
  every(session.heartbeat_interval, request * clients * brokers);
  every(session.route_refresh, request * (clients + consumers));
  every(consumer.rebalance_interval, request * 2 * consumers);
  every(consumer.persist_interval, wake_up * consumers);
  // A member whose topic has no queue yet asks for its route more often.
  for (const auto& member : c.consumers)
    if (std::ranges::find(queues, member.topic, &Queue::topic) == queues.end())
      every(consumer.rebalance_retry_max, request);
  return all;
}

}  // namespace gantry::properties::cluster
