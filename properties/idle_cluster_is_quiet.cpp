// Claim:  a cluster that has settled and has nothing to do runs its timers and does nothing else: in a
//         window of time it takes no more entries of the timeline than its timers add up to (idle_steps()
//         in properties/cluster/configured.h). This claim finds whatever never stops retrying.
// Faults: all kinds; healed before.
// Excuse: none.

#include <fmt/format.h>

#include "properties/claims.h"
#include "properties/cluster/configured.h"

namespace gantry::properties {

Violation idle_cluster_is_quiet(const cases::Case& c, const cluster::Outcome& outcome, Excuses&) {
  if (!outcome.served) return std::nullopt;  // then other claims fail
  const double allowed = cluster::idle_steps(c, outcome.queues, cluster::Milliseconds(outcome.idle_ms));
  if (static_cast<double>(outcome.idle_steps) <= allowed) return std::nullopt;
  return fmt::format("{} steps in {} ms without work; its timers make at most {:.0f}", outcome.idle_steps,
                     outcome.idle_ms, allowed);
}

}  // namespace gantry::properties
