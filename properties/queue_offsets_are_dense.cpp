// Claim:  the offsets of every queue are dense from its first, in the order in which the log took
//         the messages (physical offset and store time ascend), and no offset that was acknowledged
//         ever stands for two messages.
// Faults: all kinds; healed at the end. Under ASYNC_FLUSH a loss of power may take acknowledged
//         messages back, and their offsets are given again: that fault then excuses it.

#include <map>

#include <fmt/format.h>

#include "properties/claims.h"
#include "properties/excuses.h"

namespace gantry::properties {

namespace {

Violation follows(const cluster::Stored& before, const cluster::Stored& after) {
  if (after.place.offset != before.place.offset + 1)
    return fmt::format("{} {} queue {}: offset {} is followed by {}", before.place.broker, before.place.topic,
                       before.place.queue, before.place.offset, after.place.offset);
  if (after.physical_offset <= before.physical_offset || after.store_timestamp < before.store_timestamp)
    return fmt::format("{} {} queue {}: {} at offset {} was stored before {} at offset {}",
                       before.place.broker, before.place.topic, before.place.queue, after.id,
                       after.place.offset, before.id, before.place.offset);
  return std::nullopt;
}

}  // namespace

Violation queue_offsets_are_dense(const cases::Case& c, const cluster::Outcome& outcome) {
  const cluster::Stored* before = nullptr;
  for (const auto& stored : outcome.stored) {  // queue by queue, in ascending order
    const bool same_queue = before != nullptr && before->place.broker == stored.place.broker &&
                            before->place.topic == stored.place.topic &&
                            before->place.queue == stored.place.queue;
    if (same_queue)
      if (auto violation = follows(*before, stored)) return violation;
    before = &stored;
  }
  std::map<cluster::Place, const cluster::Sent*> owner;
  for (const auto& sent : outcome.sent) {
    if (!sent.acknowledged) continue;
    const auto [at, fresh] = owner.emplace(sent.place, &sent);
    if (fresh) continue;
    if (!excuse_for_loss(c, *at->second))
      return fmt::format("{} and {} were both acknowledged as {} {} queue {} offset {}", at->second->id,
                         sent.id, sent.place.broker, sent.place.topic, sent.place.queue, sent.place.offset);
    at->second = &sent;
  }
  return std::nullopt;
}

}  // namespace gantry::properties
