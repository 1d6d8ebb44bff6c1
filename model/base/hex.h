#pragma once

#include <cstdint>
#include <cstring>

#include "model/base/bytes.h"

namespace gantry {

/// Writes a number as eight or sixteen upper-case hex digits; `to` has the room. Returns what follows them.
/// Eight digits at once: an answer to a batch has thousands of them.
inline char* put_hex(std::uint32_t number, char* to) {
  std::uint64_t digits = number;  // becomes one to a byte
  digits = (digits << 16 | digits) & 0x0000'FFFF'0000'FFFF;
  digits = (digits << 8 | digits) & 0x00FF'00FF'00FF'00FF;
  digits = (digits << 4 | digits) & 0x0F0F'0F0F'0F0F'0F0F;
  const std::uint64_t letters = (digits + 0x0606'0606'0606'0606) >> 4 & 0x0101'0101'0101'0101;
  const std::uint64_t text = big_endian(digits + 0x3030'3030'3030'3030 + letters * ('A' - '0' - 10));
  std::memcpy(to, &text, sizeof text);
  return to + sizeof text;
}

inline char* put_hex(std::uint64_t number, char* to) {
  to = put_hex(static_cast<std::uint32_t>(number >> 32), to);
  return put_hex(static_cast<std::uint32_t>(number), to);
}

}  // namespace gantry
