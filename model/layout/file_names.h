#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::model::layout {

/// Files of the commit log and of queues are named by the offset of their first byte, in 20 digits.
std::string file_name_of(std::uint64_t first_byte);
/// Nothing for a name that is not of that form.
std::optional<std::uint64_t> first_byte_of(std::string_view file_name);

}  // namespace gantry::model::layout
