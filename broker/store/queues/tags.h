#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/layout/record.h"
#include "runtime/clock.h"

namespace gantry::broker::store::queues {

/// What a message's queue entry holds besides its place: the code of its tag, or in the schedule topic
/// the time in ms at which it is to be delivered. A function of the record and the configuration alone:
/// the same when the message is appended and when its queue is made again from the log. Upstream
/// CommitLog.checkMessageAndReturnSize.
std::int64_t tags_code_of(const model::layout::Record& record,
                          std::span<const runtime::Duration> delay_levels);

}  // namespace gantry::broker::store::queues
