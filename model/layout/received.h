#pragma once

#include <vector>

#include "model/layout/record.h"
#include "model/message/message.h"

namespace gantry::model::layout {

/// The most that a compressed body is inflated to; above every limit that a broker has by default.
inline constexpr std::size_t inflated_bytes_max = 64u << 20;

/// The message in a record, its body inflated when it was compressed with zlib.
/// Errors: `invalid` (a damaged body, or one of a compression that we do not have), `too_large`.
Result<message::ReceivedMessage> received(const Record& record);

/// The messages of a pull's body, which is records back to back. Errors: those of read_record() and
/// received(), for the first record that is wrong.
Result<std::vector<message::ReceivedMessage>> read_records(Bytes body);

}  // namespace gantry::model::layout
