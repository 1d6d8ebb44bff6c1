#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/protocol/json_body.h"
#include "model/route/message_queue.h"
#include "model/route/topic_config.h"

/// Tables of offsets and of locks.
namespace gantry::model::protocol::bodies {

/// Offsets of all groups: config/consumerOffset.json and code 43. By `topic@group`, then queue.
struct ConsumerOffsetTable {
  std::map<std::string, std::map<std::int32_t, std::int64_t>> offsets;

  friend bool operator==(const ConsumerOffsetTable&, const ConsumerOffsetTable&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("offsetTable", &ConsumerOffsetTable::offsets));
  }
};

/// Progress of delay levels: config/delayOffset.json and code 45. By level.
struct DelayOffsetTable {
  std::map<std::int32_t, std::int64_t> offsets;

  friend bool operator==(const DelayOffsetTable&, const DelayOffsetTable&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("offsetTable", &DelayOffsetTable::offsets));
  }
};

/// Answer to QUERY_CORRECTION_OFFSET 308. By queue.
struct CorrectionOffsets {
  std::map<std::int32_t, std::int64_t> offsets;

  friend bool operator==(const CorrectionOffsets&, const CorrectionOffsets&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("correctionOffsets", &CorrectionOffsets::offsets));
  }
};

/// LOCK_BATCH_MQ 41 and UNLOCK_BATCH_MQ 42.
struct LockBatchRequest {
  std::string client_id;
  std::string consumer_group;
  std::set<route::MessageQueue> queues;

  friend bool operator==(const LockBatchRequest&, const LockBatchRequest&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("clientId", &LockBatchRequest::client_id),
                      json_member("consumerGroup", &LockBatchRequest::consumer_group),
                      json_member("mqSet", &LockBatchRequest::queues));
  }
};

/// Which of the queues asked for this client now holds.
struct LockBatchResponse {
  std::set<route::MessageQueue> locked;

  friend bool operator==(const LockBatchResponse&, const LockBatchResponse&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("lockOKMQSet", &LockBatchResponse::locked));
  }
};

/// New offsets by queue, RESET_CONSUMER_CLIENT_OFFSET 220 and the answer to 222. C++ clients read only
/// write_as_list().
struct ResetOffsetBody {
  std::map<route::MessageQueue, std::int64_t> offsets;

  friend bool operator==(const ResetOffsetBody&, const ResetOffsetBody&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("offsetTable", &ResetOffsetBody::offsets));
  }
};

/// `{"offsetTable":[{"brokerName":..,"offset":..,"queueId":..,"topic":..}]}`
Buffer write_as_list(const ResetOffsetBody& body);

/// Offsets that a client has in memory, its answer to GET_CONSUMER_STATUS_FROM_CLIENT 221.
struct ClientStatus {
  std::map<route::MessageQueue, std::int64_t> offsets;

  friend bool operator==(const ClientStatus&, const ClientStatus&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("messageQueueTable", &ClientStatus::offsets));
  }
};

/// The same by client id, the answer to 223.
struct ConsumerStatusBody {
  std::map<std::string, std::map<route::MessageQueue, std::int64_t>> consumers;

  friend bool operator==(const ConsumerStatusBody&, const ConsumerStatusBody&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("consumerTable", &ConsumerStatusBody::consumers));
  }
};

}  // namespace gantry::model::protocol::bodies
