#pragma once

#include <chrono>
#include <set>

#include "broker/config/broker_config.h"
#include "properties/cases/case.h"
#include "properties/cluster/outcome.h"

namespace gantry::properties::cluster {

using Milliseconds = std::chrono::milliseconds;

/// The defaults of a broker with what its case says; who and where it is comes from the world.
broker::config::BrokerConfig configured(const cases::BrokerSpec& spec);
/// The same of the broker of that name, which the case has.
broker::config::BrokerConfig configured(const cases::Case& c, const std::string& broker);

/// How long things may take in a cluster in which nothing is broken (any more), each the sum of the
/// timers that it may have to wait for one after the other.
struct Limits {
  Milliseconds start;         ///< from nothing until all run, listen and are registered
  Milliseconds log_sync;      ///< ASYNC_FLUSH: from an acknowledgement to the sync that covers it
  Milliseconds commit;        ///< from the end of a listener to its offset being known to the broker
  Milliseconds commit_again;  ///< of an offset that the broker has forgotten: the next pull tells it
  Milliseconds save;          ///< from there to the broker's disk
  Milliseconds route;         ///< a producer knows all brokers of a topic, and whether it exists
  Milliseconds silence;       ///< what was sent into a silence that has ended arrives, or its sender gives up
  Milliseconds membership;    ///< a member that is lost without a word is no longer listed
  Milliseconds assignment;    ///< all members of a group know the routes, each other and their share
  Milliseconds noticed;       ///< whoever holds a connection that is silent for good has tried it in vain
  Milliseconds settled;       ///< everything has converged and everything is consumed
};
Limits limits_of(const cases::Case& c, const std::string& broker);
/// Of the slowest broker.
Limits limits_of(const cases::Case& c);

/// In a cluster where all is well and known to be so: from an acknowledgement until a listener of each group
/// has ended with the message, while producers send their probes.
Milliseconds serving_time(const cases::Case& c);

/// How many entries of the timeline a cluster without any work may take in so long.
double idle_steps(const cases::Case& c, const std::set<Queue>& queues, Milliseconds window);

}  // namespace gantry::properties::cluster
