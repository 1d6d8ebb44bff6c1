#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "properties/cases/case.h"
#include "properties/cluster/outcome.h"

namespace gantry::properties {

/// The fault record (its id) that excuses the loss of this acknowledged message, or nothing.
///
/// ASYNC_FLUSH acknowledges what the operating system has taken. So a message may be lost when its
/// broker loses power, or a sync of its log fails, after the send had begun and before the next
/// periodic sync after it must have ended. SYNC_FLUSH has no excuse.
std::optional<std::int32_t> excuse_for_loss(const cases::Case& c, const cluster::Sent& sent);

/// The fault record that excuses that `group` never saw this stored message, or nothing: its offset had
/// been given before, to a message that was lost and excused, and the group had gone past it. The
/// protocol has no epoch by which a consumer could tell the second message from the first.
std::optional<std::int32_t> excuse_for_skip(const cases::Case& c, const cluster::Outcome& outcome,
                                            const std::string& group, const cluster::Stored& stored);

}  // namespace gantry::properties
