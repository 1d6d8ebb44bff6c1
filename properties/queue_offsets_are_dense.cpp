// Claim:  the offsets of every queue are dense from 0, in the order in which the log took the messages
//         (physical offset and store time ascend). No offset that was acknowledged ever stands for two
//         messages, in whatever a producer was told or a consumer saw. Under ASYNC_FLUSH a fault may take
//         acknowledged messages back, and then their offsets are given again.
// Faults: all kinds; healed at the end.
// Excuse: reuse (docs/guarantees.md).

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "properties/claims.h"

namespace gantry::properties {

namespace {

std::string queue_text(const cluster::Place& p) {
  return fmt::format("{} {} queue {}", p.broker, p.topic, p.queue);
}

Violation follows(const cluster::Stored* before, const cluster::Stored& after) {
  const std::int64_t due = before == nullptr ? 0 : before->place.offset + 1;
  if (after.place.offset != due)
    return fmt::format("{}: offset {} stands where {} is due", queue_text(after.place), after.place.offset,
                       due);
  if (before != nullptr &&
      (after.physical_offset <= before->physical_offset || after.store_timestamp < before->store_timestamp))
    return fmt::format("{}: {} at offset {} was stored before {} at offset {}", queue_text(after.place),
                       after.id, after.place.offset, before->id, before->place.offset);
  return std::nullopt;
}

/// What somebody was told or shown to lie at a place.
struct Content {
  std::string id;
  cluster::Instant from, to;  ///< it was put there, or taken from there, within this time
};

using Contents = std::multimap<cluster::Place, Content>;

/// Everything that was acknowledged, and what consumers saw at the same places.
Contents contents_of_acknowledged(const cluster::Outcome& outcome) {
  Contents all;
  for (const auto& sent : outcome.sent)
    if (sent.acknowledged) all.emplace(sent.place, Content{sent.id, sent.begun, sent.ended});
  for (const auto& consumed : outcome.consumed) {
    const auto acknowledged = all.find(consumed.place);
    if (acknowledged == all.end() || acknowledged->second.id == consumed.id) continue;
    // A slow or paused member may have held it for long: it came there when it was sent.
    const auto sent = std::ranges::find(outcome.sent, consumed.id, &cluster::Sent::id);
    const cluster::Instant from =
        sent == outcome.sent.end() ? consumed.at : std::min(sent->begun, consumed.at);
    all.emplace(consumed.place, Content{consumed.id, from, consumed.at});
  }
  return all;
}

Violation stand_for_one(const cases::Case& c, const cluster::Outcome& outcome, Excuses& excuses) {
  const Contents all = contents_of_acknowledged(outcome);
  for (auto at = all.begin(); at != all.end(); ++at) {
    const auto next = std::next(at);
    if (next == all.end() || next->first != at->first || next->second.id == at->second.id) continue;
    const cluster::Instant from = std::min(at->second.from, next->second.from);
    const cluster::Instant to = std::max(at->second.to, next->second.to);
    auto excuse = excuse_for_reuse(c, outcome, at->first, from, to);
    if (!excuse)
      return fmt::format("{} offset {} was acknowledged, and is both {} (at {} ms) and {} (at {} ms)",
                         queue_text(at->first), at->first.offset, at->second.id, at->second.to.ns / 1'000'000,
                         next->second.id, next->second.to.ns / 1'000'000);
    excuses.push_back(std::move(*excuse));
  }
  return std::nullopt;
}

}  // namespace

Violation queue_offsets_are_dense(const cases::Case& c, const cluster::Outcome& outcome, Excuses& excuses) {
  const cluster::Stored* before = nullptr;
  for (const auto& stored : outcome.stored) {  // queue by queue, in ascending order
    const bool same_queue = before != nullptr && before->place.in() == stored.place.in();
    if (auto violation = follows(same_queue ? before : nullptr, stored)) return violation;
    before = &stored;
  }
  return stand_for_one(c, outcome, excuses);
}

}  // namespace gantry::properties
