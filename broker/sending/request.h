#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "broker/store/message_store.h"
#include "model/base/bytes.h"
#include "model/message/host.h"

namespace gantry::broker::sending {

/// One message that is to be stored, or a batch of messages for one queue. The views are read before
/// Sending::send() returns.
struct Request {
  std::string_view topic;
  std::string_view default_topic;             ///< the template of a topic that this send creates
  std::int32_t default_topic_queue_nums = 4;  ///< how many queues it gets at most
  bool unit_mode = false;                     ///< marks a topic that this send creates
  std::int32_t queue_id = -1;                 ///< negative: any
  std::int32_t sys_flag = 0;                  ///< model::message::sys_flag
  std::int32_t flag = 0;                      ///< means something to the application alone
  std::int64_t born_timestamp = 0;            ///< wall time of the producer, in ms since 1970
  model::message::Host born_host;             ///< of IPv4, or 0.0.0.0
  std::int32_t reconsume_times = 0;           ///< of a message that goes to a retry topic
  /// Retries that the client allows, where it says so; else the group's configuration counts.
  std::optional<std::int32_t> max_reconsume_times;
  std::string_view properties;  ///< as a message's are written: name, mark, value, mark
  bool batch = false;           ///< `body` is one as model::message::BatchReader takes it apart
  Bytes body;
};

/// Where the messages of a request were stored.
struct Sent {
  std::int32_t queue_id = 0;
  store::Placed placed;
  std::int64_t body_bytes = 0;  ///< of all messages together
  /// False: they are stored, and it is not known in time whether they are as safe as the flush mode says.
  bool safe = true;
};

}  // namespace gantry::broker::sending
