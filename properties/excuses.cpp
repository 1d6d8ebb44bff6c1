#include "properties/excuses.h"

#include <algorithm>

#include <fmt/format.h>

#include "properties/cluster/configured.h"
#include "properties/disturbances.h"

namespace gantry::properties {

namespace {

using cluster::Consumed;
using cluster::Instant;
using cluster::Limits;
using cluster::Loss;
using cluster::Outcome;
using cluster::Sent;
using cluster::Struck;
using sim::faults::Fault;
using sim::faults::Kind;

bool syncs_before_acknowledging(const cases::Case& c, const std::string& broker) {
  return cluster::configured(c, broker).flush_disk_type == "SYNC_FLUSH";
}

/// A disk that is slow, stalled or failing delays a sync, and a process that is paused or dead syncs nothing.
bool holds_a_sync_up(Kind kind) {
  return kind == Kind::pause || kind == Kind::process_kill || is_of_disk(kind);
}

/// For how much of [from, to] a fault kept this broker from syncing.
runtime::Duration held_up(const Outcome& outcome, const std::string& broker, Instant from, Instant to) {
  runtime::Duration all{};
  for (const Struck& struck : outcome.struck) {
    if (struck.fault.target != broker || !holds_a_sync_up(struck.fault.kind)) continue;
    const Instant begin = std::max(from, struck.begun), end = std::min(to, struck.ended);
    if (begin < end) all += end - begin;
  }
  return all;
}

/// The row for what a broker under ASYNC_FLUSH lost.
Row row_of(const Loss& loss) {
  return loss.cause == Kind::power_loss ? Row::async_power_loss : Row::async_failed_sync;
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
      return Excuse{loss.fault, row_of(loss), Harm::loss,
                    fmt::format("{} lost, not synced when {} forgot", sent.id, broker)};
  }
  return std::nullopt;
}

std::optional<Excuse> excuse_for_reuse(const cases::Case& c, const Outcome& outcome,
                                       const cluster::Place& place, Instant first, Instant second) {
  if (outcome.losses.empty() || syncs_before_acknowledging(c, place.broker)) return std::nullopt;
  for (const Loss& loss : outcome.losses)
    if (loss.broker == place.broker && first <= loss.until && loss.at <= second)
      return Excuse{
          loss.fault, row_of(loss), Harm::reuse,
          fmt::format("offset {} of {} queue {} given again", place.offset, place.broker, place.queue)};
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
    // A paused member may find it in its socket when the broker has long lost it: what counts is when it was
    // sent.
    const auto there = std::ranges::find(outcome.sent, consumed.id, &Sent::id);
    const Instant since = there == outcome.sent.end() ? consumed.at : std::min(there->begun, consumed.at);
    if (auto reused = excuse_for_reuse(c, outcome, consumed.place, since, sent->ended))
      return Excuse{
          reused->fault, reused->row, Harm::skip,
          fmt::format("{} not seen by {}, which was past offset {}", stored.id, group, stored.place.offset)};
  }
  return std::nullopt;
}

std::optional<Excuse> excuse_for_copy(const cases::Case& c, const Outcome& outcome, const Sent& sent,
                                      const std::string& broker) {
  const Limits& limits = outcome.limits;
  // The broker that was asked first may have left too little time for the answer of another.
  const bool hurried = !sent.acknowledged && sent.error == Errc::timed_out;
  for (const Struck& struck : outcome.struck)
    if (struck.begun <= sent.ended && plus(struck.ended, limits.silence) >= sent.begun &&
        (parts(c, struck.fault, sent.producer, broker) ||
         (hurried && disturbs_producer(c, struck.fault, sent.producer))))
      return Excuse{
          struck.fault.id, row_of(c, struck.fault), Harm::copy,
          fmt::format("{} at {} without its producer knowing: {}", sent.id, broker, text_of(struck.fault))};
  return std::nullopt;
}

std::optional<Excuse> excuse_for_refusal(const cases::Case& c, const Outcome& outcome, const Sent& sent) {
  // No fault makes a broker, or the producer itself, say this of a message.
  if (sent.error == Errc::invalid || sent.error == Errc::too_large || sent.error == Errc::denied)
    return std::nullopt;
  const auto excused = [&](std::int32_t fault, Row row, std::string_view why) {
    return Excuse{fault, row, Harm::refusal, fmt::format("{} not sent: {}", sent.id, why)};
  };
  const Limits& limits = outcome.limits;
  const Struck* cause = nullptr;  // the one that ended last
  for (const Struck& struck : outcome.struck)
    if (struck.begun <= sent.ended && sent.begun <= plus(struck.ended, limits.silence + limits.route) &&
        disturbs_producer(c, struck.fault, sent.producer) &&
        (cause == nullptr || cause->ended < struck.ended))
      cause = &struck;
  if (cause != nullptr) return excused(cause->fault.id, row_of(c, cause->fault), text_of(cause->fault));
  if (sent.begun <= Instant{} + limits.start) return excused(0, Row::start, "the cluster was starting");
  return std::nullopt;
}

}  // namespace gantry::properties
