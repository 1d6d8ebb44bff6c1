#include "model/protocol/json_text.h"

#include <algorithm>

#include "model/base/utf8.h"

namespace gantry::model::protocol::json_text {

namespace {

char short_escape(char c) {
  switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\t': return 't';
    case '\n': return 'n';
    case '\f': return 'f';
    case '\r': return 'r';
    default: return 0;
  }
}

char* write_escape(char c, char* to) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  *to++ = '\\';
  if (const char brief = short_escape(c)) {
    *to++ = brief;
    return to;
  }
  std::memcpy(to, "u00", 3);
  to[3] = digits[static_cast<unsigned char>(c) >> 4];
  to[4] = digits[static_cast<unsigned char>(c) & 15];
  return to + 5;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_high_surrogate(std::uint32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
bool is_low_surrogate(std::uint32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

}  // namespace

char* write_escaped(std::string_view text, char* to) {
  const char* at = text.data();
  const char* const end = at + text.size();
  // Each character takes at least a byte: whoever can read eight can write eight.
  while (end - at >= 8) {
    const std::uint64_t word = load8(at);
    std::memcpy(to, at, 8);
    const std::uint64_t marks = marks_to_escape(word);
    const std::size_t plain = marks == 0 ? 8 : first_of(marks);
    at += plain;
    to += plain;
    if (marks != 0) to = write_escape(*at++, to);
  }
  for (; at != end; ++at)
    if (must_escape(*at)) to = write_escape(*at, to);
    else *to++ = *at;
  return to;
}

int hex4(const char* at) {
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_digit(at[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

char* read_escape(const char*& at, const char* end, char* to) {
  if (at == end) return nullptr;
  const char kind = *at++;
  switch (kind) {
    case '"':
    case '\\':
    case '/': *to = kind; return to + 1;
    case 'b': *to = '\b'; return to + 1;
    case 'f': *to = '\f'; return to + 1;
    case 'n': *to = '\n'; return to + 1;
    case 'r': *to = '\r'; return to + 1;
    case 't': *to = '\t'; return to + 1;
    case 'u': break;
    default: return nullptr;
  }
  const int first = end - at >= 4 ? hex4(at) : -1;
  if (first < 0) return nullptr;
  at += 4;
  auto unit = static_cast<std::uint32_t>(first);
  if (is_high_surrogate(unit) && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
    const int second = hex4(at + 2);
    if (second >= 0 && is_low_surrogate(static_cast<std::uint32_t>(second))) {
      at += 6;
      return write_utf8(0x10000 + ((unit - 0xD800) << 10) + (static_cast<std::uint32_t>(second) - 0xDC00),
                        to);
    }
  }
  if (is_high_surrogate(unit) || is_low_surrogate(unit)) unit = 0xFFFD;
  return write_utf8(unit, to);
}

/// One bit per open bracket says which kind it is.
const char* skip_nested(const char* at, const char* end, int depth_max) {
  std::uint64_t objects = 0;
  int depth = 0;
  while (at != end) {
    const char c = *at++;
    if (c == '"') {
      at = find_quote_or_escape(at, end);
      while (at != end && *at == '\\' && end - at >= 2) at = find_quote_or_escape(at + 2, end);
      if (at == end || *at++ != '"') return nullptr;
    } else if (c == '{' || c == '[') {
      if (depth++ == depth_max) return nullptr;
      objects = objects << 1 | (c == '{' ? 1u : 0u);
    } else if (c == '}' || c == ']') {
      if (depth == 0 || (objects & 1) != (c == '}' ? 1u : 0u)) return nullptr;
      objects >>= 1;
      if (--depth == 0) return at;
    }
  }
  return nullptr;
}

bool can_be_bare(std::string_view key) {
  if (key.empty()) return false;
  const char* const end = key.data() + key.size();
  if (key.front() == '{') return skip_nested(key.data(), end, bare_key_depth_max) == end;
  return std::ranges::all_of(key, is_word);
}

}  // namespace gantry::model::protocol::json_text
