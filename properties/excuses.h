#pragma once

#include "properties/cases/case.h"
#include "properties/cluster/outcome.h"

namespace gantry::properties {

/// The loss of power that excuses the loss of this acknowledged message, or null: its broker
/// acknowledged without a sync (ASYNC_FLUSH), and lost power after the send had begun and before
/// its next periodic sync must have ended.
const cluster::Outcome::PowerLoss* excuse_for_loss(const cases::Case& c, const cluster::Outcome& outcome,
                                                   const cluster::Sent& sent);

}  // namespace gantry::properties
