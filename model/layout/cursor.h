#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "model/base/bytes.h"

namespace gantry::model::layout {

/// Writes big-endian integers and bytes to memory that is there already and has the room; the append path
/// is too hot for a vector's own checks.
class Cursor {
 public:
  explicit Cursor(std::byte* at) : at_(at) {}
  void i16(std::int16_t v) { put(static_cast<std::uint16_t>(v)); }
  void i32(std::int32_t v) { put(static_cast<std::uint32_t>(v)); }
  void i64(std::int64_t v) { put(static_cast<std::uint64_t>(v)); }
  void u8(std::uint8_t v) { *at_++ = std::byte(v); }
  void skip(std::size_t bytes) { at_ += bytes; }
  void bytes(Bytes v) {
    if (!v.empty()) std::memcpy(at_, v.data(), v.size());
    at_ += v.size();
  }

 private:
  template <class U>
  void put(U v) {
    v = big_endian(v);
    std::memcpy(at_, &v, sizeof v);
    at_ += sizeof v;
  }
  std::byte* at_;
};

}  // namespace gantry::model::layout
