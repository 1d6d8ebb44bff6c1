#include "model/delivery/stored_properties.h"

#include "model/message/properties.h"
#include "model/protocol/field_reader.h"

namespace gantry::model::delivery {

namespace property_name = message::property_name;

ReadProperties append_stored(std::string_view sent, bool drop_delay, std::string& text) {
  ReadProperties read;
  text.reserve(text.size() + sent.size() + 1);  // the last piece may come without its mark
  message::PropertyCursor cursor(sent);
  while (const auto piece = cursor.next()) {
    const auto& [name, value] = *piece;
    if (name == property_name::wait) {
      read.wait = protocol::parse_flag(value);
      continue;
    }
    if (name == property_name::cluster) continue;
    if (name == property_name::transaction_prepared) read.half = protocol::parse_flag(value);
    if (name == property_name::delay) {
      if (drop_delay) continue;
      read.delay = value;
    }
    // As it stands there, with the mark between the two.
    text.append(name.begin(), value.end());
    text += message::property_end_mark;
  }
  return read;
}

void append_cluster(std::string_view cluster, std::string& text) {
  text.append(property_name::cluster).append(1, message::property_value_mark).append(cluster);
}

}  // namespace gantry::model::delivery
