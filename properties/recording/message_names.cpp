#include "properties/recording/message_names.h"

#include "model/base/zlib.h"
#include "model/layout/received.h"
#include "model/message/properties.h"
#include "model/message/sys_flag.h"

namespace gantry::properties::recording {

namespace {
constexpr std::string_view no_key = "-";

std::string id_in(Bytes body) {
  const std::string_view text = as_text(body);
  return std::string(text.substr(0, text.find('|')));
}
}  // namespace

std::optional<std::size_t> MessageNames::number_of(std::string_view properties, Bytes body,
                                                   std::int32_t sys_flag) {
  const std::string_view key =
      model::message::property(properties, model::message::property_name::uniq_key).value_or("");
  if (const auto known = by_key_.find(key); known != by_key_.end()) return known->second;
  std::string id;
  if ((sys_flag & model::message::sys_flag::compressed) == 0) {
    id = id_in(body);
  } else if (const auto whole = inflate(body, model::layout::inflated_bytes_max)) {
    id = id_in(*whole);
  }
  if (ids_.contains(id) || id.starts_with(traces::record::probe_prefix)) return number(key, id);
  if (key.empty()) return std::nullopt;
  return number(key, key);
}

std::size_t MessageNames::number_of_id(std::string_view id) {
  return number({}, id);
}

std::size_t MessageNames::number(std::string_view key, std::string_view id) {
  auto known = by_id_.find(id);
  if (known == by_id_.end()) {
    known = by_id_.emplace(id, all_.size()).first;
    all_.push_back({std::string(no_key), std::string(id)});
  }
  if (!key.empty()) {
    by_key_.emplace(key, known->second);
    if (all_[known->second].key == no_key) all_[known->second].key = key;
  }
  return known->second;
}

}  // namespace gantry::properties::recording
