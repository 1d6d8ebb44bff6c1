#include "properties/excuses.h"

namespace gantry::properties {

namespace {

bool syncs_before_acknowledging(const cases::Case& c, const std::string& broker) {
  for (const auto& spec : c.brokers)
    if (spec.name == broker) {
      const auto mode = spec.config.find("flushDiskType");
      return mode != spec.config.end() && mode->second == "SYNC_FLUSH";
    }
  return false;
}

// ASYNC_FLUSH syncs every flushIntervalCommitLog (500 ms); RocketMQ promises it after 10 s at the latest
// (flushCommitLogThoroughInterval). A disk that is slow, stalled or failing holds the sync up for as long.
std::int64_t flush_window_ns(const cases::Case& c, const std::string& broker) {
  std::int64_t ms = 10'000;
  for (const auto& fault : c.faults)
    if (fault.target == broker && name_of(fault.kind).starts_with("disk_")) ms += fault.duration_ms;
  return ms * 1'000'000;
}

}  // namespace

const cluster::Outcome::PowerLoss* excuse_for_loss(const cases::Case& c, const cluster::Outcome& outcome,
                                                   const cluster::Sent& sent) {
  if (syncs_before_acknowledging(c, sent.place.broker)) return nullptr;
  const std::int64_t window = flush_window_ns(c, sent.place.broker);
  for (const auto& loss : outcome.power_losses)
    if (loss.broker == sent.place.broker && loss.at >= sent.begun && loss.at.ns - sent.ended.ns <= window)
      return &loss;
  return nullptr;
}

}  // namespace gantry::properties
