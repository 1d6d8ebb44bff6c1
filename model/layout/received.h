#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/layout/record.h"
#include "model/message/message.h"

namespace gantry::model::layout {

/// The most that the compressed bodies of one pull are inflated to, all together: a few bytes can stand
/// for gigabytes. Above every limit that a broker has by default for one message.
inline constexpr std::size_t inflated_bytes_max = 64u << 20;

/// A record that holds no message for us.
struct LostRecord {
  std::int64_t queue_offset = -1;  ///< -1: not known
  std::int64_t physical_offset = -1;
  Error why;
};

/// What the body of a pull holds: records back to back. Bodies are inflated, and retried messages are under
/// the topic that they were sent to.
///
/// One record that cannot be read takes no other with it: it is `lost`, and the rest is read. Only when
/// it is not to be seen where the next one begins, or when `inflated_bytes_max` is spent, the body is
/// not read to its end.
struct Received {
  std::vector<message::ReceivedMessage> messages;
  std::vector<LostRecord> lost;
  /// Everything was read, or is in `lost`.
  bool complete = true;
  /// When not complete: the queue offset from which to pull again. Nothing when even the first record
  /// cannot be told from what follows it; that one is in `lost`.
  std::optional<std::int64_t> rest_from;
};
/// `broker_name` is whom the body came from; the records do not say it.
Received read_records(Bytes body, std::string_view broker_name,
                      std::size_t inflated_max = inflated_bytes_max);

}  // namespace gantry::model::layout
