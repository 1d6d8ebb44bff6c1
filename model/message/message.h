#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/base/bytes.h"
#include "model/message/host.h"
#include "model/message/properties.h"

namespace gantry::model::message {

/// A message as a producer makes it. A value.
struct Message {
  std::string topic;
  std::int32_t flag = 0;  ///< the user's own; nobody else reads it
  PropertyMap properties;
  Buffer body;

  Message() = default;
  Message(std::string_view to_topic, std::string_view text, std::string_view tag = {},
          std::string_view keys = {})
      : topic(to_topic), body(to_buffer(as_bytes(text))) {
    set(property_name::tags, tag);
    set(property_name::keys, keys);
  }

  /// The value, or empty: an empty value cannot be carried.
  std::string_view get(std::string_view name) const {
    const auto found = properties.find(name);
    return found == properties.end() ? std::string_view() : std::string_view(found->second);
  }
  /// Sets, or with an empty value removes.
  void set(std::string_view name, std::string_view value) {
    if (!value.empty()) {
      properties.insert_or_assign(std::string(name), std::string(value));
    } else if (const auto found = properties.find(name); found != properties.end()) {
      properties.erase(found);
    }
  }
  std::string_view tags() const { return get(property_name::tags); }
  std::string_view keys() const { return get(property_name::keys); }
  std::string_view uniq_key() const { return get(property_name::uniq_key); }
  /// Whether the send is to wait for flush and replica: yes unless `WAIT` says otherwise.
  bool waits_for_store() const { return get(property_name::wait) != "false"; }
  friend bool operator==(const Message&, const Message&) = default;
};

/// A message as a consumer gets it: with its place, and the body as the producer gave it.
struct ReceivedMessage : Message {
  std::string broker_name;  ///< known to the one who pulled, not to the record
  std::int32_t queue_id = 0;
  std::int64_t queue_offset = 0;
  std::int64_t physical_offset = 0;
  std::int32_t sys_flag = 0;
  std::int64_t born_timestamp = 0;
  Host born_host;
  std::int64_t store_timestamp = 0;
  Host store_host;
  std::int32_t reconsume_times = 0;
  std::int64_t prepared_transaction_offset = 0;
  std::int32_t body_crc = 0;
  std::size_t store_bytes = 0;  ///< of the record

  /// The id that says where it lies.
  std::string offset_message_id() const;
  /// The id that clients show: the producer's own if there is one.
  std::string message_id() const;
  friend bool operator==(const ReceivedMessage&, const ReceivedMessage&) = default;
};

}  // namespace gantry::model::message
