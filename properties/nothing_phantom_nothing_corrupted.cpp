// Claim:  what is stored at the end, and what any listener was ever given, had been sent before, to
//         that topic, and is what was sent. A message lies at the one place that its producer was told.
//         There may be copies of it (a producer that hears nothing sends again, at most twice), but only
//         at a broker whose answer a fault kept from the producer.
// Faults: all kinds; healed at the end.
// Excuse: copy (docs/guarantees.md).

#include <map>
#include <set>

#include <fmt/format.h>
#include <gantry/producer_options.h>

#include "properties/claims.h"

namespace gantry::properties {

namespace {

const std::size_t copies_max = 1 + static_cast<std::size_t>(ProducerOptions{}.retries);

using Begun = std::map<std::string, const cluster::Sent*, std::less<>>;

/// What is wrong with a message that was found at `where`, or nothing.
Violation genuine(const Begun& begun, const std::string& id, const std::string& topic, bool intact,
                  const std::string& where) {
  const auto sent = begun.find(id);
  if (sent == begun.end()) return fmt::format("{} has `{}`, which nobody sent", where, id);
  if (!intact) return fmt::format("{} has {} damaged", where, id);
  if (sent->second->topic != topic)
    return fmt::format("{} has {}, which was sent to {}", where, id, sent->second->topic);
  return std::nullopt;
}

Violation copies(const cases::Case& c, const cluster::Outcome& outcome, const Begun& begun,
                 Excuses& excuses) {
  std::map<std::string, std::vector<const cluster::Stored*>> by_id;
  for (const auto& stored : outcome.stored) by_id[stored.id].push_back(&stored);
  for (const auto& [id, places] : by_id) {
    if (places.size() > copies_max)
      return fmt::format("{} is stored {} times, and a producer sends it at most {} times", id, places.size(),
                         copies_max);
    const cluster::Sent& sent = *begun.at(id);
    for (const cluster::Stored* const stored : places) {
      const cluster::Place& at = stored->place;
      if (sent.acknowledged && at == sent.place) continue;
      auto excuse = excuse_for_copy(c, outcome, sent, at.broker);
      if (!excuse)
        return fmt::format(
            "{} is stored at {} queue {} offset {}, its producer was not told so, and nothing was between "
            "the two",
            id, at.broker, at.queue, at.offset);
      excuses.push_back(std::move(*excuse));
    }
  }
  return std::nullopt;
}

}  // namespace

Violation nothing_phantom_nothing_corrupted(const cases::Case& c, const cluster::Outcome& outcome,
                                            Excuses& excuses) {
  Begun begun;
  for (const auto& sent : outcome.sent) begun.emplace(sent.id, &sent);
  for (const auto& stored : outcome.stored)
    if (auto violation = genuine(begun, stored.id, stored.place.topic, stored.intact,
                                 fmt::format("{} queue {} offset {}", stored.place.broker, stored.place.queue,
                                             stored.place.offset)))
      return violation;
  for (const auto& consumed : outcome.consumed) {
    if (auto violation =
            genuine(begun, consumed.id, consumed.place.topic, consumed.intact, consumed.consumer))
      return violation;
    if (consumed.at < begun.find(consumed.id)->second->begun)
      return fmt::format("{} was given {} before it was sent", consumed.consumer, consumed.id);
  }
  return copies(c, outcome, begun, excuses);
}

}  // namespace gantry::properties
