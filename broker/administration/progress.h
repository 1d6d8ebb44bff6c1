#pragma once

#include <string>
#include <string_view>

#include "broker/config/broker_config.h"
#include "broker/membership/consumers.h"
#include "broker/offsets/consumer_offsets.h"
#include "broker/store/message_store.h"
#include "broker/topics/topic_table.h"
#include "model/delivery/refusal.h"
#include "model/protocol/bodies/lists.h"
#include "model/protocol/bodies/stats.h"

namespace gantry::broker::administration {

using model::delivery::Outcome;
using model::delivery::Refusal;

/// How far producers and consumers have come, for operators and their tools. All may suspend for the disk.
class Progress {
 public:
  /// What it refers to must outlive the service.
  Progress(const config::BrokerConfig& config, store::MessageStore& store, const topics::TopicTable& topics,
           const offsets::ConsumerOffsets& offsets, const membership::Consumers& consumers)
      : config_(config), store_(store), topics_(topics), offsets_(offsets), consumers_(consumers) {}

  /// The bounds of each queue of a topic, and when its last message was stored.
  Outcome<model::protocol::bodies::TopicStatsTable> of_topic(const std::string& topic);
  /// How far a group has consumed the topic, or with an empty name every topic that it has offsets in. A
  /// topic that an online group no longer wants is left out: it would show a lag for ever.
  model::protocol::bodies::ConsumeStats of_group(std::string_view group, const std::string& topic);
  /// The groups that consume a topic now, or have done so.
  model::protocol::bodies::GroupList groups_of(std::string_view topic) const;

 private:
  void add(std::string_view group, const std::string& topic, model::protocol::bodies::ConsumeStats& into);

  const config::BrokerConfig& config_;
  store::MessageStore& store_;
  const topics::TopicTable& topics_;
  const offsets::ConsumerOffsets& offsets_;
  const membership::Consumers& consumers_;
};

}  // namespace gantry::broker::administration
