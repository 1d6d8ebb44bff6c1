#include "model/base/utf8.h"

namespace gantry {

namespace {

constexpr std::uint32_t malformed = 0xFFFD;

bool continues(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

}  // namespace

std::uint32_t read_utf8(std::string_view text, std::size_t& at) {
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

bool is_utf8(std::string_view text) {
  constexpr std::string_view written_malformed = "\xEF\xBF\xBD";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    if (read_utf8(text, at) == malformed && text.substr(begin, at - begin) != written_malformed) return false;
  }
  return true;
}

std::string to_utf8(std::string_view text) {
  std::string whole;
  for (std::size_t at = 0; at < text.size();) {
    char character[4];
    whole.append(character, write_utf8(read_utf8(text, at), character));
  }
  return whole;
}

std::string_view first_of_utf8(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && continues(text, end)) --end;
  return text.substr(0, end);
}

char* write_utf8(std::uint32_t c, char* to) {
  const auto put = [&to](std::uint32_t byte) { *to++ = static_cast<char>(static_cast<unsigned char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
  return to;
}

}  // namespace gantry
