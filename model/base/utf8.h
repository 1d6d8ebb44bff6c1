#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gantry {

/// The code point at `at`, which is inside of `text` and moves behind it. A broken character counts
/// as U+FFFD, and takes its lead byte and those continuations that do belong to it.
std::uint32_t read_utf8(std::string_view text, std::size_t& at);

/// Whether all of it is UTF-8.
bool is_utf8(std::string_view text);
/// The same text, with U+FFFD for what is broken in it.
std::string to_utf8(std::string_view text);

/// The longest beginning of at most `bytes_max` bytes that cuts no character of UTF-8 apart.
std::string_view first_of_utf8(std::string_view text, std::size_t bytes_max);

/// Writes one code point, up to four bytes, and returns the end.
char* write_utf8(std::uint32_t code_point, char* to);

}  // namespace gantry
