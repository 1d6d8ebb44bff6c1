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

/// Runs a case. NameServers, brokers, producers and consumers are the classes of production, each on a
/// machine of its own, and sends and faults come at their times.
///
/// When the last fault has ended, the run waits until everything that must converge has converged, or until a
/// deadline that is computed from the configuration. Audits of every queue and route tell which. Then each
/// producer sends probes to every broker and topic, and each group has to see them. In the end the cluster is
/// left alone for a minute, and its steps are counted.
///
/// The same case gives the same outcome, hash included, in every build and process.
Outcome run(const cases::Case& c, const RunOptions& options = {});

}  // namespace gantry::properties::cluster
