#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/base/invariant.h"

namespace gantry {

/// Somebody else's bytes, to read. Valid as long as their owner says.
using Bytes = std::span<const std::byte>;
/// Bytes of our own.
using Buffer = std::vector<std::byte>;

inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Buffer to_buffer(Bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

/// An unsigned integer as it lies in memory when it is written big-endian, and back.
template <class U>
constexpr U big_endian(U v) {
  if constexpr (std::endian::native == std::endian::little) {
    if constexpr (sizeof(U) == 2) return __builtin_bswap16(v);
    if constexpr (sizeof(U) == 4) return __builtin_bswap32(v);
    if constexpr (sizeof(U) == 8) return __builtin_bswap64(v);
  }
  return v;
}

/// Appends big-endian integers and bytes, as everything on RocketMQ's wire and disk is written.
class ByteWriter {
 public:
  explicit ByteWriter(Buffer& into) : into_(into) {}

  void u8(std::uint8_t v) { put(v); }
  void i16(std::int16_t v) { put(static_cast<std::uint16_t>(v)); }
  void i32(std::int32_t v) { put(static_cast<std::uint32_t>(v)); }
  void i64(std::int64_t v) { put(static_cast<std::uint64_t>(v)); }
  void bytes(Bytes v) { into_.insert(into_.end(), v.begin(), v.end()); }
  void text(std::string_view v) { bytes(as_bytes(v)); }

  std::size_t size() const { return into_.size(); }
  /// Overwrites four bytes written earlier, as for a length that is known only at the end.
  void i32_at(std::size_t at, std::int32_t v) {
    invariant(at + 4 <= into_.size(), "i32_at() overwrites only what was written");
    for (int i = 3; i >= 0; --i, v >>= 8) into_[at + static_cast<std::size_t>(i)] = std::byte(v & 0xFF);
  }

 private:
  template <class U>
  void put(U v) {
    const std::size_t at = into_.size();
    into_.resize(at + sizeof(U));
    v = big_endian(v);
    std::memcpy(into_.data() + at, &v, sizeof v);
  }
  Buffer& into_;
};

/// Reads big-endian integers and bytes from the front. Never trusts a length: a read past the end
/// makes the reader bad and yields zero or nothing, so a decoder checks ok() once, at the end.
class ByteReader {
 public:
  explicit ByteReader(Bytes from) : rest_(from) {}

  std::uint8_t u8() { return get<std::uint8_t>(); }
  std::int16_t i16() { return static_cast<std::int16_t>(get<std::uint16_t>()); }
  std::int32_t i32() { return static_cast<std::int32_t>(get<std::uint32_t>()); }
  std::int64_t i64() { return static_cast<std::int64_t>(get<std::uint64_t>()); }
  /// The next `n` bytes, or nothing and a bad reader; a negative `n` is bad too.
  Bytes bytes(std::int64_t n) {
    if (n < 0 || static_cast<std::uint64_t>(n) > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const Bytes taken = rest_.first(static_cast<std::size_t>(n));
    rest_ = rest_.subspan(static_cast<std::size_t>(n));
    return taken;
  }
  std::string_view text(std::int64_t n) { return as_text(bytes(n)); }

  bool ok() const { return ok_; }
  Bytes rest() const { return rest_; }

 private:
  template <class U>
  U get() {
    const Bytes raw = bytes(sizeof(U));
    U v = 0;
    if (!raw.empty()) std::memcpy(&v, raw.data(), sizeof v);
    return big_endian(v);
  }
  Bytes rest_;
  bool ok_ = true;
};

}  // namespace gantry
