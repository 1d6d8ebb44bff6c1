#pragma once

#include <cstdint>

#include "model/base/bytes.h"
#include "model/base/result.h"

namespace gantry::client::message {

/// What a decompressed body may have at most; a larger one is refused instead of filling the memory.
inline constexpr std::size_t decompressed_bytes_max = 64u << 20;

/// Restores a body that a producer compressed; `type` is the compression bits of its sysFlag.
/// Errors: `invalid` (no such form, or damaged), `too_large`.
Result<Buffer> decompress(Bytes body, std::int32_t type);

}  // namespace gantry::client::message
