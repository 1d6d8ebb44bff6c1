#include "properties/excuses.h"

#include <algorithm>

namespace gantry::properties {

namespace {

using sim::faults::Fault;
using sim::faults::Kind;

bool syncs_before_acknowledging(const cases::Case& c, const std::string& broker) {
  for (const auto& spec : c.brokers)
    if (spec.name == broker) {
      const auto mode = spec.config.find("flushDiskType");
      return mode != spec.config.end() && mode->second == "SYNC_FLUSH";
    }
  return false;
}

bool loses_unsynced_bytes(const Fault& fault) {
  return fault.kind == Kind::power_loss || (fault.kind == Kind::disk_error && fault.part == "sync");
}

// ASYNC_FLUSH syncs every flushIntervalCommitLog (500 ms); RocketMQ promises it after 10 s at the latest
// (flushCommitLogThoroughInterval).
constexpr std::int64_t flush_window_ms = 10'000;

// A disk that is slow, stalled or failing holds the sync up, and a process that is paused or dead
// syncs nothing.
bool holds_the_sync_up(const Fault& fault) {
  return fault.kind == Kind::pause || fault.kind == Kind::process_kill ||
         name_of(fault.kind).starts_with("disk_");
}

std::int64_t ms_of(runtime::Instant at) {
  return at.ns / 1'000'000;
}

/// For how much of [from, to] something held the sync of this broker up.
std::int64_t held_up_ms(const cases::Case& c, const std::string& broker, std::int64_t from, std::int64_t to) {
  std::int64_t ms = 0;
  for (const Fault& fault : c.faults) {
    if (fault.target != broker || !holds_the_sync_up(fault)) continue;
    const std::int64_t begin = std::max(from, fault.anchor.at_ms);
    ms += std::max<std::int64_t>(0, std::min(to, fault.anchor.at_ms + fault.duration_ms) - begin);
  }
  return ms;
}

/// Whether this fault can have taken what its broker wrote between `begun` and `ended`. An event as
/// its anchor says nothing about the time.
bool can_take(const cases::Case& c, const Fault& fault, std::int64_t begun, std::int64_t ended) {
  if (!fault.anchor.event.empty()) return true;
  const std::int64_t at = fault.anchor.at_ms;
  if (at + fault.duration_ms < begun) return false;
  return at - ended - held_up_ms(c, fault.target, ended, at) <= flush_window_ms;
}

}  // namespace

std::optional<std::int32_t> excuse_for_loss(const cases::Case& c, const cluster::Sent& sent) {
  if (syncs_before_acknowledging(c, sent.place.broker)) return std::nullopt;
  for (const Fault& fault : c.faults)
    if (fault.target == sent.place.broker && loses_unsynced_bytes(fault) &&
        can_take(c, fault, ms_of(sent.begun), ms_of(sent.ended)))
      return fault.id;
  return std::nullopt;
}

std::optional<std::int32_t> excuse_for_skip(const cases::Case& c, const cluster::Outcome& outcome,
                                            const std::string& group, const cluster::Stored& stored) {
  const std::string& broker = stored.place.broker;
  if (syncs_before_acknowledging(c, broker)) return std::nullopt;
  const auto sent = std::ranges::find(outcome.sent, stored.id, &cluster::Sent::id);
  if (sent == outcome.sent.end()) return std::nullopt;
  for (const auto& consumed : outcome.consumed) {
    const bool same_queue = consumed.place.broker == broker && consumed.place.topic == stored.place.topic &&
                            consumed.place.queue == stored.place.queue;
    const bool went_past_before = consumed.group == group && same_queue && consumed.id != stored.id &&
                                  consumed.place.offset >= stored.place.offset && consumed.at < sent->ended;
    if (!went_past_before) continue;
    for (const Fault& fault : c.faults)
      if (fault.target == broker && loses_unsynced_bytes(fault) &&
          can_take(c, fault, ms_of(consumed.at), ms_of(consumed.at)))
        return fault.id;
  }
  return std::nullopt;
}

}  // namespace gantry::properties
