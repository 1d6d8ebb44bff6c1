#include "model/protocol/consume_headers.h"

#include "model/protocol/header_codec.h"

namespace gantry::model::protocol {

PullHeader PullHeader::read(FieldReader& in) {
  PullHeader header;
  header.consumer_group = in.name("consumerGroup");
  header.topic = in.name("topic");
  header.queue_id = in.i32("queueId");
  header.queue_offset = in.i64("queueOffset");
  header.max_msg_nums = in.i32("maxMsgNums");
  header.sys_flag = in.i32("sysFlag");
  header.commit_offset = in.i64("commitOffset");
  header.suspend_timeout_ms = in.i64("suspendTimeoutMillis");
  header.subscription = in.text_or("subscription");
  header.sub_version = in.i64("subVersion");
  header.expression_type = in.text_or("expressionType", "TAG");
  return header;
}

void PullHeader::write(Fields& to) const {
  to.add("consumerGroup", consumer_group);
  to.add("topic", topic);
  to.add("queueId", queue_id);
  to.add("queueOffset", queue_offset);
  to.add("maxMsgNums", max_msg_nums);
  to.add("sysFlag", sys_flag);
  to.add("commitOffset", commit_offset);
  to.add("suspendTimeoutMillis", suspend_timeout_ms);
  if (!subscription.empty()) to.add("subscription", subscription);
  to.add("subVersion", sub_version);
  if (!expression_type.empty()) to.add("expressionType", expression_type);
}

PullResponseHeader PullResponseHeader::read(FieldReader& in) {
  PullResponseHeader header;
  header.suggest_which_broker_id = in.i64("suggestWhichBrokerId");
  header.next_begin_offset = in.i64("nextBeginOffset");
  header.min_offset = in.i64("minOffset");
  header.max_offset = in.i64("maxOffset");
  return header;
}

void PullResponseHeader::write(Fields& to) const {
  to.add("suggestWhichBrokerId", suggest_which_broker_id);
  to.add("nextBeginOffset", next_begin_offset);
  to.add("minOffset", min_offset);
  to.add("maxOffset", max_offset);
}

template struct HeaderFields<QueryConsumerOffsetHeader>;
template struct HeaderFields<UpdateConsumerOffsetHeader>;
template struct HeaderFields<SearchOffsetHeader>;
template struct HeaderFields<QueueHeader>;
template struct HeaderFields<OffsetResponseHeader>;
template struct HeaderFields<TimestampResponseHeader>;
template struct HeaderFields<UnregisterClientHeader>;
template struct HeaderFields<GroupHeader>;
template struct HeaderFields<ResetOffsetHeader>;
template struct HeaderFields<ConsumerStatusHeader>;
template struct HeaderFields<ConsumerRunningInfoHeader>;
template struct HeaderFields<ConsumeDirectlyHeader>;

}  // namespace gantry::model::protocol
