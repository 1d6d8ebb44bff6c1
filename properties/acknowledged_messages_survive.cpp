// Claim:  a message whose producer saw SEND_OK is read back at the end from the place that the
//         acknowledgement named, with its body. SYNC_FLUSH promises this whatever happens. ASYNC_FLUSH
//         promises it unless the broker's disk forgot the message before it had to be synced.
// Faults: all kinds; healed at the end.
// Excuse: loss (docs/guarantees.md).

#include <map>

#include <fmt/format.h>

#include "properties/claims.h"

namespace gantry::properties {

namespace {

std::string place_text(const cluster::Place& p) {
  return fmt::format("{} {} queue {} offset {}", p.broker, p.topic, p.queue, p.offset);
}

Violation is_there(const cluster::Sent& sent, const cluster::Stored* found) {
  const auto acknowledged = [&] {
    return fmt::format("{} was acknowledged at {} ms as {}", sent.id, sent.ended.ns / 1'000'000,
                       place_text(sent.place));
  };
  if (found == nullptr) return acknowledged() + " and is not there";
  if (found->id != sent.id) return fmt::format("{}, where {} lies now", acknowledged(), found->id);
  if (!found->intact) return acknowledged() + " and came back damaged";
  return std::nullopt;
}

}  // namespace

Violation acknowledged_messages_survive(const cases::Case& c, const cluster::Outcome& outcome,
                                        Excuses& excuses) {
  std::map<cluster::Place, const cluster::Stored*> at;
  for (const auto& stored : outcome.stored) at.emplace(stored.place, &stored);
  for (const auto& sent : outcome.sent) {
    if (!sent.acknowledged) continue;
    const auto found = at.find(sent.place);
    auto violation = is_there(sent, found == at.end() ? nullptr : found->second);
    if (!violation) continue;
    auto excuse = excuse_for_loss(c, outcome, sent);
    if (!excuse) return violation;
    excuses.push_back(std::move(*excuse));
  }
  return std::nullopt;
}

}  // namespace gantry::properties
