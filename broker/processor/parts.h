#pragma once

#include "broker/config/broker_config.h"
#include "broker/groups/group_table.h"
#include "broker/membership/consumers.h"
#include "broker/offsets/consumer_offsets.h"
#include "broker/processor/header.h"
#include "broker/pulling/pull_hold.h"
#include "broker/registration/registration.h"
#include "broker/statistics/statistics.h"
#include "broker/store/message_store.h"
#include "broker/topics/topic_table.h"
#include "runtime/remoting/channel.h"

namespace gantry::broker::processor {

using runtime::remoting::Channel;
using runtime::remoting::Responder;

/// The parts of one broker that its processors work on. The broker owns them; they outlive every
/// request.
struct Parts {
  runtime::Runtime runtime;
  config::BrokerConfig& config;
  store::MessageStore& store;
  topics::TopicTable& topics;
  groups::GroupTable& groups;
  offsets::ConsumerOffsets& offsets;
  membership::Consumers& consumers;
  membership::Producers& producers;
  registration::Registration& registration;
  statistics::Statistics& statistics;
};

inline Command no_room_for_topic() {
  return refuse(ResponseCode::system_error, "the broker has as many topics as it can keep");
}
/// For a group that is not there and was not created.
inline Command no_group(const Parts& parts, std::string_view group) {
  if (parts.groups.full())
    return refuse(ResponseCode::system_error, "the broker has as many subscription groups as it can keep");
  return refuse(ResponseCode::subscription_group_not_exist,
                "subscription group [" + std::string(group) + "] does not exist");
}

}  // namespace gantry::broker::processor
