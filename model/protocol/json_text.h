#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// Eight characters of JSON text at a time; shared by the header scanner and the writers.
namespace gantry::model::protocol::json_text {

inline constexpr std::uint64_t ones = 0x0101'0101'0101'0101u;
inline constexpr std::uint64_t high_bits = ones << 7;

inline std::uint64_t load8(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// Marks the high bit of each character equal to `c`. Exact up to and including the first match.
inline std::uint64_t equal_to(std::uint64_t word, unsigned char c) {
  const std::uint64_t x = word ^ (ones * c);
  return (x - ones) & ~x & high_bits;
}

/// Marks characters below `c` (at most 0x80), exactly up to and including the first.
inline std::uint64_t below(std::uint64_t word, unsigned char c) {
  return (word - ones * c) & ~word & high_bits;
}

/// How many characters stand before the first marked one.
inline std::size_t first_of(std::uint64_t marks) {
  return static_cast<std::size_t>(std::countr_zero(marks)) / 8;
}

/// The first quote or backslash, or `end`.
inline const char* find_quote_or_escape(const char* at, const char* end) {
  for (; end - at >= 8; at += 8) {
    const std::uint64_t word = load8(at);
    if (const std::uint64_t marks = equal_to(word, '"') | equal_to(word, '\\')) return at + first_of(marks);
  }
  while (at != end && *at != '"' && *at != '\\') ++at;
  return at;
}

inline bool must_escape(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

/// Marks characters that JSON text cannot hold as they are, exactly up to and including the first.
inline std::uint64_t marks_to_escape(std::uint64_t word) {
  return equal_to(word, '"') | equal_to(word, '\\') | below(word, 0x20);
}

/// The first character that JSON text cannot hold as it is, or `end`.
inline const char* find_must_escape(const char* at, const char* end) {
  for (; end - at >= 8; at += 8) {
    if (const std::uint64_t marks = marks_to_escape(load8(at))) return at + first_of(marks);
  }
  while (at != end && !must_escape(*at)) ++at;
  return at;
}

/// Bytes that `text` takes when escaped; at most six for one.
inline std::size_t escaped_size(std::string_view text) {
  std::size_t size = text.size();
  const char* const end = text.data() + text.size();
  for (const char* at = find_must_escape(text.data(), end); at != end; at = find_must_escape(at + 1, end))
    size += 5;
  return size;
}

/// Writes `text` escaped to `to`, which has room for escaped_size() bytes; returns the end. Control
/// characters as \u00XX, but for those with a short form, as fastjson has it.
char* write_escaped(std::string_view text, char* to);

/// The value of four hex digits, or -1.
int hex4(const char* at);

/// Decodes one escape. `at` is behind the backslash and moves behind the escape; its text goes to
/// `to`, never longer than the escape was. A lone surrogate becomes U+FFFD. Returns the end of what
/// it wrote, or null for an escape that JSON does not have.
char* read_escape(const char*& at, const char* end, char* to);

/// Skips the array or object that starts at `at`: brackets match and quotes end, whatever else is
/// inside. Returns its end, or null when it has none or is nested deeper than `depth_max` (at most 64).
const char* skip_nested(const char* at, const char* end, int depth_max);

/// How deep an object that serves as a key may be nested; those of RocketMQ are flat.
inline constexpr int bare_key_depth_max = 8;

/// Characters of numbers, literals and keys that need no quotes.
inline bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '+' ||
         c == '.' || c == '_' || c == '$' || c == '%' || c == '@';
}

/// Whether a key reads back as itself without quotes: a word, or one whole object.
bool can_be_bare(std::string_view key);

}  // namespace gantry::model::protocol::json_text
