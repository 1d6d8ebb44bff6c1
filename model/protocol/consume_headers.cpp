#include "model/protocol/consume_headers.h"

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

QueryConsumerOffsetHeader QueryConsumerOffsetHeader::read(FieldReader& in) {
  QueryConsumerOffsetHeader header;
  header.consumer_group = in.name("consumerGroup");
  header.topic = in.name("topic");
  header.queue_id = in.i32("queueId");
  return header;
}

void QueryConsumerOffsetHeader::write(Fields& to) const {
  to.add("consumerGroup", consumer_group);
  to.add("topic", topic);
  to.add("queueId", queue_id);
}

UpdateConsumerOffsetHeader UpdateConsumerOffsetHeader::read(FieldReader& in) {
  UpdateConsumerOffsetHeader header;
  header.consumer_group = in.name("consumerGroup");
  header.topic = in.name("topic");
  header.queue_id = in.i32("queueId");
  header.commit_offset = in.i64("commitOffset");
  return header;
}

void UpdateConsumerOffsetHeader::write(Fields& to) const {
  to.add("consumerGroup", consumer_group);
  to.add("topic", topic);
  to.add("queueId", queue_id);
  to.add("commitOffset", commit_offset);
}

SearchOffsetHeader SearchOffsetHeader::read(FieldReader& in) {
  SearchOffsetHeader header;
  header.topic = in.name("topic");
  header.queue_id = in.i32("queueId");
  header.timestamp = in.i64("timestamp");
  return header;
}

void SearchOffsetHeader::write(Fields& to) const {
  to.add("topic", topic);
  to.add("queueId", queue_id);
  to.add("timestamp", timestamp);
}

QueueHeader QueueHeader::read(FieldReader& in) {
  QueueHeader header;
  header.topic = in.name("topic");
  header.queue_id = in.i32("queueId");
  return header;
}

void QueueHeader::write(Fields& to) const {
  to.add("topic", topic);
  to.add("queueId", queue_id);
}

OffsetResponseHeader OffsetResponseHeader::read(FieldReader& in) {
  OffsetResponseHeader header;
  header.offset = in.i64("offset");
  return header;
}

void OffsetResponseHeader::write(Fields& to) const {
  to.add("offset", offset);
}

TimestampResponseHeader TimestampResponseHeader::read(FieldReader& in) {
  TimestampResponseHeader header;
  header.timestamp = in.i64("timestamp");
  return header;
}

void TimestampResponseHeader::write(Fields& to) const {
  to.add("timestamp", timestamp);
}

UnregisterClientHeader UnregisterClientHeader::read(FieldReader& in) {
  UnregisterClientHeader header;
  header.client_id = in.name("clientID");
  header.producer_group = in.text_or("producerGroup");
  header.consumer_group = in.text_or("consumerGroup");
  return header;
}

void UnregisterClientHeader::write(Fields& to) const {
  to.add("clientID", client_id);
  if (!producer_group.empty()) to.add("producerGroup", producer_group);
  if (!consumer_group.empty()) to.add("consumerGroup", consumer_group);
}

GroupHeader GroupHeader::read(FieldReader& in) {
  GroupHeader header;
  header.consumer_group = in.name("consumerGroup");
  return header;
}

void GroupHeader::write(Fields& to) const {
  to.add("consumerGroup", consumer_group);
}

ResetOffsetHeader ResetOffsetHeader::read(FieldReader& in) {
  ResetOffsetHeader header;
  header.topic = in.name("topic");
  header.group = in.name("group");
  header.timestamp = in.i64("timestamp");
  header.is_force = in.flag("isForce");
  return header;
}

void ResetOffsetHeader::write(Fields& to) const {
  to.add("topic", topic);
  to.add("group", group);
  to.add("timestamp", timestamp);
  to.add("isForce", is_force);
}

ConsumerStatusHeader ConsumerStatusHeader::read(FieldReader& in) {
  ConsumerStatusHeader header;
  header.topic = in.name("topic");
  header.group = in.name("group");
  header.client_addr = in.text_or("clientAddr");
  return header;
}

void ConsumerStatusHeader::write(Fields& to) const {
  to.add("topic", topic);
  to.add("group", group);
  if (!client_addr.empty()) to.add("clientAddr", client_addr);
}

ConsumerRunningInfoHeader ConsumerRunningInfoHeader::read(FieldReader& in) {
  ConsumerRunningInfoHeader header;
  header.consumer_group = in.name("consumerGroup");
  header.client_id = in.name("clientId");
  header.jstack_enable = in.flag_or("jstackEnable");
  return header;
}

void ConsumerRunningInfoHeader::write(Fields& to) const {
  to.add("consumerGroup", consumer_group);
  to.add("clientId", client_id);
  to.add("jstackEnable", jstack_enable);
}

ConsumeDirectlyHeader ConsumeDirectlyHeader::read(FieldReader& in) {
  ConsumeDirectlyHeader header;
  header.consumer_group = in.name("consumerGroup");
  header.client_id = in.text_or("clientId");
  header.msg_id = in.text_or("msgId");
  header.broker_name = in.text_or("brokerName");
  return header;
}

void ConsumeDirectlyHeader::write(Fields& to) const {
  to.add("consumerGroup", consumer_group);
  if (!client_id.empty()) to.add("clientId", client_id);
  if (!msg_id.empty()) to.add("msgId", msg_id);
  if (!broker_name.empty()) to.add("brokerName", broker_name);
}

}  // namespace gantry::model::protocol
