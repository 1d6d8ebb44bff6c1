// Claim:  in each queue, what one producer sent one after the other lies in that order. A consumer sees
//         a queue's messages by ascending offset without a gap, beginning where it took the queue, and
//         nothing twice. Two exceptions need a fault that explains them: a copy that arrived late because
//         its producer had heard nothing and gone on, and a message that a group sees again because a
//         queue was taken from an earlier offset.
// Faults: all kinds; healed at the end. One listener call holds one message; calls begin in this order.
// Excuse: copy, redelivery (docs/guarantees.md).

#include <map>
#include <tuple>

#include <fmt/format.h>

#include "properties/claims.h"

namespace gantry::properties {

namespace {

std::string where(const cluster::Queue& q) {
  return fmt::format("{} {} queue {}", q.broker, q.topic, q.id);
}

Violation stored_as_sent(const cases::Case& c, const cluster::Outcome& outcome, Excuses& excuses) {
  std::map<std::string, std::size_t> turn;  // of each message, among all sends by their begin
  for (std::size_t i = 0; i < outcome.sent.size(); ++i) turn.emplace(outcome.sent[i].id, i);
  std::map<std::pair<cluster::Queue, std::string>, std::size_t> latest;  // per queue and producer
  for (const auto& stored : outcome.stored) {
    const auto known = turn.find(stored.id);
    if (known == turn.end()) continue;  // a phantom, which another claim reports
    const cluster::Sent& sent = outcome.sent[known->second];
    const auto [at, fresh] = latest.try_emplace({stored.place.in(), sent.producer}, known->second);
    if (fresh || at->second <= known->second) {
      at->second = known->second;
      continue;
    }
    const bool told = sent.acknowledged && sent.place == stored.place;
    auto excuse = told ? std::nullopt : excuse_for_copy(c, outcome, sent, stored.place.broker);
    if (!excuse)
      return fmt::format("{}: {} lies behind {}, which {} sent later", where(stored.place.in()), stored.id,
                         outcome.sent[at->second].id, sent.producer);
    excuses.push_back(std::move(*excuse));
  }
  return std::nullopt;
}

bool took(const cluster::Outcome& outcome, const cluster::Consumed& consumed, cluster::Instant after) {
  for (const auto& taken : outcome.taken)
    if (taken.consumer == consumed.consumer && taken.incarnation == consumed.incarnation &&
        taken.queue == consumed.place.in() && taken.offset == consumed.place.offset && after <= taken.at &&
        taken.at <= consumed.at)
      return true;
  return false;
}

/// Each incarnation of each consumer reads its queues without a jump.
Violation seen_in_order(const cluster::Outcome& outcome) {
  std::map<std::tuple<std::string, std::uint32_t, cluster::Queue>, const cluster::Consumed*> last;
  for (const auto& consumed : outcome.consumed) {
    const cluster::Consumed*& before = last[{consumed.consumer, consumed.incarnation, consumed.place.in()}];
    const bool next = before != nullptr && consumed.place.offset == before->place.offset + 1;
    if (!next && !took(outcome, consumed, before == nullptr ? cluster::Instant{} : before->at)) {
      const std::string after = before == nullptr
                                    ? std::string("at first")
                                    : fmt::format("after {} at offset {}", before->id, before->place.offset);
      return fmt::format("{} was given {} ({} offset {}) {}, and had not taken the queue there",
                         consumed.consumer, consumed.id, where(consumed.place.in()), consumed.place.offset,
                         after);
    }
    before = &consumed;
  }
  return std::nullopt;
}

Violation seen_once(const cases::Case& c, const cluster::Outcome& outcome, Excuses& excuses) {
  std::map<std::pair<std::string, cluster::Place>, const cluster::Consumed*> seen;  // by group
  for (const auto& again : outcome.consumed) {
    const cluster::Consumed*& before = seen[{again.group, again.place}];
    if (before != nullptr && before->id == again.id) {
      auto excuse = excuse_for_redelivery(c, outcome, *before, again);
      if (!excuse)
        return fmt::format("{} of {} was given {} ({} offset {}) at {} ms, which {} had been given at {} ms",
                           again.consumer, again.group, again.id, where(again.place.in()), again.place.offset,
                           again.at.ns / 1'000'000, before->consumer, before->at.ns / 1'000'000);
      excuses.push_back(std::move(*excuse));
    }
    before = &again;
  }
  return std::nullopt;
}

}  // namespace

Violation order_per_queue_is_kept(const cases::Case& c, const cluster::Outcome& outcome, Excuses& excuses) {
  if (auto violation = stored_as_sent(c, outcome, excuses)) return violation;
  if (auto violation = seen_in_order(outcome)) return violation;
  return seen_once(c, outcome, excuses);
}

}  // namespace gantry::properties
