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
  EXPECT_TRUE(said.empty());
  EXPECT_EQ(config.store_config().flush, store::FlushMode::sync_flush);
  EXPECT_EQ(config.address(), "127.0.0.1:20911");
  EXPECT_EQ(keys.get("deleteWhen"), "05") << "no effect here, and still kept";
  EXPECT_EQ(keys.values().size(), broker_keys().size());
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
}

}  // namespace
}  // namespace gantry::broker::config
