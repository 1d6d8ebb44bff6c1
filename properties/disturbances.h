#pragma once

#include <functional>
#include <string>

#include "properties/cases/case.h"
#include "properties/cluster/outcome.h"

namespace gantry::properties {

// Whom a fault can come between. These functions look at what a fault is about, and not at whether anything
// met it. A fault of a clock comes between nobody.

/// Whether the fault can come between this producer and that broker: it strikes one of the two, or the way
/// between them.
bool parts(const cases::Case& c, const sim::faults::Fault& fault, const std::string& producer,
           const std::string& broker);

/// Whether it can disturb what this producer, the brokers and the NameServers have to do with each other.
bool disturbs_producer(const cases::Case& c, const sim::faults::Fault& fault, const std::string& producer);

/// Whether it can disturb what the members of this group, the brokers and the NameServers have to do with
/// each other.
bool disturbs_group(const cases::Case& c, const sim::faults::Fault& fault, const std::string& group);

/// The fault in words: "power_loss of broker-a".
std::string text_of(const sim::faults::Fault& fault);

/// The instant that lies `time` after `at`. never() stays never().
cluster::Instant plus(cluster::Instant at, runtime::Duration time);

/// When, at the latest, something is done that was due at `due`. A fault that `matters` and begins before it
/// is done delays it until `rest` after the end of that fault.
cluster::Instant done_in_spite_of(const cluster::Outcome& outcome, cluster::Instant due,
                                  runtime::Duration rest,
                                  const std::function<bool(const sim::faults::Fault&)>& matters);

}  // namespace gantry::properties
