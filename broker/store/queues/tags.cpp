#include "broker/store/queues/tags.h"

#include <algorithm>
#include <charconv>

#include "model/message/names.h"
#include "model/message/properties.h"
#include "model/message/property_names.h"
#include "model/message/tags_code.h"

namespace gantry::broker::store::queues {

namespace name = model::message::property_name;
using model::message::property;

std::int64_t tags_code_of(const model::layout::Record& record,
                          std::span<const runtime::Duration> delay_levels) {
  if (record.topic == model::message::system_topic::schedule && !delay_levels.empty()) {
    const auto text = property(record.properties, name::delay).value_or("");
    std::size_t level = 0;
    std::from_chars(text.data(), text.data() + text.size(), level);
    if (level > 0) {
      const auto delay = delay_levels[std::min(level, delay_levels.size()) - 1];
      return record.store_timestamp + std::chrono::duration_cast<std::chrono::milliseconds>(delay).count();
    }
  }
  const auto tag = property(record.properties, name::tags);
  return tag ? model::message::tags_code(*tag) : 0;
}

}  // namespace gantry::broker::store::queues
