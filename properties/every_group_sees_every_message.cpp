// Claim:  once every fault has healed, each group sees every message that its topic holds at the end,
//         at least once and undamaged, within a time computed from the configuration. What the
//         listener was given had been sent, and is what was sent. Under ASYNC_FLUSH a group may miss a
//         message whose offset it had gone past before a fault took the first one there back.
// Faults: all kinds; healed at the end.

#include <set>

#include <fmt/format.h>

#include "properties/claims.h"
#include "properties/excuses.h"

namespace gantry::properties {

Violation every_group_sees_every_message(const cases::Case& c, const cluster::Outcome& outcome) {
  std::set<std::string> sent_ids;
  for (const auto& send : c.sends) sent_ids.insert(send.id);
  std::set<std::pair<std::string, std::string>> seen;  // group, id
  for (const auto& consumed : outcome.consumed) {
    if (!sent_ids.contains(consumed.id))
      return fmt::format("{} was given `{}`, which nobody sent", consumed.consumer, consumed.id);
    if (!consumed.intact) return fmt::format("{} was given {} damaged", consumed.consumer, consumed.id);
    seen.emplace(consumed.group, consumed.id);
  }
  for (const auto& [queue, why] : outcome.unread)
    return fmt::format("{} could not be read back after everything had healed: {}", queue, why);
  if (!outcome.audited) return "the queues could not be read back before the deadline";
  for (const auto& consumer : c.consumers)
    for (const auto& stored : outcome.stored)
      if (stored.place.topic == consumer.topic && !seen.contains({consumer.group, stored.id}) &&
          !excuse_for_skip(c, outcome, consumer.group, stored))
        return fmt::format("group {} never saw {} ({} queue {} offset {}), {} ms after the last fault",
                           consumer.group, stored.id, stored.place.broker, stored.place.queue,
                           stored.place.offset, (outcome.end.ns / 1'000'000) - c.quiet_from_ms());
  if (!outcome.settled) return "the cluster did not settle before its deadline";
  return std::nullopt;
}

}  // namespace gantry::properties
