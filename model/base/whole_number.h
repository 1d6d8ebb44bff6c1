#pragma once

#include <charconv>
#include <cstdint>
#include <string>

namespace gantry {

/// A check for a command line: what is wrong with a text that should be a whole number, or nothing. Only
/// digits: command line libraries take `-1` for the largest number of all.
inline auto whole_number(std::uint64_t least = 0, std::uint64_t most = UINT64_MAX) {
  return [least, most](const std::string& text) -> std::string {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, wrong] = std::from_chars(text.data(), end, value);
    if (wrong == std::errc() && stop == end && value >= least && value <= most) return {};
    return "expected a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
           ", found " + text;
  };
}

}  // namespace gantry
