#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/message/subscription.h"
#include "model/protocol/json_body.h"
#include "model/route/message_queue.h"

/// What a consumer answers to a broker that asks on behalf of a tool.
namespace gantry::model::protocol::bodies {

/// A queue as a consumer holds it. The misspelt key is upstream's.
struct ProcessQueueInfo {
  std::int32_t cached_count = 0;
  std::int64_t cached_max_offset = 0;
  std::int64_t cached_min_offset = 0;
  std::int32_t cached_mib = 0;
  std::int64_t commit_offset = 0;
  bool dropped = false;
  std::int64_t last_consume_timestamp = 0;
  std::int64_t last_lock_timestamp = 0;
  std::int64_t last_pull_timestamp = 0;
  bool locked = false;
  std::int32_t transaction_count = 0;
  std::int64_t transaction_max_offset = 0;
  std::int64_t transaction_min_offset = 0;
  std::int64_t try_unlock_times = 0;

  friend bool operator==(const ProcessQueueInfo&, const ProcessQueueInfo&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("cachedMsgCount", &ProcessQueueInfo::cached_count),
                      json_member("cachedMsgMaxOffset", &ProcessQueueInfo::cached_max_offset),
                      json_member("cachedMsgMinOffset", &ProcessQueueInfo::cached_min_offset),
                      json_member("cachedMsgSizeInMiB", &ProcessQueueInfo::cached_mib),
                      json_member("commitOffset", &ProcessQueueInfo::commit_offset),
                      json_member("droped", &ProcessQueueInfo::dropped),
                      json_member("lastConsumeTimestamp", &ProcessQueueInfo::last_consume_timestamp),
                      json_member("lastLockTimestamp", &ProcessQueueInfo::last_lock_timestamp),
                      json_member("lastPullTimestamp", &ProcessQueueInfo::last_pull_timestamp),
                      json_member("locked", &ProcessQueueInfo::locked),
                      json_member("transactionMsgCount", &ProcessQueueInfo::transaction_count),
                      json_member("transactionMsgMaxOffset", &ProcessQueueInfo::transaction_max_offset),
                      json_member("transactionMsgMinOffset", &ProcessQueueInfo::transaction_min_offset),
                      json_member("tryUnlockTimes", &ProcessQueueInfo::try_unlock_times));
  }
};

/// Rates of one topic.
struct ConsumeStatus {
  std::int64_t failed_messages = 0;
  double failed_tps = 0;
  double ok_tps = 0;
  double consume_rt_ms = 0;
  double pull_rt_ms = 0;
  double pull_tps = 0;

  friend bool operator==(const ConsumeStatus&, const ConsumeStatus&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("consumeFailedMsgs", &ConsumeStatus::failed_messages),
                      json_member("consumeFailedTPS", &ConsumeStatus::failed_tps),
                      json_member("consumeOKTPS", &ConsumeStatus::ok_tps),
                      json_member("consumeRT", &ConsumeStatus::consume_rt_ms),
                      json_member("pullRT", &ConsumeStatus::pull_rt_ms),
                      json_member("pullTPS", &ConsumeStatus::pull_tps));
  }
};

/// Answer to GET_CONSUMER_RUNNING_INFO 307.
struct ConsumerRunningInfo {
  std::string jstack;
  std::map<route::MessageQueue, ProcessQueueInfo> queues;
  std::map<std::string, std::string> properties;
  std::map<std::string, ConsumeStatus> statuses;  ///< by topic
  std::vector<message::SubscriptionData> subscriptions;

  friend bool operator==(const ConsumerRunningInfo&, const ConsumerRunningInfo&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("jstack", &ConsumerRunningInfo::jstack, JsonMemberForm::unless_default),
                      json_member("mqTable", &ConsumerRunningInfo::queues),
                      json_member("properties", &ConsumerRunningInfo::properties),
                      json_member("statusTable", &ConsumerRunningInfo::statuses),
                      json_member("subscriptionSet", &ConsumerRunningInfo::subscriptions));
  }
};

/// How a listener took one message.
enum class DirectResult : std::uint8_t {
  cr_success,
  cr_later,
  cr_rollback,
  cr_commit,
  cr_throw_exception,
  cr_return_null
};
constexpr std::array<std::string_view, 6> json_names(DirectResult) {
  return {"CR_SUCCESS", "CR_LATER", "CR_ROLLBACK", "CR_COMMIT", "CR_THROW_EXCEPTION", "CR_RETURN_NULL"};
}

/// Answer to CONSUME_MESSAGE_DIRECTLY 309.
struct ConsumeDirectlyResult {
  bool auto_commit = true;
  DirectResult result = DirectResult::cr_success;
  bool order = false;
  std::string remark;
  std::int64_t spent_ms = 0;

  friend bool operator==(const ConsumeDirectlyResult&, const ConsumeDirectlyResult&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("autoCommit", &ConsumeDirectlyResult::auto_commit),
                      json_member("consumeResult", &ConsumeDirectlyResult::result),
                      json_member("order", &ConsumeDirectlyResult::order),
                      json_member("remark", &ConsumeDirectlyResult::remark, JsonMemberForm::unless_default),
                      json_member("spentTimeMills", &ConsumeDirectlyResult::spent_ms));
  }
};

}  // namespace gantry::model::protocol::bodies
