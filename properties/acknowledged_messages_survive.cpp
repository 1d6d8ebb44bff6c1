// Claim:  a message whose producer saw SEND_OK is read back at the end from the place that the
//         acknowledgement named, with its body. With SYNC_FLUSH whatever happens; with ASYNC_FLUSH
//         unless its broker lost power, or its disk failed to sync, before the message had to be on
//         disk: that fault then excuses the loss (see excuses.h).
// Faults: all kinds; healed at the end. See docs/simulation.md, "What each mode promises".

#include <map>

#include <fmt/format.h>

#include "properties/claims.h"
#include "properties/excuses.h"

namespace gantry::properties {

namespace {

std::string place_text(const cluster::Place& p) {
  return fmt::format("{} {} queue {} offset {}", p.broker, p.topic, p.queue, p.offset);
}

}  // namespace

Violation acknowledged_messages_survive(const cases::Case& c, const cluster::Outcome& outcome) {
  std::map<cluster::Place, const cluster::Stored*> at;
  for (const auto& stored : outcome.stored) at.emplace(stored.place, &stored);
  for (const auto& sent : outcome.sent) {
    if (!sent.acknowledged || excuse_for_loss(c, sent)) continue;
    const auto found = at.find(sent.place);
    if (found == at.end())
      return fmt::format("{} was acknowledged at {} ms as {} and is not there", sent.id,
                         sent.ended.ns / 1'000'000, place_text(sent.place));
    if (found->second->id != sent.id)
      return fmt::format("{} was acknowledged at {} ms as {}, where {} lies now", sent.id,
                         sent.ended.ns / 1'000'000, place_text(sent.place), found->second->id);
    if (!found->second->intact)
      return fmt::format("{} came back damaged from {}", sent.id, place_text(sent.place));
  }
  return std::nullopt;
}

}  // namespace gantry::properties
