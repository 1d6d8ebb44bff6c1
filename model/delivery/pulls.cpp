#include "model/delivery/pulls.h"

#include <algorithm>

namespace gantry::model::delivery {
namespace {

constexpr std::int32_t messages_max = 1024;
/// Clients give up after 30 s; longer waits only hold memory.
constexpr std::int64_t wait_ms_max = 10 * 60 * 1000;

}  // namespace

std::string_view name_of(GetStatus status) {
  switch (status) {
    case GetStatus::found: return "FOUND";
    case GetStatus::no_matched_message: return "NO_MATCHED_MESSAGE";
    case GetStatus::message_was_removing: return "MESSAGE_WAS_REMOVING";
    case GetStatus::offset_found_null: return "OFFSET_FOUND_NULL";
    case GetStatus::offset_overflow_badly: return "OFFSET_OVERFLOW_BADLY";
    case GetStatus::offset_overflow_one: return "OFFSET_OVERFLOW_ONE";
    case GetStatus::offset_too_small: return "OFFSET_TOO_SMALL";
    case GetStatus::no_matched_logic_queue: return "NO_MATCHED_LOGIC_QUEUE";
    case GetStatus::no_message_in_queue: return "NO_MESSAGE_IN_QUEUE";
  }
  return "UNKNOWN";
}

PullVerdict verdict_of(GetStatus status, std::int64_t asked) {
  switch (status) {
    case GetStatus::found: return PullVerdict::found;
    case GetStatus::no_matched_message:
    case GetStatus::message_was_removing: return PullVerdict::retry_at_once;
    case GetStatus::offset_found_null:
    case GetStatus::offset_overflow_one: return PullVerdict::nothing_yet;
    case GetStatus::offset_overflow_badly:
    case GetStatus::offset_too_small: return PullVerdict::moved;
    case GetStatus::no_matched_logic_queue:
    case GetStatus::no_message_in_queue: return asked == 0 ? PullVerdict::nothing_yet : PullVerdict::moved;
  }
  return PullVerdict::moved;
}

bool still_nothing(GetStatus status, std::int64_t asked, std::int64_t end) {
  return status == GetStatus::offset_found_null || end <= asked;
}

std::int32_t messages_of_pull(std::int32_t asked) {
  return std::clamp(asked, 1, messages_max);
}

std::int64_t wait_ms_of_pull(std::int64_t asked_ms, bool long_polling, std::int64_t short_polling_ms) {
  return long_polling ? std::min(asked_ms, wait_ms_max) : short_polling_ms;
}

}  // namespace gantry::model::delivery
