#include "broker/processor/stored_properties.h"

#include "model/message/properties.h"
#include "model/protocol/field_reader.h"

namespace gantry::broker::processor {

namespace property_name = model::message::property_name;

ReadProperties append_stored(std::string_view sent, bool drop_delay, std::string& text) {
  ReadProperties read;
  text.reserve(text.size() + sent.size() + 1);  // the last piece may come without its mark
  model::message::PropertyCursor cursor(sent);
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
    text.append(name.begin(), value.end());
    text += model::message::property_end_mark;
  }
  return read;
}

void append_cluster(std::string_view cluster, std::string& text) {
  text.append(property_name::cluster).append(1, model::message::property_value_mark).append(cluster);
}

}  // namespace gantry::broker::processor
