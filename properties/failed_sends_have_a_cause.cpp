// Claim:  a send fails only where a fault explains it. The excuse names that fault.
// Faults: all kinds.
// Excuse: refusal (docs/guarantees.md).

#include <fmt/format.h>

#include "properties/claims.h"

namespace gantry::properties {

Violation failed_sends_have_a_cause(const cases::Case& c, const cluster::Outcome& outcome, Excuses& excuses) {
  for (const auto& sent : outcome.sent) {
    if (sent.acknowledged || sent.ended == cluster::Instant::never()) continue;
    auto excuse = excuse_for_refusal(c, outcome, sent);
    if (!excuse)
      return fmt::format("{} was not sent by {} at {} ms ({}), and no fault explains it", sent.id,
                         sent.producer, sent.ended.ns / 1'000'000, sent.trouble);
    excuses.push_back(std::move(*excuse));
  }
  return std::nullopt;
}

}  // namespace gantry::properties
