#pragma once

#include <cstdint>
#include <string_view>

namespace gantry::model::message {

/// Java's String.hashCode of a text in UTF-8: over UTF-16 units, wrapping at 32 bits. Bytes that are
/// no UTF-8 count as U+FFFD, as Java's decoder has it.
std::int32_t java_hash(std::string_view text);

/// What a consume queue holds of a message's tag, and a filter compares; 0 without a tag.
inline std::int64_t tags_code(std::string_view tag) {
  return java_hash(tag);
}

}  // namespace gantry::model::message
