#include "broker/processor/stored_properties.h"

#include <initializer_list>

#include "model/message/properties.h"
#include "model/protocol/field_reader.h"

namespace gantry::broker::processor {
namespace {

namespace property_name = model::message::property_name;

/// Behind the others of the message, which begin at `start`.
void append(std::string& text, std::size_t start, std::initializer_list<std::string_view> piece) {
  if (text.size() > start) text += model::message::property_end_mark;
  for (const std::string_view part : piece) text += part;
}

void take(ReadProperties& read, std::string_view source, bool drop_delay, std::string& text,
          std::size_t start) {
  model::message::PropertyCursor cursor(source);
  while (const auto piece = cursor.next()) {
    const auto& [name, value] = *piece;
    if (name == property_name::wait) {
      read.wait = model::protocol::parse_flag(value);
      continue;
    }
    if (name == property_name::cluster) continue;
    if (name == property_name::transaction_prepared) read.half = model::protocol::parse_flag(value);
    if (name == property_name::delay) {
      if (drop_delay) continue;
      read.delay = value;
    }
    // As it stands there, with the mark between the two.
    append(text, start, {{name.begin(), value.end()}});
  }
}

}  // namespace

ReadProperties append_stored_properties(std::string_view own, std::string_view shared,
                                        std::string_view cluster, bool drop_delay, std::string& text) {
  const std::size_t start = text.size();
  ReadProperties read;
  take(read, own, drop_delay, text, start);
  take(read, shared, drop_delay, text, start);
  append(text, start, {property_name::cluster, {&model::message::property_value_mark, 1}, cluster});
  return read;
}

std::size_t stored_extra_bytes(std::string_view shared, std::string_view cluster) {
  return shared.size() + property_name::cluster.size() + cluster.size() + 3;  // and the marks
}

}  // namespace gantry::broker::processor
