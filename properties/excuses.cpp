#include "properties/excuses.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "properties/cluster/configured.h"

namespace gantry::properties {

namespace {

using cluster::Consumed;
using cluster::Instant;
using cluster::Limits;
using cluster::Loss;
using cluster::Milliseconds;
using cluster::Outcome;
using cluster::Sent;
using cluster::Struck;
using sim::faults::Fault;
using sim::faults::Kind;

bool syncs_before_acknowledging(const cases::Case& c, const std::string& broker) {
  return cluster::configured(c, broker).flush_disk_type == "SYNC_FLUSH";
}

Instant plus(Instant at, Milliseconds time) {
  return at == Instant::never() ? at : Instant{at.ns + runtime::Duration(time).count()};
}

/// A disk that is slow, stalled or failing holds a sync up, and a process that is paused or dead
/// syncs nothing.
bool holds_a_sync_up(Kind kind) {
  return kind == Kind::pause || kind == Kind::process_kill || name_of(kind).starts_with("disk_");
}

/// For how much of [from, to] something held the syncs of this broker up.
runtime::Duration held_up(const Outcome& outcome, const std::string& broker, Instant from, Instant to) {
  runtime::Duration all{};
  for (const Struck& struck : outcome.struck) {
    if (struck.fault.target != broker || !holds_a_sync_up(struck.fault.kind)) continue;
    const Instant begin = std::max(from, struck.begun), end = std::min(to, struck.ended);
    if (begin < end) all += end - begin;
  }
  return all;
}

std::string text_of(const Fault& fault) {
  return fmt::format("{} of {}", name_of(fault.kind), fault.target);
}

bool of_link(Kind kind) {
  switch (kind) {
    case Kind::cut:
    case Kind::cut_outgoing:
    case Kind::stall:
    case Kind::delay:
    case Kind::reset:
    case Kind::half_open: return true;
    default: return false;
  }
}

bool is_producer(const cases::Case& c, const std::string& machine) {
  return std::ranges::find(c.producers, machine, &cases::ProducerSpec::name) != c.producers.end();
}

bool is_consumer(const cases::Case& c, const std::string& machine) {
  return std::ranges::find(c.consumers, machine, &cases::ConsumerSpec::name) != c.consumers.end();
}

bool of_clock(Kind kind) {
  return kind == Kind::clock_step || kind == Kind::clock_drift;
}

/// Whether this fault can come between a member of this group, the others, the brokers and the NameServers.
bool disturbs_group(const cases::Case& c, const Fault& fault, const std::string& group) {
  const auto elsewhere = [&](const std::string& machine) {
    if (is_producer(c, machine)) return true;
    const auto consumer = std::ranges::find(c.consumers, machine, &cases::ConsumerSpec::name);
    return consumer != c.consumers.end() && consumer->group != group;
  };
  if (of_clock(fault.kind) || elsewhere(fault.target)) return false;
  return !of_link(fault.kind) || fault.peer.empty() || !elsewhere(fault.peer);
}

/// Whether this fault can come between this producer, the brokers and the NameServers.
bool disturbs_producer(const cases::Case& c, const Fault& fault, const std::string& producer) {
  const auto elsewhere = [&](const std::string& machine) {
    return is_consumer(c, machine) || (is_producer(c, machine) && machine != producer);
  };
  if (of_clock(fault.kind) || elsewhere(fault.target)) return false;
  return !of_link(fault.kind) || fault.peer.empty() || !elsewhere(fault.peer);
}

/// When the member of `again` began to pull the queue from there.
std::optional<Instant> taken_at(const Outcome& outcome, const Consumed& again) {
  std::optional<Instant> at;
  for (const auto& taken : outcome.taken)
    if (taken.consumer == again.consumer && taken.incarnation == again.incarnation &&
        taken.queue_id == again.place.queue && taken.offset <= again.place.offset && taken.at <= again.at)
      at = taken.at;
  return at;
}

/// Whether the offset of what was consumed at `consumed` could be kept from being committed or saved.
bool keeps_from_committing(const Struck& struck, const Limits& limits, Instant consumed, Instant taken) {
  const bool early = plus(consumed, limits.commit + limits.save) < struck.begun;
  const bool late = plus(struck.ended, limits.silence) < consumed;
  return !early && !late && struck.begun <= taken;
}

/// Whether the members may disagree at `taken` because of this.
bool unsettles(Instant begun, Instant ended, const Limits& limits, Instant taken) {
  return begun <= taken && taken <= plus(ended, limits.silence + limits.membership + limits.assignment);
}

/// When a member of the group, or a broker with the topic, was first there: it takes part from then on.
std::optional<std::string> joined(const cases::Case& c, const Outcome& outcome, const std::string& group,
                                  const cluster::Queue& queue, const Limits& limits, Instant taken) {
  const auto recent = [&](Instant at) { return at <= taken && taken <= plus(at, limits.assignment); };
  for (const auto& started : outcome.started) {
    const auto member = std::ranges::find(c.consumers, started.machine, &cases::ConsumerSpec::name);
    if (member != c.consumers.end() && member->group == group && started.incarnation == 1 &&
        recent(started.at))
      return started.machine + " joined";
  }
  std::map<std::string, Instant> first;  // message of the topic at each broker
  for (const Sent& sent : outcome.sent)
    if (sent.acknowledged && sent.place.topic == queue.topic)
      first.try_emplace(sent.place.broker, sent.begun);
  for (const auto& [broker, at] : first)
    if (recent(at)) return broker + " got the topic";
  return std::nullopt;
}

}  // namespace

std::optional<Excuse> excuse_for_loss(const cases::Case& c, const Outcome& outcome, const Sent& sent) {
  const std::string& broker = sent.place.broker;
  if (outcome.losses.empty() || syncs_before_acknowledging(c, broker)) return std::nullopt;
  const Limits limits = cluster::limits_of(c, broker);
  for (const Loss& loss : outcome.losses) {
    if (loss.broker != broker || loss.at < sent.begun || sent.physical_offset < loss.durable_end) continue;
    const runtime::Duration late = loss.at - sent.ended - held_up(outcome, broker, sent.ended, loss.at);
    if (late <= limits.log_sync)
      return Excuse{loss.fault, fmt::format("{} lost, not synced when {} forgot", sent.id, broker)};
  }
  return std::nullopt;
}

std::optional<Excuse> excuse_for_reuse(const cases::Case& c, const Outcome& outcome,
                                       const cluster::Place& place, Instant first, Instant second) {
  if (outcome.losses.empty() || syncs_before_acknowledging(c, place.broker)) return std::nullopt;
  for (const Loss& loss : outcome.losses)
    if (loss.broker == place.broker && first <= loss.until && loss.at <= second)
      return Excuse{loss.fault, fmt::format("offset {} of {} queue {} given again", place.offset,
                                            place.broker, place.queue)};
  return std::nullopt;
}

std::optional<Excuse> excuse_for_skip(const cases::Case& c, const Outcome& outcome, const std::string& group,
                                      const cluster::Stored& stored) {
  const std::string& broker = stored.place.broker;
  if (outcome.losses.empty() || syncs_before_acknowledging(c, broker)) return std::nullopt;
  const auto sent = std::ranges::find(outcome.sent, stored.id, &Sent::id);
  if (sent == outcome.sent.end()) return std::nullopt;
  for (const Consumed& consumed : outcome.consumed) {
    const bool went_past_before = consumed.group == group && consumed.place.in() == stored.place.in() &&
                                  consumed.id != stored.id && consumed.place.offset >= stored.place.offset;
    if (!went_past_before) continue;
    if (auto reused = excuse_for_reuse(c, outcome, consumed.place, consumed.at, sent->ended))
      return Excuse{reused->fault, fmt::format("{} not seen by {}, which was past offset {}", stored.id,
                                               group, stored.place.offset)};
  }
  return std::nullopt;
}

std::optional<Excuse> excuse_for_copy(const cases::Case& c, const Outcome& outcome, const Sent& sent,
                                      const std::string& broker) {
  const Limits limits = cluster::limits_of(c);
  for (const Struck& struck : outcome.struck)
    if (struck.begun <= sent.ended && plus(struck.ended, limits.silence) >= sent.begun &&
        disturbs_producer(c, struck.fault, sent.producer))
      return Excuse{struck.fault.id,
                    fmt::format("{} a second time at {}: {}", sent.id, broker, text_of(struck.fault))};
  return std::nullopt;
}

std::optional<Excuse> excuse_for_redelivery(const cases::Case& c, const Outcome& outcome,
                                            const Consumed& before, const Consumed& again) {
  const auto taken = taken_at(outcome, again);
  if (!taken) return std::nullopt;
  const Limits limits = cluster::limits_of(c);
  const Instant consumed = std::min(before.ended, *taken);  // never ended: it was being consumed
  const auto excused = [&](std::int32_t fault, std::string_view why) {
    return Excuse{fault, fmt::format("{} again to {} of {}: {}", again.id, again.consumer, again.group, why)};
  };
  for (const Struck& struck : outcome.struck)
    if (disturbs_group(c, struck.fault, again.group) &&
        keeps_from_committing(struck, limits, consumed, *taken))
      return excused(struck.fault.id, text_of(struck.fault));
  if (plus(consumed, limits.commit) < *taken) return std::nullopt;
  if (auto who = joined(c, outcome, again.group, again.place.in(), limits, *taken)) return excused(0, *who);
  for (const Struck& struck : outcome.struck)
    if (disturbs_group(c, struck.fault, again.group) && unsettles(struck.begun, struck.ended, limits, *taken))
      return excused(struck.fault.id, text_of(struck.fault));
  return std::nullopt;
}

}  // namespace gantry::properties
