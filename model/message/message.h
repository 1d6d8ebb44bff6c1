#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/base/bytes.h"
#include "model/base/result.h"
#include "model/message/host.h"
#include "model/message/properties.h"
#include "model/route/message_queue.h"

namespace gantry::model::message {

using route::MessageQueue;

/// A message as a producer makes it. A value.
struct Message {
  std::string topic;
  Buffer body;
  PropertyMap properties;
  std::int32_t flag = 0;  ///< The program's own number; nobody else looks at it.

  Message() = default;
  Message(std::string_view to_topic, std::string_view text, std::string_view tag = {})
      : topic(to_topic), body(to_buffer(as_bytes(text))) {
    set_tag(tag);
  }

  /// The body as text. The view is valid as long as the body is neither changed nor moved.
  std::string_view body_text() const { return as_text(body); }

  /// The property's value, or an empty text when the message does not have the property: an empty value
  /// cannot be carried.
  std::string_view property(std::string_view name) const;
  /// Sets a property. An empty value removes it.
  void set_property(std::string_view name, std::string_view value);

  /// The tag by which consumers filter; empty when there is none.
  std::string_view tag() const { return property(property_name::tags); }
  void set_tag(std::string_view tag) { set_property(property_name::tags, tag); }

  /// The words by which tools find the message, separated by spaces; empty when there are none.
  std::string_view keys() const { return property(property_name::keys); }
  void set_keys(std::string_view keys) { set_property(property_name::keys, keys); }

  /// Which of the broker's delays passes before the message is delivered. The levels 1 to 18 stand for 1 s,
  /// 5 s, 10 s, 30 s, 1 to 10 min, 20 min, 30 min, 1 h and 2 h, unless the broker is configured otherwise.
  /// Gantry's broker refuses such messages.
  void set_delay_level(int level) { set_property(property_name::delay, std::to_string(level)); }

  /// The id that the producer gave to the message (UNIQ_KEY); empty before it is sent.
  std::string_view unique_key() const { return property(property_name::uniq_key); }

  friend bool operator==(const Message&, const Message&) = default;
};

/// A message as a consumer gets it: under the topic that it was sent to, with its body as the producer gave
/// it, and with the place where it lies.
struct ReceivedMessage : Message {
  MessageQueue queue;  ///< Where it lies; of a retried message this is the retry topic's queue.
  std::int64_t queue_offset = 0;
  std::int64_t physical_offset = 0;
  std::int32_t sys_flag = 0;
  std::int64_t born_timestamp = 0;   ///< In milliseconds since 1970, by the producer's clock.
  std::int64_t store_timestamp = 0;  ///< In milliseconds since 1970, by the broker's clock.
  Host born_host;                    ///< text_of() makes `address:port` of it.
  Host store_host;
  std::int32_t reconsume_times = 0;  ///< How often its consumption has failed.
  std::int64_t prepared_transaction_offset = 0;

  /// The broker's id, which says where the message is stored.
  std::string offset_message_id() const;
  /// The id that clients show: the producer's own, or the broker's when the producer gave none.
  std::string message_id() const;

  friend bool operator==(const ReceivedMessage&, const ReceivedMessage&) = default;
};

/// Checks what RocketMQ's clients check before they send. Errors: `invalid` (the topic, an empty body, or a
/// property that cannot be carried), `too_large`.
Result<void> check(const Message& message, std::size_t body_bytes_max);

}  // namespace gantry::model::message
