#pragma once

#include <memory>
#include <string>
#include <vector>

#include "broker/config/broker_config.h"
#include "broker/topic/topic_table.h"
#include "runtime/remoting/client.h"
#include "runtime/sync/task_group.h"

namespace gantry::broker::manager {

/// `host:port;host:port`; what is neither is left out.
std::vector<runtime::Endpoint> parse_addresses(std::string_view list);

/// Keeps all NameServers told who this broker is and which topics it has: at the start, every 30 s,
/// and when something changed. A NameServer that is away learns it with the next round.
class Registration {
 public:
  Registration(runtime::Runtime runtime, const config::BrokerConfig& config, topic::TopicTable& topics);
  ~Registration();  // stop() has returned, or the node is gone

  /// One round, then the rounds in the background.
  void start();
  /// Registers everything at all NameServers; suspends until each has answered or failed.
  void register_all();
  /// Registers only this topic, with the table's new version, as RocketMQ does after an admin's
  /// change. Suspends as register_all().
  void register_topic(const topic::TopicConfig& topic);
  /// A round in the background, as soon as possible. Never suspends.
  void soon();
  /// Takes this broker out of all NameServers and ends the background rounds.
  void stop();

 private:
  struct Round;
  model::protocol::Command registration(std::map<std::string, topic::TopicConfig> topics) const;
  void send(const model::protocol::Command& command, bool takes_order);
  void take_order_topics(const model::protocol::Command& answer);
  void work();

  runtime::Runtime runtime_;
  const config::BrokerConfig& config_;
  topic::TopicTable& topics_;
  runtime::remoting::Client client_;
  runtime::sync::TaskGroup fiber_;
  runtime::sync::WaitList wake_;
  bool due_ = false;
  bool stopping_ = false;
};

}  // namespace gantry::broker::manager
