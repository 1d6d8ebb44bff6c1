#pragma once

#include <string_view>

/// Names of properties, upstream MessageConst.java.
namespace gantry::model::message::property_name {

inline constexpr std::string_view keys = "KEYS";  ///< separated by spaces, each one is indexed
inline constexpr std::string_view tags = "TAGS";
inline constexpr std::string_view wait = "WAIT";  ///< wait for flush and replica; not stored
inline constexpr std::string_view delay = "DELAY";
inline constexpr std::string_view retry_topic = "RETRY_TOPIC";
inline constexpr std::string_view real_topic = "REAL_TOPIC";
inline constexpr std::string_view real_queue_id = "REAL_QID";
inline constexpr std::string_view transaction_prepared = "TRAN_MSG";
inline constexpr std::string_view producer_group = "PGROUP";
inline constexpr std::string_view min_offset = "MIN_OFFSET";
inline constexpr std::string_view max_offset = "MAX_OFFSET";
inline constexpr std::string_view buyer_id = "BUYER_ID";
inline constexpr std::string_view origin_message_id = "ORIGIN_MESSAGE_ID";
inline constexpr std::string_view transfer_flag = "TRANSFER_FLAG";
inline constexpr std::string_view correction_flag = "CORRECTION_FLAG";
inline constexpr std::string_view mq2_flag = "MQ2_FLAG";
inline constexpr std::string_view reconsume_time = "RECONSUME_TIME";
inline constexpr std::string_view max_reconsume_times = "MAX_RECONSUME_TIMES";
inline constexpr std::string_view msg_region = "MSG_REGION";
inline constexpr std::string_view trace_on = "TRACE_ON";
inline constexpr std::string_view uniq_key = "UNIQ_KEY";
inline constexpr std::string_view consume_start_time = "CONSUME_START_TIME";
inline constexpr std::string_view prepared_queue_offset = "TRAN_PREPARED_QUEUE_OFFSET";
inline constexpr std::string_view transaction_check_times = "TRANSACTION_CHECK_TIMES";
inline constexpr std::string_view check_immunity_seconds = "CHECK_IMMUNITY_TIME_IN_SECONDS";
inline constexpr std::string_view instance_id = "INSTANCE_ID";
inline constexpr std::string_view correlation_id = "CORRELATION_ID";
inline constexpr std::string_view reply_to_client = "REPLY_TO_CLIENT";
inline constexpr std::string_view ttl = "TTL";
inline constexpr std::string_view arrive_time = "ARRIVE_TIME";
inline constexpr std::string_view push_reply_time = "PUSH_REPLY_TIME";
inline constexpr std::string_view message_type = "MSG_TYPE";
inline constexpr std::string_view cluster = "CLUSTER";  ///< the broker puts it on every message
inline constexpr std::string_view inner_multi_dispatch = "INNER_MULTI_DISPATCH";
inline constexpr std::string_view inner_multi_queue_offset = "INNER_MULTI_QUEUE_OFFSET";
inline constexpr std::string_view transaction_id = "__transactionId__";
inline constexpr std::string_view start_deliver_time = "__STARTDELIVERTIME";
// 5.x timer messages
inline constexpr std::string_view timer_delay_seconds = "TIMER_DELAY_SEC";
inline constexpr std::string_view timer_delay_ms = "TIMER_DELAY_MS";
inline constexpr std::string_view timer_deliver_ms = "TIMER_DELIVER_MS";

/// Whether clients refuse the name to users. 5.x names are free, as a 4.9 client has it.
bool is_reserved(std::string_view name);

}  // namespace gantry::model::message::property_name
