#pragma once

#include <set>

#include "broker/config/broker_config.h"
#include "properties/cases/case.h"
#include "properties/cluster/outcome.h"

namespace gantry::properties::cluster {

/// The defaults of a broker with what its case says; who and where it is comes from the world.
broker::config::BrokerConfig configured(const cases::BrokerSpec& spec);
/// The same of the broker of that name, which the case has.
broker::config::BrokerConfig configured(const cases::Case& c, const std::string& broker);

/// In a cluster with this broker.
Limits limits_of(const cases::Case& c, const std::string& broker);
/// Of the slowest broker.
Limits limits_of(const cases::Case& c);

/// In a cluster where all is well and known to be so: from an acknowledgement until a listener of each group
/// has ended with the message, while producers send their probes.
Milliseconds serving_time(const cases::Case& c);

/// How many entries of the timeline a cluster without any work may take in so long.
double idle_steps(const cases::Case& c, const std::set<Queue>& queues, Milliseconds window);

}  // namespace gantry::properties::cluster
