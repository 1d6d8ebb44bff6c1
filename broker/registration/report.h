#pragma once

#include "broker/config/broker_config.h"
#include "broker/topics/topic_table.h"
#include "model/protocol/command.h"

namespace gantry::broker::registration {

/// REGISTER_BROKER with all topics that would survive a crash, and their version, as they are now: a
/// NameServer takes the topics of a version once, so a part of them under that version would keep it from
/// ever taking the rest.
/// Compressed when the configuration says so, or when a frame would not hold it otherwise.
/// Errors: `too_large`, when no frame holds it.
Result<model::protocol::Command> report_of(const config::BrokerConfig& config,
                                           const topics::TopicTable& topics);
/// UNREGISTER_BROKER.
model::protocol::Command farewell_of(const config::BrokerConfig& config);

}  // namespace gantry::broker::registration
