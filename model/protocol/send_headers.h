#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

#include "model/protocol/field_reader.h"
#include "model/protocol/header_fields.h"

/// Headers of producing: sends, transactions, retries and replies. Texts are views: into the request that was
/// read, or into what the writer has. Optional fields that are empty are not written.
namespace gantry::model::protocol {

/// SEND_MESSAGE 10 by names, SEND_MESSAGE_V2 310 and SEND_BATCH_MESSAGE 320 by single letters.
struct SendHeader {
  std::string_view producer_group;
  std::string_view topic;
  std::string_view default_topic;             ///< template of a topic that is created by this send
  std::int32_t default_topic_queue_nums = 4;  ///< how many queues it gets at most
  std::int32_t queue_id = 0;                  ///< negative: any
  std::int32_t sys_flag = 0;
  std::int64_t born_timestamp = 0;
  std::int32_t flag = 0;
  std::string_view properties;
  std::int32_t reconsume_times = 0;
  bool unit_mode = false;
  std::optional<std::int32_t> max_reconsume_times;
  bool batch = false;  ///< the body is a batch; this decides, not the code
  std::string_view broker_name;

  /// By names, as in code 10.
  static SendHeader read(FieldReader& in);
  void write(Fields& to) const;
  /// By letters, as in codes 310, 320 and 325.
  static HeaderResult<SendHeader> read_v2(const CommandView& from);
  void write_v2(Fields& to) const;
};
/// In the form that the code of `from` asks for.
HeaderResult<SendHeader> read_send_header(const CommandView& from);

/// Answer to a send that was stored. Also sent with errors: `region` and `trace_on` only.
struct SendResponseHeader {
  std::string_view msg_id;  ///< offset id; of a batch all of them, joined by commas
  std::int32_t queue_id = 0;
  std::int64_t queue_offset = 0;  ///< of a batch the first
  std::string_view transaction_id;
  std::string_view region;
  std::string_view trace_on;  ///< `true` makes clients send traces

  static SendResponseHeader read(FieldReader& in);
  void write(Fields& to) const;
};

/// CONSUMER_SEND_MSG_BACK 36.
struct SendBackHeader {
  std::int64_t offset = 0;  ///< of the message in the commit log
  std::string_view group;
  std::int32_t delay_level = 0;  ///< negative: dead letter, 0: the broker decides
  std::string_view origin_msg_id;
  std::string_view origin_topic;
  bool unit_mode = false;
  std::optional<std::int32_t> max_reconsume_times;

  static constexpr auto fields() {
    return std::tuple(field("offset", &SendBackHeader::offset), name_field("group", &SendBackHeader::group),
                      field("delayLevel", &SendBackHeader::delay_level),
                      optional_field("originMsgId", &SendBackHeader::origin_msg_id),
                      optional_field("originTopic", &SendBackHeader::origin_topic),
                      optional_field("unitMode", &SendBackHeader::unit_mode),
                      optional_field("maxReconsumeTimes", &SendBackHeader::max_reconsume_times));
  }
};

/// END_TRANSACTION 37.
struct EndTransactionHeader {
  std::string_view producer_group;
  std::int64_t tran_state_table_offset = 0;  ///< queue offset of the half message
  std::int64_t commit_log_offset = 0;        ///< of the half message
  std::int32_t commit_or_rollback = 0;       ///< a transaction type of message::sys_flag
  bool from_transaction_check = false;
  std::string_view msg_id;  ///< UNIQ_KEY
  std::string_view transaction_id;

  static constexpr auto fields() {
    return std::tuple(name_field("producerGroup", &EndTransactionHeader::producer_group),
                      field("tranStateTableOffset", &EndTransactionHeader::tran_state_table_offset),
                      field("commitLogOffset", &EndTransactionHeader::commit_log_offset),
                      field("commitOrRollback", &EndTransactionHeader::commit_or_rollback),
                      optional_field("fromTransactionCheck", &EndTransactionHeader::from_transaction_check),
                      field("msgId", &EndTransactionHeader::msg_id),
                      optional_field("transactionId", &EndTransactionHeader::transaction_id));
  }
};

/// CHECK_TRANSACTION_STATE 39, broker to producer; the body is the half message.
struct CheckTransactionStateHeader {
  std::int64_t tran_state_table_offset = 0;
  std::int64_t commit_log_offset = 0;
  std::string_view msg_id;          ///< UNIQ_KEY
  std::string_view transaction_id;  ///< UNIQ_KEY
  std::string_view offset_msg_id;

  static constexpr auto fields() {
    return std::tuple(field("tranStateTableOffset", &CheckTransactionStateHeader::tran_state_table_offset),
                      field("commitLogOffset", &CheckTransactionStateHeader::commit_log_offset),
                      optional_field("msgId", &CheckTransactionStateHeader::msg_id),
                      optional_field("transactionId", &CheckTransactionStateHeader::transaction_id),
                      optional_field("offsetMsgId", &CheckTransactionStateHeader::offset_msg_id));
  }
};

/// PUSH_REPLY_MESSAGE_TO_CLIENT 326, broker to producer.
struct PushReplyHeader {
  std::string_view producer_group;
  std::string_view topic;
  std::string_view default_topic;
  std::int32_t default_topic_queue_nums = 0;
  std::int32_t queue_id = 0;
  std::int32_t sys_flag = 0;
  std::int64_t born_timestamp = 0;
  std::int32_t flag = 0;
  std::string_view properties;
  std::int32_t reconsume_times = 0;
  bool unit_mode = false;
  std::string_view born_host;  ///< `ip:port`
  std::string_view store_host;
  std::int64_t store_timestamp = 0;

  static constexpr auto fields() {
    return std::tuple(
        name_field("producerGroup", &PushReplyHeader::producer_group),
        name_field("topic", &PushReplyHeader::topic), field("defaultTopic", &PushReplyHeader::default_topic),
        field("defaultTopicQueueNums", &PushReplyHeader::default_topic_queue_nums),
        field("queueId", &PushReplyHeader::queue_id), field("sysFlag", &PushReplyHeader::sys_flag),
        field("bornTimestamp", &PushReplyHeader::born_timestamp), field("flag", &PushReplyHeader::flag),
        optional_field("properties", &PushReplyHeader::properties),
        optional_field("reconsumeTimes", &PushReplyHeader::reconsume_times),
        optional_field("unitMode", &PushReplyHeader::unit_mode),
        field("bornHost", &PushReplyHeader::born_host), field("storeHost", &PushReplyHeader::store_host),
        field("storeTimestamp", &PushReplyHeader::store_timestamp));
  }
};

}  // namespace gantry::model::protocol
