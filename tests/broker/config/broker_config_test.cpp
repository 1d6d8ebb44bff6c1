#include "broker/config/broker_config.h"

#include <gtest/gtest.h>

namespace gantry::broker::config {
namespace {

TEST(BrokerConfig, HasRocketMqsDefaults) {
  const BrokerConfig config;
  EXPECT_EQ(config.listen_port, 10911);
  EXPECT_EQ(config.broker_cluster_name, "DefaultCluster");
  EXPECT_EQ(config.default_topic_queue_nums, 8);
  EXPECT_TRUE(config.auto_create_topic_enable);
  EXPECT_EQ(config.store_config().commit_log_file_bytes, std::uint64_t{1} << 30);
}

TEST(BrokerConfig, EveryKeyIsReadBackAsItWasSet) {
  BrokerConfig config;
  const KeyTable keys = bind(config);
  const auto said =
      keys.apply(parse_properties("flushDiskType=SYNC_FLUSH\nlistenPort=20911\ndeleteWhen=05\n"));
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].severity, Severity::note) << "deleteWhen is of RocketMQ, and does nothing here";
  EXPECT_EQ(config.store_config().flush, store::FlushMode::sync_flush);
  EXPECT_EQ(config.address(), "127.0.0.1:20911");
  EXPECT_EQ(keys.get("deleteWhen"), "05") << "no effect here, and still kept";
  EXPECT_EQ(keys.values().size(), broker_keys().size());
}

TEST(BrokerConfig, NoMemoryForMessagesIsAWindowOfNoBytes) {
  BrokerConfig config;
  EXPECT_TRUE(bind(config).apply(parse_properties("accessMessageInMemoryMaxRatio=0\n")).empty());
  EXPECT_EQ(config.memory_window_bytes(), 0);
}

TEST(BrokerConfig, AWrongValueNamesItsLineAndChangesNothing) {
  BrokerConfig config;
  const auto said = bind(config).apply(
      parse_properties("# a broker\nlistenPort=70000\nbrokerRole=MASTER\ncleanResourceInterval=x\n"));
  ASSERT_EQ(said.size(), 3u);
  EXPECT_TRUE(has_errors(said));
  EXPECT_EQ(said[0].line, 2);
  EXPECT_EQ(config, BrokerConfig());
}

TEST(BrokerConfig, WhatThisVersionDoesNotDoIsRefused) {
  BrokerConfig config;
  EXPECT_TRUE(contradictions(config).empty());
  config.broker_role = "SLAVE";
  config.acl_enable = true;
  config.store_path_commit_log = "/elsewhere";
  config.broker_ip1 = "example.org";
  EXPECT_EQ(contradictions(config).size(), 4u);
  config.broker_ip1 = "::1";  // stored messages and routes have IPv4 addresses
  EXPECT_EQ(contradictions(config).size(), 4u);
  config.msg_trace_topic_name = "../evil";
  EXPECT_EQ(contradictions(config).size(), 5u);
}

TEST(BrokerConfig, AMasterThatWaitsForASlaveIsRefused) {
  BrokerConfig config;
  config.broker_role = "SYNC_MASTER";
  EXPECT_EQ(contradictions(config).size(), 1u);
}

TEST(BrokerConfig, AContradictionNamesTheLineThatCounts) {
  BrokerConfig config;
  const auto file = parse_properties("brokerRole=SLAVE\nlistenPort=20911\nbrokerRole=SLAVE\nbrokerId=1\n");
  ASSERT_FALSE(has_errors(bind(config).apply(file)));
  const auto said = contradictions(config, file);
  ASSERT_EQ(said.size(), 2u);
  EXPECT_EQ(said[0].line, 3);
  EXPECT_EQ(said[1].line, 4);
  EXPECT_EQ(said[1].key, "brokerId");
}

TEST(BrokerConfig, ANameServerThatNobodyCouldReachIsAWrongValue) {
  for (const char* wrong : {"localhost", "127.0.0.1:99999", "127.0.0.1:", ":9876", "127.0.0.1:0", "a:1,b:2",
                            "127.0.0.1:9876;localhost", "127.0.0.1:9876x", "http://x:80"}) {
    BrokerConfig config;
    EXPECT_TRUE(bind(config).set("namesrvAddr", wrong)) << wrong;
    EXPECT_EQ(config, BrokerConfig());
    config.namesrv_addr = wrong;
    EXPECT_EQ(contradictions(config).size(), 1u) << wrong;
  }
  for (const char* right : {"", "localhost:9876", "10.0.0.1:9876; names.example:1 ;"}) {
    BrokerConfig config;
    EXPECT_FALSE(bind(config).set("namesrvAddr", right)) << right;
    EXPECT_EQ(config.namesrv_addr, right);
  }
}

}  // namespace
}  // namespace gantry::broker::config
