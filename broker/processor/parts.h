#pragma once

#include "broker/config/broker_config.h"
#include "broker/longpolling/pull_hold.h"
#include "broker/manager/consumers.h"
#include "broker/manager/group_table.h"
#include "broker/manager/registration.h"
#include "broker/manager/statistics.h"
#include "broker/offset/consumer_offsets.h"
#include "broker/processor/header.h"
#include "broker/store/message_store.h"
#include "broker/topic/topic_table.h"
#include "runtime/remoting/responder.h"

namespace gantry::broker::processor {

using runtime::remoting::Channel;
using runtime::remoting::Responder;

/// The parts of one broker that its processors work on. The broker owns them; they outlive every
/// request.
struct Parts {
  runtime::Runtime runtime;
  config::BrokerConfig& config;
  store::MessageStore& store;
  topic::TopicTable& topics;
  manager::GroupTable& groups;
  offset::ConsumerOffsets& offsets;
  manager::Consumers& consumers;
  manager::Producers& producers;
  manager::Registration& registration;
  manager::Statistics& statistics;
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
