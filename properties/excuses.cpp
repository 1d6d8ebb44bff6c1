#include "properties/excuses.h"

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
// (flushCommitLogThoroughInterval). A disk that is slow, stalled or failing holds the sync up for as long,
// and a process that is paused or dead syncs nothing.
bool holds_the_sync_up(const Fault& fault) {
  return fault.kind == Kind::pause || fault.kind == Kind::process_kill ||
         name_of(fault.kind).starts_with("disk_");
}

std::int64_t flush_window_ms(const cases::Case& c, const std::string& broker) {
  std::int64_t ms = 10'000;
  for (const Fault& fault : c.faults)
    if (fault.target == broker && holds_the_sync_up(fault)) ms += fault.duration_ms;
  return ms;
}

std::int64_t ms_of(runtime::Instant at) {
  return at.ns / 1'000'000;
}

/// A fault with an event as its anchor may have begun at any time.
bool may_have_begun_after(const Fault& fault, std::int64_t ms) {
  return !fault.anchor.event.empty() || fault.anchor.at_ms + fault.duration_ms >= ms;
}

}  // namespace

std::optional<std::int32_t> excuse_for_loss(const cases::Case& c, const cluster::Sent& sent) {
  const std::string& broker = sent.place.broker;
  if (syncs_before_acknowledging(c, broker)) return std::nullopt;
  for (const Fault& fault : c.faults) {
    if (fault.target != broker || !loses_unsynced_bytes(fault)) continue;
    const bool timed = fault.anchor.event.empty();
    if (timed && fault.anchor.at_ms - ms_of(sent.ended) > flush_window_ms(c, broker)) continue;
    if (may_have_begun_after(fault, ms_of(sent.begun))) return fault.id;
  }
  return std::nullopt;
}

std::optional<std::int32_t> excuse_for_skip(const cases::Case& c, const cluster::Outcome& outcome,
                                            const std::string& group, const cluster::Stored& stored) {
  if (syncs_before_acknowledging(c, stored.place.broker)) return std::nullopt;
  for (const auto& consumed : outcome.consumed) {
    const bool went_past = consumed.group == group && consumed.place.broker == stored.place.broker &&
                           consumed.place.topic == stored.place.topic &&
                           consumed.place.queue == stored.place.queue &&
                           consumed.place.offset >= stored.place.offset;
    if (!went_past) continue;
    for (const Fault& fault : c.faults)
      if (fault.target == stored.place.broker && loses_unsynced_bytes(fault) &&
          may_have_begun_after(fault, ms_of(consumed.at)))
        return fault.id;
  }
  return std::nullopt;
}

}  // namespace gantry::properties
