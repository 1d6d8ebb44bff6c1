#pragma once

#include <string>
#include <string_view>

#include "model/base/result.h"

namespace gantry::model::message {

inline constexpr std::size_t topic_bytes_max = 127;
inline constexpr std::size_t group_bytes_max = 255;
inline constexpr std::size_t client_id_bytes_max = 255;

/// Prefixes of the topics that belong to a consumer group.
inline constexpr std::string_view retry_prefix = "%RETRY%";
inline constexpr std::string_view dead_letter_prefix = "%DLQ%";

/// Topics with a meaning of their own, upstream TopicValidator.java.
namespace system_topic {
inline constexpr std::string_view auto_create = "TBW102";
inline constexpr std::string_view schedule = "SCHEDULE_TOPIC_XXXX";
inline constexpr std::string_view benchmark = "BenchmarkTest";
inline constexpr std::string_view half = "RMQ_SYS_TRANS_HALF_TOPIC";
inline constexpr std::string_view op_half = "RMQ_SYS_TRANS_OP_HALF_TOPIC";
inline constexpr std::string_view check_max_time = "TRANS_CHECK_MAX_TIME_TOPIC";
inline constexpr std::string_view trace = "RMQ_SYS_TRACE_TOPIC";
inline constexpr std::string_view self_test = "SELF_TEST_TOPIC";
inline constexpr std::string_view offset_moved = "OFFSET_MOVED_EVENT";
}  // namespace system_topic

/// Checks a name as the broker does at its door: not empty, letters, digits and `%|_-` only, not too
/// long. Errors: `invalid`; the detail is the sentence that the peer is told.
Result<void> check_topic(std::string_view topic);
Result<void> check_group(std::string_view group);
/// Client ids are freer (`10.0.0.1@4711#1`): 1 to 255 bytes of UTF-8 without control characters.
Result<void> check_client_id(std::string_view client_id);

/// Whether a text has a control character or something that is no UTF-8, which no name and no line of a
/// log may have.
bool has_unprintable_bytes(std::string_view text);

/// Topics that clients may not send to: what lies there has a form that the broker relies on.
bool refuses_sends(std::string_view topic);
/// Topics that no admin creates or deletes. A broker adds the names of its cluster and its own.
bool is_system_topic(std::string_view topic);
/// Groups of tools, which exist everywhere and count in no statistics.
bool is_system_group(std::string_view group);

inline bool is_retry_topic(std::string_view topic) {
  return topic.starts_with(retry_prefix);
}
inline bool is_dead_letter_topic(std::string_view topic) {
  return topic.starts_with(dead_letter_prefix);
}
std::string retry_topic(std::string_view group);
std::string dead_letter_topic(std::string_view group);
/// The group of a retry or dead letter topic; empty for any other.
std::string_view group_of(std::string_view topic);

}  // namespace gantry::model::message
