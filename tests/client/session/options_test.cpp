#include "client/session/options.h"

#include <gtest/gtest.h>

#include "client/session/topic_route.h"

namespace gantry::client::session {
namespace {

TEST(ParseEndpoints, ReadsWhatRocketMqWrites) {
  const auto two = parse_endpoints("10.0.0.1:9876; ns.example.org:9877;").value();
  EXPECT_EQ(two, (std::vector<Endpoint>{{"10.0.0.1", 9876}, {"ns.example.org", 9877}}));
}

TEST(ParseEndpoints, RefusesWhatIsNoAddress) {
  for (const char* text : {"", ";", "host", "host:", ":9876", "host:0", "host:65536", "host:98x", "host:-1"})
    EXPECT_EQ(parse_endpoints(text).error().code, Errc::invalid) << text;
}

model::route::TopicRouteData route_data() {
  model::route::TopicRouteData data;
  data.broker_datas = {
      {.cluster = "C", .broker_name = "a", .broker_addrs = {{0, "10.0.0.1:1"}, {1, "10.0.0.2:1"}}},
      {.cluster = "C", .broker_name = "b", .broker_addrs = {{1, "10.0.0.3:1"}}}};
  data.queue_datas = {{.broker_name = "b", .read_queue_nums = 1, .write_queue_nums = 1, .perm = 6},
                      {.broker_name = "a", .read_queue_nums = 3, .write_queue_nums = 2, .perm = 6}};
  return data;
}

TEST(TopicRoute, ProducersNeedAMasterAndConsumersAnyReplica) {
  const TopicRoute route = make_route("T", route_data(), INT32_MAX);
  EXPECT_EQ(route.writable, (std::vector<MessageQueue>{{"T", "a", 0}, {"T", "a", 1}}));
  EXPECT_EQ(route.readable.size(), 4u);
  EXPECT_EQ(route.readable.back(), (MessageQueue{"T", "b", 0}));
  EXPECT_FALSE(route.master("b"));
  EXPECT_EQ(route.replica("b", 0)->host, "10.0.0.3");
  EXPECT_EQ(route.replica("a", 1)->host, "10.0.0.2");
  EXPECT_FALSE(route.replica("c", 0));
}

TEST(TopicRoute, PermissionsDecide) {
  auto data = route_data();
  data.queue_datas[1].perm = 4;
  EXPECT_TRUE(make_route("T", data, INT32_MAX).writable.empty());
  data.queue_datas[1].perm = 2;
  EXPECT_EQ(make_route("T", data, INT32_MAX).readable.size(), 1u);
}

}  // namespace
}  // namespace gantry::client::session
