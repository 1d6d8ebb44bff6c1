#pragma once

#include <cstdint>
#include <string>

#include "properties/cases/case.h"
#include "properties/cluster/outcome.h"
#include "sim/observer.h"

namespace gantry::properties::cluster {

struct RunOptions {
  sim::Observer* observer = nullptr;  ///< sees every event and log line while the case runs
};

/// Runs a case: NameServers, brokers, producers and consumers, each on a machine of its own, the
/// very classes of production; its sends and faults at their times. When the last has ended and
/// everything is healed, waits until all that must converge has converged (or a deadline computed from
/// the configuration), as an audit of every queue and route tells. Then each producer sends probes, to
/// every broker and topic, and each group has to see them; and in the end the cluster is left alone for
/// a minute, and what it does is counted.
///
/// The same case gives the same outcome, hash included, in every build and process.
Outcome run(const cases::Case& c, const RunOptions& options = {});

}  // namespace gantry::properties::cluster
