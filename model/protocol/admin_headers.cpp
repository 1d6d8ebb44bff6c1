#include "model/protocol/admin_headers.h"

namespace gantry::model::protocol {

CreateTopicHeader CreateTopicHeader::read(FieldReader& in) {
  CreateTopicHeader header;
  header.topic = in.name("topic");
  header.default_topic = in.text("defaultTopic");
  header.read_queue_nums = in.i32("readQueueNums");
  header.write_queue_nums = in.i32("writeQueueNums");
  header.perm = in.i32("perm");
  header.topic_filter_type = in.text("topicFilterType");
  header.topic_sys_flag = in.i32_or("topicSysFlag", 0);
  header.order = in.flag_or("order");
  return header;
}

void CreateTopicHeader::write(Fields& to) const {
  to.add("topic", topic);
  to.add("defaultTopic", default_topic);
  to.add("readQueueNums", read_queue_nums);
  to.add("writeQueueNums", write_queue_nums);
  to.add("perm", perm);
  to.add("topicFilterType", topic_filter_type);
  to.add("topicSysFlag", topic_sys_flag);
  to.add("order", order);
}

TopicHeader TopicHeader::read(FieldReader& in) {
  TopicHeader header;
  header.topic = in.name("topic");
  return header;
}

void TopicHeader::write(Fields& to) const {
  to.add("topic", topic);
}

DeleteGroupHeader DeleteGroupHeader::read(FieldReader& in) {
  DeleteGroupHeader header;
  header.group_name = in.name("groupName");
  header.remove_offset = in.flag_or("removeOffset") || in.flag_or("cleanOffset");
  return header;
}

void DeleteGroupHeader::write(Fields& to) const {
  to.add("groupName", group_name);
  to.add("removeOffset", remove_offset);
}

ProducerGroupHeader ProducerGroupHeader::read(FieldReader& in) {
  ProducerGroupHeader header;
  header.producer_group = in.name("producerGroup");
  return header;
}

void ProducerGroupHeader::write(Fields& to) const {
  to.add("producerGroup", producer_group);
}

ConsumeStatsHeader ConsumeStatsHeader::read(FieldReader& in) {
  ConsumeStatsHeader header;
  header.consumer_group = in.name("consumerGroup");
  header.topic = in.text_or("topic");
  return header;
}

void ConsumeStatsHeader::write(Fields& to) const {
  to.add("consumerGroup", consumer_group);
  if (!topic.empty()) to.add("topic", topic);
}

TopicGroupHeader TopicGroupHeader::read(FieldReader& in) {
  TopicGroupHeader header;
  header.topic = in.name("topic");
  header.group = in.name("group");
  return header;
}

void TopicGroupHeader::write(Fields& to) const {
  to.add("topic", topic);
  to.add("group", group);
}

CorrectionOffsetHeader CorrectionOffsetHeader::read(FieldReader& in) {
  CorrectionOffsetHeader header;
  header.filter_groups = in.text_or("filterGroups");
  header.compare_group = in.name("compareGroup");
  header.topic = in.name("topic");
  return header;
}

void CorrectionOffsetHeader::write(Fields& to) const {
  if (!filter_groups.empty()) to.add("filterGroups", filter_groups);
  to.add("compareGroup", compare_group);
  to.add("topic", topic);
}

CloneGroupOffsetHeader CloneGroupOffsetHeader::read(FieldReader& in) {
  CloneGroupOffsetHeader header;
  header.src_group = in.name("srcGroup");
  header.dest_group = in.name("destGroup");
  header.topic = in.text_or("topic");
  header.offline = in.flag_or("offline");
  return header;
}

void CloneGroupOffsetHeader::write(Fields& to) const {
  to.add("srcGroup", src_group);
  to.add("destGroup", dest_group);
  if (!topic.empty()) to.add("topic", topic);
  to.add("offline", offline);
}

BrokerStatsHeader BrokerStatsHeader::read(FieldReader& in) {
  BrokerStatsHeader header;
  header.stats_name = in.text("statsName");
  header.stats_key = in.text("statsKey");
  return header;
}

void BrokerStatsHeader::write(Fields& to) const {
  to.add("statsName", stats_name);
  to.add("statsKey", stats_key);
}

ConsumeQueueHeader ConsumeQueueHeader::read(FieldReader& in) {
  ConsumeQueueHeader header;
  header.topic = in.text_or("topic");
  header.queue_id = in.i32_or("queueId", 0);
  header.index = in.i64_or("index", 0);
  header.count = in.i32_or("count", 0);
  header.consumer_group = in.text_or("consumerGroup");
  return header;
}

void ConsumeQueueHeader::write(Fields& to) const {
  if (!topic.empty()) to.add("topic", topic);
  to.add("queueId", queue_id);
  to.add("index", index);
  to.add("count", count);
  if (!consumer_group.empty()) to.add("consumerGroup", consumer_group);
}

QueryMessageHeader QueryMessageHeader::read(FieldReader& in) {
  QueryMessageHeader header;
  header.topic = in.name("topic");
  header.key = in.text("key");
  header.max_num = in.i32("maxNum");
  header.begin_timestamp = in.i64("beginTimestamp");
  header.end_timestamp = in.i64("endTimestamp");
  header.unique_key_query = in.flag_or("_UNIQUE_KEY_QUERY");
  return header;
}

void QueryMessageHeader::write(Fields& to) const {
  to.add("topic", topic);
  to.add("key", key);
  to.add("maxNum", max_num);
  to.add("beginTimestamp", begin_timestamp);
  to.add("endTimestamp", end_timestamp);
  if (unique_key_query) to.add("_UNIQUE_KEY_QUERY", true);
}

QueryMessageResponseHeader QueryMessageResponseHeader::read(FieldReader& in) {
  QueryMessageResponseHeader header;
  header.index_last_update_timestamp = in.i64("indexLastUpdateTimestamp");
  header.index_last_update_offset = in.i64("indexLastUpdatePhyoffset");
  return header;
}

void QueryMessageResponseHeader::write(Fields& to) const {
  to.add("indexLastUpdateTimestamp", index_last_update_timestamp);
  to.add("indexLastUpdatePhyoffset", index_last_update_offset);
}

ViewMessageHeader ViewMessageHeader::read(FieldReader& in) {
  ViewMessageHeader header;
  header.offset = in.i64("offset");
  return header;
}

void ViewMessageHeader::write(Fields& to) const {
  to.add("offset", offset);
}

}  // namespace gantry::model::protocol
