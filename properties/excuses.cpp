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

}  // namespace

const cluster::Outcome::PowerLoss* excuse_for_loss(const cases::Case& c, const cluster::Outcome& outcome,
                                                   const cluster::Sent& sent) {
  if (syncs_before_acknowledging(c, sent.place.broker)) return nullptr;
  for (const auto& loss : outcome.power_losses)
    if (loss.broker == sent.place.broker && loss.at >= sent.begun) return &loss;
  return nullptr;
}

}  // namespace gantry::properties
