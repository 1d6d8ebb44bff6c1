// When a group may see a message again: see excuse_for_redelivery() in excuses.h.
#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>
#include <vector>

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

bool is_consumer(const cases::Case& c, const std::string& machine) {
  return std::ranges::find(c.consumers, machine, &cases::ConsumerSpec::name) != c.consumers.end();
}

/// One group in the course of a run: who was a member, which queues there were, and who owned them.
class Group {
 public:
  Group(const cases::Case& c, const Outcome& outcome, const std::string& name, const std::string& topic)
      : outcome_(outcome), topic_(topic) {
    for (const auto& consumer : c.consumers)
      if (consumer.group == name) members_.insert(consumer.name);
    for (const auto& sent : outcome.sent)
      if (sent.acknowledged && sent.place.topic == topic)
        first_message_.try_emplace(sent.place.broker, sent.begun);
  }

  /// Everybody who ever joined, in words, and when: a member that started, or a broker that got its first
  /// message of the topic.
  std::vector<std::pair<Instant, std::string>> joins() const {
    std::vector<std::pair<Instant, std::string>> all;
    for (const auto& started : outcome_.started)
      if (members_.contains(started.machine)) all.emplace_back(started.at, started.machine + " joined");
    for (const auto& [broker, at] : first_message_) all.emplace_back(at, broker + " got the topic");
    return all;
  }

  /// The first time from `from` on, at most `limit`, at which the members agree: each queue has one owner,
  /// nobody has two more than another, and it stays so for `lasts`.
  Instant agreed(Instant from, Instant limit, runtime::Duration lasts) const {
    std::set<Instant> changes{from};
    const auto add = [&](Instant at) {
      if (from <= at) changes.insert(at);
    };
    for (const Taken& taken : outcome_.taken)
      if (taken.queue.topic == topic_ && members_.contains(taken.consumer)) add(taken.at), add(taken.until);
    for (const auto& started : outcome_.started)
      if (members_.contains(started.machine)) add(started.at), add(started.until);
    for (auto at = changes.begin(); at != changes.end() && *at < limit; ++at)
      if ((std::next(at) == changes.end() || plus(*at, lasts) < *std::next(at)) && agree_at(*at)) return *at;
    return limit;
  }

 private:
  bool agree_at(Instant at) const {
    std::map<std::string, std::size_t> owned;
    for (const auto& started : outcome_.started)
      if (members_.contains(started.machine) && started.at <= at && at < started.until)
        owned[started.machine] = 0;
    std::set<cluster::Queue> taken_queues;
    for (const Taken& taken : outcome_.taken) {
      if (taken.queue.topic != topic_ || at < taken.at || taken.until <= at) continue;
      const auto owner = owned.find(taken.consumer);
      if (owner == owned.end()) continue;
      ++owner->second;
      if (!taken_queues.insert(taken.queue).second) return false;
    }
    for (const cluster::Queue& queue : outcome_.queues) {
      const auto first = first_message_.find(queue.broker);
      const bool there = queue.topic == topic_ && first != first_message_.end() && first->second <= at;
      if (there && !taken_queues.contains(queue)) return false;
    }
    const auto [least, most] = std::ranges::minmax_element(owned, {}, [](const auto& m) { return m.second; });
    return owned.empty() || most->second <= least->second + 1;
  }

  const Outcome& outcome_;
  const std::string topic_;
  std::set<std::string> members_;
  std::map<std::string, Instant> first_message_;  // of the topic, by broker
};

/// Who joined the group before `taken`, if the members had not agreed since. Nothing if nobody did.
std::optional<std::string> joined(const cases::Case& c, const Outcome& outcome, const Consumed& again,
                                  const Limits& limits, Instant taken) {
  const Group group(c, outcome, again.group, again.place.topic);
  for (const auto& [at, who] : group.joins())
    if (at <= taken && taken <= group.agreed(at, plus(at, limits.assignment), limits.agreement)) return who;
  return std::nullopt;
}

/// Until when the members may disagree because of this fault. Whom a kill or a reset strikes, everybody knows
/// at once, and they agree again soon. What goes silent is believed in until the timers run out. A disk that
/// is slow or full says nothing to the members.
Instant settled_after(const Struck& struck, const Group& group, const Limits& limits) {
  using sim::faults::Kind;
  const Instant latest = plus(struck.ended, limits.silence + limits.membership + limits.assignment);
  switch (struck.fault.kind) {
    case Kind::disk_full:
    case Kind::disk_slow:
    case Kind::disk_stall: return struck.begun;
    case Kind::process_kill:
    case Kind::process_stop:
    case Kind::reset:
    case Kind::disk_error: return group.agreed(struck.ended, latest, limits.agreement);
    default: return latest;
  }
}

}  // namespace

std::optional<Excuse> excuse_for_redelivery(const cases::Case& c, const Outcome& outcome,
                                            const Consumed& before, const Consumed& again) {
  const Taken* const taken = taking_of(outcome, again);
  const Taken* const held = taking_of(outcome, before);
  if (taken == nullptr || held == nullptr || taken == held) return std::nullopt;
  const Limits& limits = outcome.limits;
  // A member that stops in order waits for its listeners, stores its offsets and says good-bye.
  const auto matters = [&](const sim::faults::Fault& fault) {
    const bool orderly = fault.kind == sim::faults::Kind::process_stop && is_consumer(c, fault.target);
    return !orderly && disturbs_group(c, fault, again.group);
  };
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

  // A listener that was at work when its process let go of the queue comes to an end in vain, however long it
  // takes until somebody takes the queue.
  const bool in_vain = let_go < before.ended;
  if (!in_vain && plus(consumed, limits.commit) < taken->at) return std::nullopt;
  const Instant disagreed = in_vain ? let_go : taken->at;
  if (auto who = joined(c, outcome, again, limits, disagreed)) return excused(0, Row::join, *who);
  const Group group(c, outcome, again.group, again.place.topic);
  for (const Struck& struck : outcome.struck)
    if (matters(struck.fault) && struck.begun <= disagreed &&
        disagreed <= settled_after(struck, group, limits))
      return excused_by(struck.fault);
  return std::nullopt;
}

}  // namespace gantry::properties
