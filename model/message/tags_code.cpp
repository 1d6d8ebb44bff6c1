#include "model/message/tags_code.h"

#include <cstddef>

namespace gantry::model::message {

namespace {

constexpr std::uint32_t malformed = 0xFFFD;

bool continues(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

/// How many bytes of a character are there and its code point; a broken one counts its lead byte and
/// the continuations that do belong to it.
std::uint32_t next_character(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
  };
  const std::uint32_t lead = byte(at++);
  if (lead < 0x80) return lead;
  if (lead < 0xC2 || lead > 0xF4) return malformed;
  const int more = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  std::uint32_t c = lead & (0x3Fu >> more);
  for (int i = 0; i < more; ++i) {
    if (!continues(text, at)) return malformed;
    const std::uint32_t b = byte(at);
    const bool overlong = i == 0 && ((lead == 0xE0 && b < 0xA0) || (lead == 0xF0 && b < 0x90));
    const bool outside = i == 0 && ((lead == 0xED && b >= 0xA0) || (lead == 0xF4 && b >= 0x90));
    if (overlong || outside) return malformed;
    c = c << 6 | (b & 0x3F);
    ++at;
  }
  return c;
}

}  // namespace

std::int32_t java_hash(std::string_view text) {
  std::uint32_t hash = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::uint32_t c = next_character(text, at);
    if (c >= 0x10000) {
      c -= 0x10000;
      hash = hash * 31 + (0xD800 + (c >> 10));
      c = 0xDC00 + (c & 0x3FF);
    }
    hash = hash * 31 + c;
  }
  return static_cast<std::int32_t>(hash);
}

}  // namespace gantry::model::message
