#include "model/layout/file_names.h"

#include <charconv>

namespace gantry::model::layout {

std::string file_name_of(std::uint64_t first_byte) {
  const std::string digits = std::to_string(first_byte);
  return std::string(20 - digits.size(), '0') + digits;
}

std::optional<std::uint64_t> first_byte_of(std::string_view file_name) {
  std::uint64_t value = 0;
  const char* const end = file_name.data() + file_name.size();
  const auto [stop, error] = std::from_chars(file_name.data(), end, value);
  if (file_name.size() != 20 || error != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace gantry::model::layout
