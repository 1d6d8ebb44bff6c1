#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/base/bytes.h"
#include "model/base/result.h"
#include "model/layout/received.h"
#include "model/message/properties.h"
#include "model/route/message_queue.h"

namespace gantry::client::message {

using model::route::MessageQueue;

/// What a program sends. A value.
struct Message {
  std::string topic;
  Buffer body;
  model::message::PropertyMap properties;
  std::int32_t flag = 0;  ///< the program's own; nobody else looks at it

  Message() = default;
  Message(std::string_view to, std::string_view text, std::string_view tag = {});

  std::string_view body_text() const { return as_text(body); }
  /// Empty when there is none.
  std::string_view property(std::string_view name) const;
  std::string_view tag() const { return property(model::message::property_name::tags); }
  void set_tag(std::string_view tag);
  /// Words by which tools find the message, separated by spaces.
  void set_keys(std::string_view keys);
  /// 1 to 18: 1 s, 5 s, 10 s, 30 s, 1 to 10 min, 20 min, 30 min, 1 h, 2 h as configured at the broker.
  void set_delay_level(int level);

  friend bool operator==(const Message&, const Message&) = default;
};

/// What a listener gets.
struct ReceivedMessage : Message {
  MessageQueue queue;  ///< where it lay; for a retried message that of the retry topic
  std::int64_t queue_offset = 0;
  std::int64_t physical_offset = 0;
  std::int32_t sys_flag = 0;
  std::int64_t born_timestamp = 0;   ///< ms since 1970, by the producer's clock
  std::int64_t store_timestamp = 0;  ///< by the broker's
  std::string born_host;             ///< address:port
  std::string store_host;
  std::int32_t reconsume_times = 0;
  std::string message_id;         ///< the producer's (UNIQ_KEY), else the next
  std::string offset_message_id;  ///< the broker's, says where it is stored
};

/// What one pull's answer holds: bodies decompressed, retried messages under their original topic. The
/// rest is as in model::layout::Received.
struct Decoded {
  std::vector<ReceivedMessage> messages;
  std::vector<model::layout::LostRecord> lost;
  bool complete = true;
  std::optional<std::int64_t> rest_from;
};
Decoded decode_messages(Bytes records, std::string_view broker_name);

/// Checks what RocketMQ's clients check before they send. Errors: `invalid` (topic, no body, a
/// property that cannot be carried), `too_large`.
Result<void> check(const Message& message, std::size_t body_bytes_max);

}  // namespace gantry::client::message
