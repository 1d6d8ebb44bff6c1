#pragma once

#include <cstdint>
#include <string_view>

#include "broker/config/broker_config.h"
#include "broker/topics/announcer.h"
#include "broker/topics/topic_table.h"
#include "model/delivery/refusal.h"
#include "runtime/events.h"

namespace gantry::broker::administration {

using model::delivery::Outcome;
using model::delivery::Refusal;

/// The configuration of a broker that runs, as operators change it. A change holds until the broker stops.
class ConfigChanges {
 public:
  /// What it refers to must outlive the service.
  ConfigChanges(config::BrokerConfig& config, topics::TopicTable& topics, topics::Announcer& announcer,
                runtime::Events& events)
      : config_(config), topics_(topics), announcer_(announcer), events_(events) {}

  /// Takes all lines of a properties file, or none of them: only keys that may change while a broker runs,
  /// and are not in the black list, with values that they can have. May suspend until the NameServers know.
  Outcome<void> apply(std::string_view properties);
  /// How many times apply() has succeeded.
  std::int64_t count() const { return count_; }

 private:
  Outcome<void> check(const std::vector<config::Property>& wanted, const config::KeyTable& now) const;

  config::BrokerConfig& config_;
  topics::TopicTable& topics_;
  topics::Announcer& announcer_;
  runtime::Events& events_;
  std::int64_t count_ = 0;
};

}  // namespace gantry::broker::administration
