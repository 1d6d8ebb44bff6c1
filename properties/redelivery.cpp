// When a group may see a message again: see excuse_for_redelivery() in excuses.h.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "properties/disturbances.h"
#include "properties/excuses.h"

namespace gantry::properties {

namespace {

using cluster::Consumed;
using cluster::Instant;
using cluster::Limits;
using cluster::Outcome;
using cluster::Struck;
using cluster::Taken;

/// The taking of the queue through which the listener's process was given this message.
const Taken* taking_of(const Outcome& outcome, const Consumed& consumed) {
  const Taken* last = nullptr;
  for (const Taken& taken : outcome.taken)
    if (taken.consumer == consumed.consumer && taken.incarnation == consumed.incarnation &&
        taken.queue == consumed.place.in() && taken.offset <= consumed.place.offset &&
        taken.at <= consumed.at)
      last = &taken;
  return last;
}

/// Who joined the group shortly before `taken`, in words: a member that started for the first time, or a
/// broker that got its first message of the topic. Nothing if nobody did.
std::optional<std::string> joined(const cases::Case& c, const Outcome& outcome, const Consumed& again,
                                  const Limits& limits, Instant taken) {
  const auto recent = [&](Instant at) { return at <= taken && taken <= plus(at, limits.assignment); };
  for (const auto& started : outcome.started) {
    const auto member = std::ranges::find(c.consumers, started.machine, &cases::ConsumerSpec::name);
    if (member != c.consumers.end() && member->group == again.group && started.incarnation == 1 &&
        recent(started.at))
      return started.machine + " joined";
  }
  std::map<std::string, Instant> first;  // when each broker was sent its first message of the topic
  for (const auto& sent : outcome.sent)
    if (sent.acknowledged && sent.place.topic == again.place.topic)
      first.try_emplace(sent.place.broker, sent.begun);
  for (const auto& [broker, at] : first)
    if (recent(at)) return broker + " got the topic";
  return std::nullopt;
}

}  // namespace

std::optional<Excuse> excuse_for_redelivery(const cases::Case& c, const Outcome& outcome,
                                            const Consumed& before, const Consumed& again) {
  const Taken* const taken = taking_of(outcome, again);
  const Taken* const held = taking_of(outcome, before);
  if (taken == nullptr || held == nullptr || taken == held) return std::nullopt;
  const Limits& limits = outcome.limits;
  const auto matters = [&](const sim::faults::Fault& fault) { return disturbs_group(c, fault, again.group); };
  const auto excused = [&](std::int32_t fault, Row row, std::string_view why) {
    return Excuse{fault, row, Harm::redelivery,
                  fmt::format("{} again to {} of {}: {}", again.id, again.consumer, again.group, why)};
  };
  const auto excused_by = [&](const sim::faults::Fault& fault) {
    return excused(fault.id, row_of(c, fault), text_of(fault));
  };
  // A listener that did not end was consuming until its process let go of the queue.
  const Instant let_go = std::min(held->until, taken->at);
  const Instant consumed = std::min(before.ended, let_go);

  const auto saved = plus(consumed, limits.commit + limits.save);
  const Instant saved_at_last =
      done_in_spite_of(outcome, saved, limits.silence + limits.commit_again + limits.save, matters);
  if (let_go <= saved_at_last)
    for (const Struck& struck : outcome.struck)
      if (matters(struck.fault) && struck.begun <= std::min(saved_at_last, taken->at) &&
          consumed <= plus(struck.ended, limits.silence))
        return excused_by(struck.fault);

  if (plus(consumed, limits.commit) < taken->at) return std::nullopt;
  if (auto who = joined(c, outcome, again, limits, taken->at)) return excused(0, Row::join, *who);
  const auto unsettled = limits.silence + limits.membership + limits.assignment;
  for (const Struck& struck : outcome.struck)
    if (matters(struck.fault) && struck.begun <= taken->at && taken->at <= plus(struck.ended, unsettled))
      return excused_by(struck.fault);
  return std::nullopt;
}

}  // namespace gantry::properties
