#include "model/message/properties.h"

#include <algorithm>
#include <array>

#include "model/base/invariant.h"

namespace gantry::model::message {

bool property_name::is_reserved(std::string_view name) {
  static constexpr std::array names = {keys,
                                       tags,
                                       wait,
                                       delay,
                                       retry_topic,
                                       real_topic,
                                       real_queue_id,
                                       transaction_prepared,
                                       producer_group,
                                       min_offset,
                                       max_offset,
                                       buyer_id,
                                       origin_message_id,
                                       transfer_flag,
                                       correction_flag,
                                       mq2_flag,
                                       reconsume_time,
                                       max_reconsume_times,
                                       msg_region,
                                       trace_on,
                                       uniq_key,
                                       consume_start_time,
                                       prepared_queue_offset,
                                       transaction_check_times,
                                       check_immunity_seconds,
                                       instance_id,
                                       correlation_id,
                                       reply_to_client,
                                       ttl,
                                       arrive_time,
                                       push_reply_time,
                                       message_type,
                                       cluster,
                                       inner_multi_dispatch,
                                       inner_multi_queue_offset,
                                       transaction_id,
                                       start_deliver_time};
  return std::ranges::find(names, name) != names.end();
}

std::optional<std::string_view> property(std::string_view properties, std::string_view name) {
  std::optional<std::string_view> found;
  // Most texts do not hold the name anywhere: to look for it is cheaper than to look at each piece.
  for (std::size_t at = properties.find(name); at != std::string_view::npos;
       at = properties.find(name, at + 1)) {
    if (at > 0 && properties[at - 1] != property_end_mark) continue;
    std::string_view rest = properties.substr(at);
    const auto entry = PropertyCursor::split(PropertyCursor::take_piece(rest));
    if (entry && entry->first == name) found = entry->second;
  }
  return found;
}

bool can_be_property(std::string_view name, std::string_view value) {
  return !name.empty() && !value.empty() && name.find(property_value_mark) == std::string_view::npos &&
         name.find(property_end_mark) == std::string_view::npos &&
         value.find(property_end_mark) == std::string_view::npos;
}

void append_property(std::string& properties, std::string_view name, std::string_view value) {
  invariant(can_be_property(name, value), "append_property() is given what can be carried");
  if (!properties.empty() && properties.back() != property_end_mark) properties += property_end_mark;
  properties += name;
  properties += property_value_mark;
  properties += value;
}

void append_properties(std::string& properties, std::string_view more) {
  if (more.empty()) return;
  if (!properties.empty() && properties.back() != property_end_mark) properties += property_end_mark;
  properties += more;
}

std::string without_property(std::string_view properties, std::string_view name) {
  std::string kept;
  kept.reserve(properties.size());
  while (!properties.empty()) {
    const std::string_view before = properties;
    const auto entry = PropertyCursor::split(PropertyCursor::take_piece(properties));
    if (!entry || entry->first != name) kept += before.substr(0, before.size() - properties.size());
  }
  return kept;
}

void set_property(std::string& properties, std::string_view name, std::string_view value) {
  std::string changed = without_property(properties, name);
  append_property(changed, name, value);
  properties = std::move(changed);
}

PropertyMap parse_properties(std::string_view properties) {
  PropertyMap map;
  PropertyCursor cursor(properties);
  while (const auto entry = cursor.next()) map.insert_or_assign(std::string(entry->first), entry->second);
  return map;
}

std::string format_properties(const PropertyMap& properties) {
  std::string text;
  for (const auto& [name, value] : properties)
    if (can_be_property(name, value)) append_property(text, name, value);
  return text;
}

}  // namespace gantry::model::message
