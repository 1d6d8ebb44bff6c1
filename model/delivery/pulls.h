#pragma once

#include <cstdint>
#include <string_view>

/// What a pull is answered: decisions that need no more than their arguments.
namespace gantry::model::delivery {

/// What a look into a queue has found. Upstream GetMessageStatus.java.
enum class GetStatus : std::uint8_t {
  found,
  no_matched_message,
  message_was_removing,
  offset_found_null,  ///< something is there that cannot be read now: wait, do not spin
  offset_overflow_badly,
  offset_overflow_one,
  offset_too_small,
  no_matched_logic_queue,
  no_message_in_queue,
};

/// `FOUND`, `NO_MATCHED_MESSAGE`, ...: as RocketMQ writes it.
std::string_view name_of(GetStatus status);

/// What a consumer does with the answer to its pull.
enum class PullVerdict : std::uint8_t {
  found,          ///< consumes the messages
  retry_at_once,  ///< asks again from the next offset: what lay here was not for it
  nothing_yet,    ///< asks again; the broker may have it wait for a message
  moved,          ///< goes on at the next offset: where it was, the queue has no message any more, or not yet
};
/// `asked` is the queue offset of the pull. A queue that does not exist, or is empty, has nothing yet for
/// those who begin, and moves those who have been further.
PullVerdict verdict_of(GetStatus status, std::int64_t asked);

/// Whether there is still nothing to be had at `asked` although the queue may have grown to `end` while it
/// was being read. An entry that cannot be read is no news either: who asks for it waits, too, instead of
/// asking again at once.
bool still_nothing(GetStatus status, std::int64_t asked, std::int64_t end);

/// How many messages one pull gets at most. No client asks for more at once; the store stops earlier anyway.
std::int32_t messages_of_pull(std::int32_t asked);

/// How long a pull that finds nothing may wait, in milliseconds. With longPollingEnable it is as long as its
/// client wants, within reason; else all of them wait for shortPollingTimeMills.
std::int64_t wait_ms_of_pull(std::int64_t asked_ms, bool long_polling, std::int64_t short_polling_ms);

}  // namespace gantry::model::delivery
