#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/base/result.h"
#include "model/message/host.h"

namespace gantry::model::message {

/// The id that says where a message is stored: upper-case hex of host, port and commit-log offset,
/// 32 characters for IPv4 and 56 for IPv6. Tools dial the host in it.
struct OffsetMessageId {
  Host store_host;
  std::int64_t physical_offset = 0;
  friend bool operator==(const OffsetMessageId&, const OffsetMessageId&) = default;
};

std::string text_of(const OffsetMessageId& id);
/// Ids of messages that lie at one host: all begin alike, and an answer to a batch has one for each message.
class OffsetMessageIds {
 public:
  explicit OffsetMessageIds(const Host& store_host);
  /// Writes the id behind what is there.
  void append(std::int64_t physical_offset, std::string& to) const;

 private:
  std::string head_;
};
/// Errors: `invalid`. A UNIQ_KEY has the same form and may well parse: ask the store before trusting.
Result<OffsetMessageId> parse_offset_message_id(std::string_view text);

/// What a client's own message id (property UNIQ_KEY) is made of.
struct UniqKeyParts {
  Host ip;                       ///< of the client; the port does not count
  std::int32_t pid = 0;          ///< its low 16 bits count
  std::int32_t loader_hash = 0;  ///< tells instances in one process apart
  std::int64_t created_ms = 0;   ///< wall time, milliseconds since 1970
  std::uint16_t counter = 0;     ///< of the client, wraps
};
/// Upper-case hex of ip, pid (2), loader hash (4), milliseconds since the month began in UTC (4) and
/// counter (2): 32 characters for IPv4, 56 for IPv6.
std::string make_uniq_key(const UniqKeyParts& parts);
/// About when a UNIQ_KEY was made, seen from `now_ms`: in this month, or in the last one when that
/// would lie in the future. Nothing for a text that is no such key.
std::optional<std::int64_t> creation_time_of(std::string_view uniq_key, std::int64_t now_ms);

/// When the month of `wall_ms` began in UTC, both in milliseconds since 1970.
std::int64_t month_start_ms(std::int64_t wall_ms);

}  // namespace gantry::model::message
