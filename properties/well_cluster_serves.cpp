// Claim:  when everything has healed and the cluster is well again, it works: every probe that a producer
//         then sends, to each topic and to each broker that has it, is acknowledged. Each group of the
//         topic sees it at once where the group knows the queue already.
// Faults: all kinds; healed before.
// Excuse: none.

#include <map>

#include <fmt/format.h>

#include "properties/claims.h"
#include "properties/cluster/configured.h"

namespace gantry::properties {

namespace {

using cluster::Instant;

/// When each group finished each message for the first time.
std::map<std::pair<std::string, std::string>, Instant> finished(const cluster::Outcome& outcome) {
  std::map<std::pair<std::string, std::string>, Instant> all;
  for (const auto& consumed : outcome.consumed)
    if (consumed.ended != Instant::never()) all.try_emplace({consumed.group, consumed.id}, consumed.ended);
  return all;
}

}  // namespace

Violation well_cluster_serves(const cases::Case& c, const cluster::Outcome& outcome, Excuses&) {
  if (!outcome.settled) return std::nullopt;  // then cluster_gets_well_in_time fails
  const auto seen = finished(outcome);
  for (const auto& sent : outcome.sent) {
    if (!sent.probe) continue;
    const auto ms = [&](Instant at) { return (at - outcome.settled_at).count() / 1'000'000; };
    if (!sent.acknowledged)
      return fmt::format("{} of {} to {} failed {} ms after the cluster was well ({})", sent.id,
                         sent.producer, sent.topic, ms(sent.begun),
                         sent.trouble.empty() ? "no answer" : sent.trouble);
    if (!outcome.probed.contains(sent.place.in())) continue;
    const Instant due = sent.ended + cluster::serving_time(c);
    for (const auto& member : c.consumers) {
      if (member.topic != sent.topic) continue;
      const auto at = seen.find({member.group, sent.id});
      if (at == seen.end() || at->second > due)
        return fmt::format("{} had not seen {} ({} queue {} offset {}) {} ms after it was acknowledged",
                           member.group, sent.id, sent.place.broker, sent.place.queue, sent.place.offset,
                           (due - sent.ended).count() / 1'000'000);
    }
  }
  if (!outcome.served) return "not all probes were sent, or not everything converged again after them";
  return std::nullopt;
}

}  // namespace gantry::properties
