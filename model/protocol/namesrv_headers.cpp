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
  to.set("brokerName", broker_name);
  to.set("brokerAddr", broker_addr);
  to.set("clusterName", cluster_name);
  to.set("haServerAddr", ha_server_addr);
  to.set("brokerId", broker_id);
  to.set("compressed", compressed);
  to.set("bodyCrc32", body_crc32);
}

RegisterBrokerResponseHeader RegisterBrokerResponseHeader::read(FieldReader& in) {
  RegisterBrokerResponseHeader header;
  header.ha_server_addr = in.text_or("haServerAddr");
  header.master_addr = in.text_or("masterAddr");
  return header;
}

void RegisterBrokerResponseHeader::write(Fields& to) const {
  if (!ha_server_addr.empty()) to.set("haServerAddr", ha_server_addr);
  if (!master_addr.empty()) to.set("masterAddr", master_addr);
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
  to.set("brokerName", broker_name);
  to.set("brokerAddr", broker_addr);
  to.set("clusterName", cluster_name);
  to.set("brokerId", broker_id);
}

QueryDataVersionResponseHeader QueryDataVersionResponseHeader::read(FieldReader& in) {
  QueryDataVersionResponseHeader header;
  header.changed = in.flag("changed");
  return header;
}

void QueryDataVersionResponseHeader::write(Fields& to) const {
  to.set("changed", changed);
}

RouteInfoHeader RouteInfoHeader::read(FieldReader& in) {
  RouteInfoHeader header;
  header.topic = in.name("topic");
  header.accept_standard_json_only = in.flag_or("acceptStandardJsonOnly");
  return header;
}

void RouteInfoHeader::write(Fields& to) const {
  to.set("topic", topic);
  to.set("acceptStandardJsonOnly", accept_standard_json_only);
}

PutKvConfigHeader PutKvConfigHeader::read(FieldReader& in) {
  PutKvConfigHeader header;
  header.space = in.text("namespace");
  header.key = in.text("key");
  header.value = in.text("value");
  return header;
}

void PutKvConfigHeader::write(Fields& to) const {
  to.set("namespace", space);
  to.set("key", key);
  to.set("value", value);
}

KvConfigHeader KvConfigHeader::read(FieldReader& in) {
  KvConfigHeader header;
  header.space = in.text("namespace");
  header.key = in.text("key");
  return header;
}

void KvConfigHeader::write(Fields& to) const {
  to.set("namespace", space);
  to.set("key", key);
}

KvConfigResponseHeader KvConfigResponseHeader::read(FieldReader& in) {
  KvConfigResponseHeader header;
  header.value = in.text_or("value");
  return header;
}

void KvConfigResponseHeader::write(Fields& to) const {
  if (!value.empty()) to.set("value", value);
}

KvListHeader KvListHeader::read(FieldReader& in) {
  KvListHeader header;
  header.space = in.text("namespace");
  return header;
}

void KvListHeader::write(Fields& to) const {
  to.set("namespace", space);
}

BrokerNameHeader BrokerNameHeader::read(FieldReader& in) {
  BrokerNameHeader header;
  header.broker_name = in.name("brokerName");
  return header;
}

void BrokerNameHeader::write(Fields& to) const {
  to.set("brokerName", broker_name);
}

WipeWritePermResponseHeader WipeWritePermResponseHeader::read(FieldReader& in) {
  WipeWritePermResponseHeader header;
  header.wipe_topic_count = in.i32("wipeTopicCount");
  return header;
}

void WipeWritePermResponseHeader::write(Fields& to) const {
  to.set("wipeTopicCount", wipe_topic_count);
}

AddWritePermResponseHeader AddWritePermResponseHeader::read(FieldReader& in) {
  AddWritePermResponseHeader header;
  header.add_topic_count = in.i32("addTopicCount");
  return header;
}

void AddWritePermResponseHeader::write(Fields& to) const {
  to.set("addTopicCount", add_topic_count);
}

DeleteTopicInNamesrvHeader DeleteTopicInNamesrvHeader::read(FieldReader& in) {
  DeleteTopicInNamesrvHeader header;
  header.topic = in.name("topic");
  header.cluster_name = in.text_or("clusterName");
  return header;
}

void DeleteTopicInNamesrvHeader::write(Fields& to) const {
  to.set("topic", topic);
  if (!cluster_name.empty()) to.set("clusterName", cluster_name);
}

TopicsByClusterHeader TopicsByClusterHeader::read(FieldReader& in) {
  TopicsByClusterHeader header;
  header.cluster = in.name("cluster");
  return header;
}

void TopicsByClusterHeader::write(Fields& to) const {
  to.set("cluster", cluster);
}

}  // namespace gantry::model::protocol
