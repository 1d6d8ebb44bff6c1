#include "broker/processor/stored_properties.h"

#include "model/message/properties.h"
#include "model/protocol/field_reader.h"

namespace gantry::broker::processor {
namespace {

namespace property_name = model::message::property_name;

/// Before a piece that follows others of the message, which begin at `start`.
void separate(std::string& text, std::size_t start) {
  if (text.size() > start) text += model::message::property_end_mark;
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
    separate(text, start);
    text.append(name.begin(), value.end());
  }
}

}  // namespace

ReadProperties append_stored_properties(std::string_view own, std::string_view shared,
                                        std::string_view cluster, bool drop_delay, std::string& text) {
  const std::size_t start = text.size();
  ReadProperties read;
  take(read, own, drop_delay, text, start);
  take(read, shared, drop_delay, text, start);
  separate(text, start);
  text.append(property_name::cluster).append(1, model::message::property_value_mark).append(cluster);
  return read;
}

std::size_t stored_extra_bytes(std::string_view shared, std::string_view cluster) {
  return shared.size() + property_name::cluster.size() + cluster.size() + 3;  // and the marks
}

}  // namespace gantry::broker::processor
