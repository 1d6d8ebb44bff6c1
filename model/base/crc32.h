#pragma once

#include <cstdint>

#include "model/base/bytes.h"

namespace gantry {

/// CRC-32 as zlib, gzip and Java compute it (IEEE, reflected). `before` continues an earlier sum, so
/// that parts can be summed one after another.
std::uint32_t crc32(Bytes bytes, std::uint32_t before = 0);

/// The form in which RocketMQ keeps a sum: the lowest 31 bits, so that it is never negative.
inline std::int32_t crc32_31(Bytes bytes) {
  return static_cast<std::int32_t>(crc32(bytes) & 0x7FFF'FFFFu);
}

}  // namespace gantry
