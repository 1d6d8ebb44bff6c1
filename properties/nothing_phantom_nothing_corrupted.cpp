// Claim:  what is stored at the end, and what any listener was ever given, had been sent before, to
//         that topic, and is what was sent. A message lies at one place; a further copy (a producer
//         that hears nothing sends again, at most twice) is excused by the fault that kept it from
//         hearing.
// Faults: all kinds; healed at the end.

#include <map>
#include <set>

#include <fmt/format.h>

#include "client/producer/producer.h"
#include "properties/claims.h"

namespace gantry::properties {

namespace {

const std::size_t copies_max = 1 + static_cast<std::size_t>(client::producer::ProducerOptions{}.retries);

using Sends = std::map<std::string, const cases::Send*, std::less<>>;
using Begun = std::map<std::string, const cluster::Sent*, std::less<>>;

/// What is wrong with a message that turned up at `where`.
Violation genuine(const Sends& sends, const Begun& begun, const std::string& id, const std::string& topic,
                  bool intact, const std::string& where) {
  const auto send = sends.find(id);
  if (send == sends.end() || !begun.contains(id))
    return fmt::format("{} has `{}`, which nobody sent", where, id);
  if (!intact) return fmt::format("{} has {} damaged", where, id);
  if (send->second->topic != topic)
    return fmt::format("{} has {}, which was sent to {}", where, id, send->second->topic);
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
    for (std::size_t i = 1; i < places.size(); ++i) {
      const cluster::Place& at = places[i]->place;
      auto excuse = excuse_for_copy(c, outcome, *begun.at(id), at.broker);
      if (!excuse)
        return fmt::format(
            "{} is stored twice, also at {} queue {} offset {}, and nothing had kept an answer "
            "from its producer",
            id, at.broker, at.queue, at.offset);
      excuses.push_back(std::move(*excuse));
    }
  }
  return std::nullopt;
}

}  // namespace

Violation nothing_phantom_nothing_corrupted(const cases::Case& c, const cluster::Outcome& outcome,
                                            Excuses& excuses) {
  Sends sends;
  for (const auto& send : c.sends) sends.emplace(send.id, &send);
  Begun begun;
  for (const auto& sent : outcome.sent) begun.emplace(sent.id, &sent);
  for (const auto& stored : outcome.stored)
    if (auto violation = genuine(sends, begun, stored.id, stored.place.topic, stored.intact,
                                 fmt::format("{} queue {} offset {}", stored.place.broker, stored.place.queue,
                                             stored.place.offset)))
      return violation;
  for (const auto& consumed : outcome.consumed) {
    if (auto violation =
            genuine(sends, begun, consumed.id, consumed.place.topic, consumed.intact, consumed.consumer))
      return violation;
    if (consumed.at < begun.find(consumed.id)->second->begun)
      return fmt::format("{} was given {} before it was sent", consumed.consumer, consumed.id);
  }
  return copies(c, outcome, begun, excuses);
}

}  // namespace gantry::properties
