#include "broker/processor/stored_properties.h"

#include "model/message/properties.h"
#include "model/protocol/field_reader.h"

namespace gantry::broker::processor {
namespace {

namespace property_name = model::message::property_name;

void append(std::string& text, std::string_view name, std::string_view value) {
  if (!text.empty()) text += model::message::property_end_mark;
  text.append(name).append(1, model::message::property_value_mark).append(value);
}

void take(StoredProperties& into, std::string_view source, bool drop_delay) {
  model::message::PropertyCursor cursor(source);
  while (const auto piece = cursor.next()) {
    const auto& [name, value] = *piece;
    if (name == property_name::wait) {
      into.wait = model::protocol::parse_flag(value);
      continue;
    }
    if (name == property_name::cluster) continue;
    if (name == property_name::transaction_prepared) into.half = model::protocol::parse_flag(value);
    if (name == property_name::delay) {
      if (drop_delay) continue;
      into.delay = value;
    }
    append(into.text, name, value);
  }
}

}  // namespace

StoredProperties stored_properties(std::string_view own, std::string_view shared, std::string_view cluster,
                                   bool drop_delay) {
  StoredProperties made;
  made.text.reserve(own.size() + shared.size() + cluster.size() + 10);
  take(made, own, drop_delay);
  take(made, shared, drop_delay);
  append(made.text, property_name::cluster, cluster);
  return made;
}

}  // namespace gantry::broker::processor
