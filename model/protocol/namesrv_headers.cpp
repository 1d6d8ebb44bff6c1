#include "model/protocol/namesrv_headers.h"

namespace gantry::model::protocol {

RegisterBrokerHeader RegisterBrokerHeader::read(FieldReader& in) {
  RegisterBrokerHeader header;
  header.broker_name = in.name("brokerName");
  header.broker_addr = in.name("brokerAddr");
  header.cluster_name = in.name("clusterName");
  header.ha_server_addr = in.text("haServerAddr");
  header.broker_id = in.i64("brokerId");
  header.compressed = in.flag_or("compressed");
  header.body_crc32 = in.i32_or("bodyCrc32", 0);
  return header;
}

void RegisterBrokerHeader::write(Fields& to) const {
  to.add("brokerName", broker_name);
  to.add("brokerAddr", broker_addr);
  to.add("clusterName", cluster_name);
  to.add("haServerAddr", ha_server_addr);
  to.add("brokerId", broker_id);
  to.add("compressed", compressed);
  to.add("bodyCrc32", body_crc32);
}

RegisterBrokerResponseHeader RegisterBrokerResponseHeader::read(FieldReader& in) {
  RegisterBrokerResponseHeader header;
  header.ha_server_addr = in.text_or("haServerAddr");
  header.master_addr = in.text_or("masterAddr");
  return header;
}

void RegisterBrokerResponseHeader::write(Fields& to) const {
  if (!ha_server_addr.empty()) to.add("haServerAddr", ha_server_addr);
  if (!master_addr.empty()) to.add("masterAddr", master_addr);
}

BrokerHeader BrokerHeader::read(FieldReader& in) {
  BrokerHeader header;
  header.broker_name = in.name("brokerName");
  header.broker_addr = in.name("brokerAddr");
  header.cluster_name = in.name("clusterName");
  header.broker_id = in.i64("brokerId");
  return header;
}

void BrokerHeader::write(Fields& to) const {
  to.add("brokerName", broker_name);
  to.add("brokerAddr", broker_addr);
  to.add("clusterName", cluster_name);
  to.add("brokerId", broker_id);
}

QueryDataVersionResponseHeader QueryDataVersionResponseHeader::read(FieldReader& in) {
  QueryDataVersionResponseHeader header;
  header.changed = in.flag("changed");
  return header;
}

void QueryDataVersionResponseHeader::write(Fields& to) const {
  to.add("changed", changed);
}

RouteInfoHeader RouteInfoHeader::read(FieldReader& in) {
  RouteInfoHeader header;
  header.topic = in.name("topic");
  header.accept_standard_json_only = in.flag_or("acceptStandardJsonOnly");
  return header;
}

void RouteInfoHeader::write(Fields& to) const {
  to.add("topic", topic);
  to.add("acceptStandardJsonOnly", accept_standard_json_only);
}

PutKvConfigHeader PutKvConfigHeader::read(FieldReader& in) {
  PutKvConfigHeader header;
  header.space = in.text("namespace");
  header.key = in.text("key");
  header.value = in.text("value");
  return header;
}

void PutKvConfigHeader::write(Fields& to) const {
  to.add("namespace", space);
  to.add("key", key);
  to.add("value", value);
}

KvConfigHeader KvConfigHeader::read(FieldReader& in) {
  KvConfigHeader header;
  header.space = in.text("namespace");
  header.key = in.text("key");
  return header;
}

void KvConfigHeader::write(Fields& to) const {
  to.add("namespace", space);
  to.add("key", key);
}

KvConfigResponseHeader KvConfigResponseHeader::read(FieldReader& in) {
  KvConfigResponseHeader header;
  header.value = in.text_or("value");
  return header;
}

void KvConfigResponseHeader::write(Fields& to) const {
  if (!value.empty()) to.add("value", value);
}

KvListHeader KvListHeader::read(FieldReader& in) {
  KvListHeader header;
  header.space = in.text("namespace");
  return header;
}

void KvListHeader::write(Fields& to) const {
  to.add("namespace", space);
}

BrokerNameHeader BrokerNameHeader::read(FieldReader& in) {
  BrokerNameHeader header;
  header.broker_name = in.name("brokerName");
  return header;
}

void BrokerNameHeader::write(Fields& to) const {
  to.add("brokerName", broker_name);
}

WipeWritePermResponseHeader WipeWritePermResponseHeader::read(FieldReader& in) {
  WipeWritePermResponseHeader header;
  header.wipe_topic_count = in.i32("wipeTopicCount");
  return header;
}

void WipeWritePermResponseHeader::write(Fields& to) const {
  to.add("wipeTopicCount", wipe_topic_count);
}

AddWritePermResponseHeader AddWritePermResponseHeader::read(FieldReader& in) {
  AddWritePermResponseHeader header;
  header.add_topic_count = in.i32("addTopicCount");
  return header;
}

void AddWritePermResponseHeader::write(Fields& to) const {
  to.add("addTopicCount", add_topic_count);
}

DeleteTopicInNamesrvHeader DeleteTopicInNamesrvHeader::read(FieldReader& in) {
  DeleteTopicInNamesrvHeader header;
  header.topic = in.name("topic");
  header.cluster_name = in.text_or("clusterName");
  return header;
}

void DeleteTopicInNamesrvHeader::write(Fields& to) const {
  to.add("topic", topic);
  if (!cluster_name.empty()) to.add("clusterName", cluster_name);
}

TopicsByClusterHeader TopicsByClusterHeader::read(FieldReader& in) {
  TopicsByClusterHeader header;
  header.cluster = in.name("cluster");
  return header;
}

void TopicsByClusterHeader::write(Fields& to) const {
  to.add("cluster", cluster);
}

}  // namespace gantry::model::protocol
