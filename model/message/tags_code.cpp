#include "model/message/tags_code.h"

#include "model/base/utf8.h"

namespace gantry::model::message {

std::int32_t java_hash(std::string_view text) {
  std::uint32_t hash = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::uint32_t c = read_utf8(text, at);
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
