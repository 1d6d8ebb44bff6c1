#pragma once

#include <functional>
#include <string>

#include "properties/cases/case.h"
#include "properties/cluster/outcome.h"

namespace gantry::properties {

/// Whom a fault can come between. All of these go by what the fault is about, not by whether anything met
/// it; faults of clocks come between nobody.

/// This producer and that broker: one of the two, or the way between them.
bool parts(const cases::Case& c, const sim::faults::Fault& fault, const std::string& producer,
           const std::string& broker);

/// This producer, the brokers and the NameServers.
bool disturbs_producer(const cases::Case& c, const sim::faults::Fault& fault, const std::string& producer);

/// A member of this group, the others, the brokers and the NameServers.
bool disturbs_group(const cases::Case& c, const sim::faults::Fault& fault, const std::string& group);

/// "power_loss of broker-a".
std::string text_of(const sim::faults::Fault& fault);

/// `at` so much later; never() stays.
cluster::Instant plus(cluster::Instant at, runtime::Duration time);

/// When, at the latest, something is done that was due at `due`, takes `rest` of peace once a fault has
/// ended, and waits for every fault of those that `matters` which begins before it is done.
cluster::Instant done_in_spite_of(const cluster::Outcome& outcome, cluster::Instant due,
                                  runtime::Duration rest,
                                  const std::function<bool(const sim::faults::Fault&)>& matters);

}  // namespace gantry::properties
