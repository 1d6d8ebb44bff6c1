#pragma once

#include <set>

#include "broker/config/broker_config.h"
#include "properties/cases/case.h"
#include "properties/cluster/outcome.h"

namespace gantry::properties::cluster {

/// The defaults of a broker, changed by what its case says. The world adds who and where the broker is.
broker::config::BrokerConfig configured(const cases::BrokerSpec& spec);
/// The same for the broker of that name. The case must have it.
broker::config::BrokerConfig configured(const cases::Case& c, const std::string& broker);

/// The limits in a cluster in which every broker is configured like this one.
Limits limits_of(const cases::Case& c, const std::string& broker);
/// The limits of the slowest broker.
Limits limits_of(const cases::Case& c);

/// How long it takes from an acknowledgement until a listener of each group has finished the message, in a
/// cluster that is well and where everybody knows the routes, while producers send their probes.
Milliseconds serving_time(const cases::Case& c);

/// How many entries of the timeline a cluster without any work may take within `window`.
double idle_steps(const cases::Case& c, const std::set<Queue>& queues, Milliseconds window);

}  // namespace gantry::properties::cluster
