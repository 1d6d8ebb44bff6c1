#include "properties/disturbances.h"

#include <algorithm>

#include <fmt/format.h>

namespace gantry::properties {

using cluster::Instant;
using cluster::Outcome;
using cluster::Struck;
using sim::faults::Fault;

namespace {

bool is_producer(const cases::Case& c, const std::string& machine) {
  return std::ranges::find(c.producers, machine, &cases::ProducerSpec::name) != c.producers.end();
}

bool is_consumer(const cases::Case& c, const std::string& machine) {
  return std::ranges::find(c.consumers, machine, &cases::ConsumerSpec::name) != c.consumers.end();
}

bool is_broker(const cases::Case& c, const std::string& machine) {
  return std::ranges::find(c.brokers, machine, &cases::BrokerSpec::name) != c.brokers.end();
}

/// Whether a fault strikes those who take part: its target does, and so does its peer if it has one. Only
/// brokers wait for their disks.
template <class TakesPart>
bool disturbs(const cases::Case& c, const Fault& fault, TakesPart takes_part) {
  if (is_of_clock(fault.kind) || !takes_part(fault.target)) return false;
  if (is_of_disk(fault.kind)) return is_broker(c, fault.target);
  return !is_of_link(fault.kind) || fault.peer.empty() || takes_part(fault.peer);
}

}  // namespace

bool parts(const cases::Case& c, const Fault& fault, const std::string& producer, const std::string& broker) {
  return disturbs(c, fault,
                  [&](const std::string& machine) { return machine == producer || machine == broker; });
}

bool disturbs_producer(const cases::Case& c, const Fault& fault, const std::string& producer) {
  return disturbs(c, fault, [&](const std::string& machine) {
    return machine == producer || (!is_producer(c, machine) && !is_consumer(c, machine));
  });
}

bool disturbs_group(const cases::Case& c, const Fault& fault, const std::string& group) {
  return disturbs(c, fault, [&](const std::string& machine) {
    const auto member = std::ranges::find(c.consumers, machine, &cases::ConsumerSpec::name);
    return member != c.consumers.end() ? member->group == group : !is_producer(c, machine);
  });
}

std::string text_of(const Fault& fault) {
  return fmt::format("{} of {}", name_of(fault.kind), fault.target);
}

Instant plus(Instant at, runtime::Duration time) {
  return at == Instant::never() ? at : at + time;
}

Instant done_in_spite_of(const Outcome& outcome, Instant due, runtime::Duration rest,
                         const std::function<bool(const Fault&)>& matters) {
  for (const Struck& struck : outcome.struck)  // by their begin
    if (struck.begun <= due && matters(struck.fault)) due = std::max(due, plus(struck.ended, rest));
  return due;
}

}  // namespace gantry::properties
