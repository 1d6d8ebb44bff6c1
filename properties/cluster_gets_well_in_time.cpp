// Claim:  after the last fault has ended and every node is up again, the cluster gets well within a time
//         that is the sum of the timers that it may have to wait for (Limits::settled in
//         properties/cluster/configured.h). It is well when everything that was to be sent has been sent,
//         every queue can be read, and routes, owners and consumption have converged.
// Faults: all kinds; healed at the end.
// Excuse: none.

#include <fmt/format.h>

#include "properties/claims.h"

namespace gantry::properties {

Violation cluster_gets_well_in_time(const cases::Case& c, const cluster::Outcome& outcome, Excuses&) {
  const auto ms = [&](cluster::Instant at) { return (at - outcome.healed).count() / 1'000'000; };
  if (outcome.settled) return std::nullopt;
  const std::string late = fmt::format("{} ms after everything had healed", ms(outcome.deadline));
  if (outcome.sent.size() != c.sends.size())
    return fmt::format("{} of {} sends had begun {}", outcome.sent.size(), c.sends.size(), late);
  for (const auto& [queue, why] : outcome.unread)
    return fmt::format("{} could not be read {}: {}", queue, late, why);
  if (!outcome.audited) return fmt::format("the queues could not be read back {}", late);
  const auto rest = not_converged(c, outcome);
  return fmt::format("{}: {}", late, rest.value_or("a send was still under way"));
}

}  // namespace gantry::properties
