#pragma once

#include <cstdint>
#include <string_view>

#include "model/message/properties.h"
#include "model/message/property_names.h"
#include "model/message/tags_code.h"

namespace gantry::broker::store {

/// What a message's queue entry holds, from its stored properties: the same when it is appended and
/// when a queue is made again from the log.
inline std::int64_t tags_code_of(std::string_view properties) {
  const auto tag = model::message::property(properties, model::message::property_name::tags);
  return tag ? model::message::tags_code(*tag) : 0;
}

}  // namespace gantry::broker::store
