#include "model/protocol/bodies/offsets.h"

#include <utility>

#include "model/protocol/json_codec.h"

namespace gantry::model::protocol::bodies {

Buffer write_as_list(const ResetOffsetBody& body) {
  Json list = Json::array();
  for (const auto& [queue, offset] : body.offsets) {
    Json entry = to_json(queue);
    entry.set("offset", offset);
    list.push(std::move(entry));
  }
  Json object = Json::object();
  object.set("offsetTable", std::move(list));
  return write_json_body(object);
}

}  // namespace gantry::model::protocol::bodies
