#include "broker/namesrv/route_table.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gantry::broker::namesrv {
namespace {

using runtime::Duration;
using namespace std::chrono_literals;

TopicConfig topic(std::string name, std::int32_t perm = 6, std::int32_t sys_flag = 0) {
  TopicConfig made;
  made.topic_name = std::move(name);
  made.read_queue_nums = made.write_queue_nums = 8;
  made.perm = perm;
  made.topic_sys_flag = sys_flag;
  return made;
}

BrokerReport report(std::string name, std::int64_t id, std::string address, std::int64_t version = 1,
                    std::vector<TopicConfig> topics = {topic("TopicA")}) {
  return {
      {"ClusterX", std::move(name), address, id}, "ha-of-" + address, {100, version}, std::move(topics), {}};
}

constexpr ChannelId channel(std::uint64_t n) {
  return ChannelId{n};
}
constexpr Instant at(Duration time) {
  return Instant{time.count()};
}

struct RouteTableTest : testing::Test {
  RouteTable table;

  void add(const BrokerReport& what, std::uint64_t over, Duration when = 0s) {
    table.register_broker(what, channel(over), at(when));
  }
  std::map<std::int64_t, std::string> addresses(std::string_view topic = "TopicA") const {
    const auto route = table.route_of(topic);
    return route ? route->broker_datas.at(0).broker_addrs : std::map<std::int64_t, std::string>();
  }
  std::int32_t perm(std::string_view topic = "TopicA") const {
    return table.route_of(topic)->queue_datas.at(0).perm;
  }
};

using Addresses = std::map<std::int64_t, std::string>;

TEST_F(RouteTableTest, ARouteNamesQueuesAndAllBrokersOfTheName) {
  add(report("broker-a", 0, "10.0.0.1:10911"), 1);
  add(report("broker-a", 1, "10.0.0.2:10911", 1, {topic("OfTheSlave")}), 2);
  add(report("broker-b", 0, "10.0.0.3:10911"), 3);
  const auto route = table.route_of("TopicA");
  ASSERT_TRUE(route);
  ASSERT_EQ(route->queue_datas.size(), 2u);
  EXPECT_EQ(route->queue_datas[0].broker_name, "broker-a");
  EXPECT_EQ(route->queue_datas[0].read_queue_nums, 8);
  EXPECT_EQ(route->broker_datas[0].broker_addrs, (Addresses{{0, "10.0.0.1:10911"}, {1, "10.0.0.2:10911"}}));
  EXPECT_EQ(route->broker_datas[0].cluster, "ClusterX");
  EXPECT_FALSE(table.route_of("OfTheSlave"));
  EXPECT_FALSE(table.route_of("Unknown"));
}

TEST_F(RouteTableTest, ASlaveLearnsItsMaster) {
  EXPECT_EQ(table.register_broker(report("a", 1, "s:1"), channel(1), at(0s)).master_address, "");
  add(report("a", 0, "m:1"), 2);
  const auto done = table.register_broker(report("a", 1, "s:1"), channel(1), at(1s));
  EXPECT_EQ(done.master_address, "m:1");
  EXPECT_EQ(done.master_ha_address, "ha-of-m:1");
  EXPECT_FALSE(done.is_new);
}

TEST_F(RouteTableTest, TopicsAreTakenOnlyWithANewVersionAndNeverRemovedByAbsence) {
  add(report("a", 0, "m:1", 1, {topic("TopicA", 6)}), 1);
  add(report("a", 0, "m:1", 1, {topic("TopicA", 4)}), 1);
  EXPECT_EQ(perm(), 6);
  add(report("a", 0, "m:1", 2, {topic("TopicB", 4)}), 1);
  EXPECT_EQ(perm("TopicA"), 6);
  EXPECT_EQ(perm("TopicB"), 4);
}

TEST_F(RouteTableTest, WipedWritePermissionIsRestoredByHandOrByANewVersion) {
  add(report("a", 0, "m:1", 1, {topic("TopicA"), topic("TopicB")}), 1);
  EXPECT_EQ(table.wipe_write_permission("a"), 2);
  EXPECT_EQ(perm(), 4);
  add(report("a", 0, "m:1", 1), 1);
  EXPECT_EQ(perm(), 4);
  EXPECT_EQ(table.add_write_permission("a"), 2);
  EXPECT_EQ(perm(), 6);
  table.wipe_write_permission("a");
  add(report("a", 0, "m:1", 2), 1);
  EXPECT_EQ(perm(), 6);
  EXPECT_EQ(table.wipe_write_permission("unknown"), 0);
}

TEST_F(RouteTableTest, AnAddressUnderAnotherIdIsMoved) {
  add(report("a", 0, "m:1"), 1);
  add(report("a", 1, "s:1"), 2);
  add(report("a", 0, "s:1"), 2);  // promoted on its host
  EXPECT_EQ(addresses(), (Addresses{{0, "s:1"}}));
  add(report("a", 1, "s:1"), 2);  // and back: its topics stay, without a master
  EXPECT_EQ(addresses(), (Addresses{{1, "s:1"}}));
}

TEST_F(RouteTableTest, AnAddressUnderAnotherNameLeavesNothingOfTheOldOne) {
  add(report("a", 0, "m:1"), 1);
  add(report("b", 0, "m:1", 1, {topic("TopicB")}), 1);
  EXPECT_FALSE(table.route_of("TopicA"));
  EXPECT_EQ(addresses("TopicB"), (Addresses{{0, "m:1"}}));
  EXPECT_EQ(table.clusters().cluster_addr_table.at("ClusterX"), std::set<std::string>{"b"});
}

TEST_F(RouteTableTest, UnregisteringTheLastOneRemovesNameClusterAndTopics) {
  add(report("a", 0, "m:1"), 1);
  add(report("a", 1, "s:1"), 2);
  EXPECT_TRUE(table.unregister_broker({"ClusterX", "a", "m:1", 0}, channel(1)));
  EXPECT_EQ(addresses(), (Addresses{{1, "s:1"}}));
  EXPECT_TRUE(table.unregister_broker({"ClusterX", "a", "s:1", 1}, channel(2)));
  EXPECT_FALSE(table.route_of("TopicA"));
  EXPECT_TRUE(table.topics().empty());
  EXPECT_TRUE(table.clusters().cluster_addr_table.empty());
  EXPECT_FALSE(table.unregister_broker({"ClusterX", "a", "s:1", 1}, channel(2)));
}

TEST_F(RouteTableTest, OnlyTheConnectionThatRegisteredTakesItsBrokerAway) {
  add(report("a", 0, "m:1"), 1);
  add(report("a", 0, "m:1"), 5);  // restarted, over a new connection
  EXPECT_TRUE(table.remove_channel(channel(1)).empty());
  EXPECT_EQ(addresses(), (Addresses{{0, "m:1"}}));
  EXPECT_EQ(table.remove_channel(channel(5)).size(), 1u);
  EXPECT_FALSE(table.route_of("TopicA"));
}

TEST_F(RouteTableTest, WhatAnEarlierProcessSaysLateChangesNothing) {
  add(report("a", 0, "m:1", 2, {topic("TopicA", 4)}), 5);
  add(report("a", 0, "m:1", 1, {topic("TopicA", 6), topic("Old")}), 1);
  EXPECT_FALSE(table.unregister_broker({"ClusterX", "a", "m:1", 0}, channel(1)));
  EXPECT_TRUE(table.remove_channel(channel(1)).empty());
  EXPECT_EQ(perm(), 4);
  EXPECT_FALSE(table.route_of("Old"));
}

TEST_F(RouteTableTest, ARestartAtAnotherAddressReplacesTheOldOne) {
  add(report("a", 0, "old:1"), 1);
  add(report("a", 0, "new:1"), 2);
  EXPECT_EQ(addresses(), (Addresses{{0, "new:1"}}));
  EXPECT_TRUE(table.remove_channel(channel(1)).empty());
  EXPECT_TRUE(table.remove_silent_since(at(0s)).empty());
  EXPECT_EQ(addresses(), (Addresses{{0, "new:1"}}));
}

TEST_F(RouteTableTest, WhoIsSilentForTooLongIsRemoved) {
  add(report("a", 0, "m:1"), 1, 0s);
  add(report("b", 0, "m:2"), 2, 10s);
  EXPECT_TRUE(table.remove_silent_since(at(0s)).empty());
  const auto removed = table.remove_silent_since(at(10s));
  ASSERT_EQ(removed.size(), 1u);
  EXPECT_EQ(removed[0].broker.name, "a");
  EXPECT_EQ(removed[0].channel, channel(1));
  EXPECT_EQ(addresses(), (Addresses{{0, "m:2"}}));
}

TEST_F(RouteTableTest, AQueryWithTheSameVersionIsASignOfLife) {
  const BrokerIdentity a{"ClusterX", "a", "m:1", 0};
  std::optional<DataVersion> known;
  EXPECT_TRUE(table.version_changed(a, {100, 1}, channel(1), at(0s), known));
  EXPECT_FALSE(known);
  add(report("a", 0, "m:1"), 1, 0s);
  EXPECT_TRUE(table.version_changed(a, {100, 2}, channel(1), at(50s), known));
  EXPECT_EQ(known, (DataVersion{100, 1}));
  EXPECT_EQ(table.remove_silent_since(at(1s)).size(), 1u);

  add(report("a", 0, "m:1"), 1, 0s);
  EXPECT_FALSE(table.version_changed(a, {100, 1}, channel(3), at(50s), known));
  EXPECT_TRUE(table.remove_silent_since(at(50s)).empty());
  EXPECT_TRUE(table.remove_channel(channel(1)).empty());  // it lives on over the newer connection
  EXPECT_EQ(table.remove_channel(channel(3)).size(), 1u);
}

TEST_F(RouteTableTest, ATopicIsForgottenEverywhereOrInOneCluster) {
  BrokerReport other = report("b", 0, "m:2");
  other.broker.cluster = "ClusterY";
  add(report("a", 0, "m:1"), 1);
  add(other, 2);
  EXPECT_EQ(table.topics_of_cluster("ClusterY"), std::set<std::string>{"TopicA"});
  table.remove_topic("TopicA", "ClusterX");
  EXPECT_EQ(addresses(), (Addresses{{0, "m:2"}}));
  table.remove_topic("TopicA");
  EXPECT_FALSE(table.route_of("TopicA"));
  table.remove_topic("TopicA");
}

TEST_F(RouteTableTest, ListsTopicsByKind) {
  add(report("a", 0, "m:1", 1,
             {topic("Plain"), topic("Unit", 6, 1), topic("Sub", 6, 2), topic("Both", 6, 3)}),
      1);
  using Names = std::set<std::string>;
  EXPECT_EQ(table.topics(), (Names{"Both", "Plain", "Sub", "Unit"}));
  EXPECT_EQ(table.unit_topics(RouteTable::Unit::unit), (Names{"Both", "Unit"}));
  EXPECT_EQ(table.unit_topics(RouteTable::Unit::with_unit_subscription), (Names{"Both", "Sub"}));
  EXPECT_EQ(table.unit_topics(RouteTable::Unit::only_subscribed_by_unit), (Names{"Sub"}));
  EXPECT_EQ(table.system_topics(), (Names{"ClusterX", "a"}));
  EXPECT_EQ(table.any_address(), "m:1");
}

TEST_F(RouteTableTest, FilterServersStandInTheRoute) {
  BrokerReport with = report("a", 0, "m:1");
  with.filter_servers = {"f:1"};
  add(with, 1);
  EXPECT_EQ(table.route_of("TopicA")->filter_server_table.at("m:1"), std::vector<std::string>{"f:1"});
}

std::vector<TopicConfig> topics(std::size_t count, const std::string& prefix = "T") {
  std::vector<TopicConfig> made;
  for (std::size_t i = 0; i < count; ++i) made.push_back(topic(prefix + std::to_string(i)));
  return made;
}

struct RouteTableLimits : testing::Test {
  RouteTable table{{.brokers = 3, .topics = 10, .queues = 15}};

  std::string_view refusal(const BrokerReport& what, std::uint64_t over, Duration when = 0s) {
    return table.register_broker(what, channel(over), at(when)).refusal;
  }
};

TEST_F(RouteTableLimits, TopicsAreCountedByName) {
  EXPECT_EQ(refusal(report("a", 0, "m:1", 1, topics(10)), 1), "");
  EXPECT_EQ(refusal(report("b", 0, "m:2", 1, topics(1, "Other")), 2),
            "the name server has as many topics as it can keep");
  EXPECT_FALSE(table.route_of("Other0"));
  EXPECT_FALSE(table.clusters().broker_addr_table.contains("b")) << "nothing of it was taken";
  EXPECT_EQ(refusal(report("b", 0, "m:2", 1, topics(5)), 2), "") << "the same names";
  table.remove_topic("T9");
  EXPECT_EQ(refusal(report("b", 0, "m:2", 2, topics(1, "Other")), 2), "");
}

TEST_F(RouteTableLimits, TopicsAreCountedByBroker) {
  EXPECT_EQ(refusal(report("a", 0, "m:1", 1, topics(10)), 1), "");
  EXPECT_EQ(refusal(report("b", 0, "m:2", 1, topics(6)), 2),
            "the name server has as many topics of brokers as it can keep");
  EXPECT_EQ(refusal(report("b", 0, "m:2", 1, topics(5)), 2), "");
  table.remove_channel(channel(1));
  EXPECT_EQ(table.topics().size(), 5u);
  EXPECT_EQ(refusal(report("a", 0, "m:1", 1, topics(10)), 3), "") << "there is room again";
  table.remove_topic("T0");
  EXPECT_EQ(refusal(report("b", 0, "m:2", 2, topics(6)), 2), "");
}

TEST_F(RouteTableLimits, BrokersAreCountedByAddress) {
  for (const std::uint64_t id : {0u, 1u, 2u})
    EXPECT_EQ(refusal(report("a", static_cast<std::int64_t>(id), "h:" + std::to_string(id)), id + 1), "");
  EXPECT_EQ(refusal(report("b", 0, "new:1"), 4), "the name server has as many brokers as it can keep");
  EXPECT_EQ(refusal(report("a", 1, "moved:1"), 5), "") << "in the place of another";
  EXPECT_EQ(refusal(report("b", 0, "h:2"), 6), "") << "under another name";
}

TEST_F(RouteTableLimits, ARefusedReportIsASignOfLifeAndKeepsWhatWasThere) {
  EXPECT_EQ(refusal(report("a", 0, "m:1", 1, topics(9)), 1), "");
  EXPECT_NE(refusal(report("a", 0, "m:1", 2, topics(9, "Other")), 1, 100s), "");
  EXPECT_TRUE(table.remove_silent_since(at(100s)).empty());
  EXPECT_TRUE(table.route_of("T0"));
  std::optional<DataVersion> known;
  EXPECT_TRUE(table.version_changed({"ClusterX", "a", "m:1", 0}, {100, 2}, channel(1), at(100s), known))
      << "it is asked to register again";
  EXPECT_EQ(refusal(report("a", 0, "m:1", 2, topics(10)), 1), "");
}

// Whatever brokers say, in any order: what is registered and what is routed stay one.
RC_GTEST_PROP(RouteTable, StaysConsistent, ()) {
  const RouteLimits limits{.brokers = 3, .topics = 3, .queues = 4};
  RouteTable table(limits);
  std::map<std::string, std::uint64_t> newest;  // by address: the last connection that counted
  const int steps = *rc::gen::inRange(1, 80);
  for (int i = 0; i < steps; ++i) {
    const auto name = std::string(1, static_cast<char>('a' + *rc::gen::inRange(0, 3)));
    const auto address = "h:" + std::to_string(*rc::gen::inRange(1, 4));
    const auto id = *rc::gen::inRange<std::int64_t>(0, 3);
    const auto over = *rc::gen::inRange<std::uint64_t>(1, 9);
    const auto what = *rc::gen::inRange(0, 6);
    if (what <= 2)
      table.register_broker(
          report(name, id, address, *rc::gen::inRange(1, 3), topics(*rc::gen::inRange<std::size_t>(0, 4))),
          channel(over), at(std::chrono::seconds(i)));
    else if (what == 3) table.unregister_broker({"ClusterX", name, address, id}, channel(over));
    else if (what == 4) table.remove_topic("T" + std::to_string(*rc::gen::inRange(0, 4)), "ClusterX");
    else table.remove_channel(channel(over));

    std::set<std::string> seen;
    const auto clusters = table.clusters();
    for (const auto& [broker, data] : clusters.broker_addr_table) {
      RC_ASSERT(!data.broker_addrs.empty());
      RC_ASSERT(clusters.cluster_addr_table.at(data.cluster).contains(broker));
      for (const auto& [number, where] : data.broker_addrs) RC_ASSERT(seen.insert(where).second);
    }
    RC_ASSERT(seen.size() <= limits.brokers);
    std::size_t queues = 0;
    for (const std::string& each : table.topics()) {
      const auto route = table.route_of(each);
      RC_ASSERT(route.has_value());
      queues += route->queue_datas.size();
    }
    RC_ASSERT(queues <= limits.queues);
    RC_ASSERT(table.topics().size() <= limits.topics);
  }
  for (std::uint64_t over = 1; over < 9; ++over) table.remove_channel(channel(over));
  RC_ASSERT(table.topics().empty());
  RC_ASSERT(table.clusters().broker_addr_table.empty());
  for (const std::string name : {"a", "b"}) {
    const auto done =
        table.register_broker(report(name, 0, name + ":1", 1, topics(2)), channel(10), at(100s));
    RC_ASSERT(done.refusal.empty());
  }
}

}  // namespace
}  // namespace gantry::broker::namesrv
