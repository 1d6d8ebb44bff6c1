#pragma once

#include "broker/config/broker_config.h"
#include "broker/topics/topic_table.h"
#include "model/protocol/command.h"

namespace gantry::broker::registration {

/// REGISTER_BROKER with all topics that would survive a crash, and their version, as they are now. A part of
/// them under that version would keep a NameServer from ever taking the rest: it takes the topics of a
/// version once. The body is compressed when the configuration says so, or when no frame would hold it
/// otherwise. Errors: `too_large`, when no frame holds it even so.
Result<model::protocol::Command> report_of(const config::BrokerConfig& config,
                                           const topics::TopicTable& topics);
/// UNREGISTER_BROKER: the broker says good-bye.
model::protocol::Command farewell_of(const config::BrokerConfig& config);

}  // namespace gantry::broker::registration
