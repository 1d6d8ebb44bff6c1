// What NameServers come to know, and how soon: a broker and its NameServers on one machine.
#include "broker/registration/registration.h"

#include <gtest/gtest.h>

#include "broker/namesrv/name_server.h"
#include "broker/registration/report.h"
#include "model/protocol/namesrv_headers.h"
#include "model/route/register_broker.h"
#include "model/route/topic_route.h"
#include "runtime/remoting/server.h"
#include "runtime/sync/task_group.h"
#include "sim/faults/apply.h"
#include "tests/broker/processor/desk.h"

namespace gantry::broker::registration {
namespace {

using namespace processor;
using model::route::TopicRouteData;
using runtime::Duration;
using runtime::Runtime;

constexpr std::uint16_t first_port = 9876;
constexpr std::uint16_t second_port = 9877;

std::unique_ptr<namesrv::NameServer> name_server(Runtime runtime, std::uint16_t port) {
  namesrv::NamesrvConfig config;
  config.listen_port = port;
  auto made = std::make_unique<namesrv::NameServer>(runtime, config);
  EXPECT_TRUE(made->start());
  return made;
}

std::optional<TopicRouteData> route(Desk& desk, const std::string& topic, std::uint16_t port = first_port) {
  const Command answer = desk.call(
      request_with(RequestCode::get_routeinfo_by_topic, model::protocol::RouteInfoHeader{topic, true}), port);
  if (answer.code != 0) return std::nullopt;
  return model::protocol::read_body<TopicRouteData>(answer.body).value();
}

void nap(Runtime runtime, Duration time) {
  ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, time));
}

/// A broker that knows the NameServers of both ports, which the body starts as it likes.
void with_registered_broker(const std::function<void(Runtime, Broker&, Desk&)>& body) {
  sim::in_simulation([&](Runtime runtime) {
    BrokerConfig config = test_config();
    config.namesrv_addr = "127.0.0.1:9876;127.0.0.1:9877";
    Broker broker(runtime, config);
    Desk desk(runtime);
    body(runtime, broker, desk);
    desk.stop();
    broker.stop();
  });
}

TEST(Registration, TopicsThatAreMadeAtTheSameTimeAllHaveARoute) {
  with_registered_broker([](Runtime runtime, Broker& broker, Desk& desk) {
    auto first = name_server(runtime, first_port);
    auto second = name_server(runtime, second_port);
    ASSERT_TRUE(broker.start());
    runtime::sync::TaskGroup admins(runtime.tasks);
    for (int admin = 0; admin < 8; ++admin)
      admins.spawn("admin", [&, admin] {
        Desk own(runtime);
        for (int i = 0; i < 10; ++i) {
          const std::string topic = "T" + std::to_string(admin) + "-" + std::to_string(i);
          EXPECT_EQ(own.call(Desk::create_request(topic)).code, 0);
          EXPECT_EQ(own.send("Auto" + topic, "x").code, 0);
          EXPECT_TRUE(route(own, topic)) << "an answered topic is known where answers are quick";
        }
        own.stop();
      });
    ASSERT_TRUE(admins.join());
    nap(runtime, 1s);
    for (int admin = 0; admin < 8; ++admin)
      for (int i = 0; i < 10; ++i)
        for (const std::uint16_t port : {first_port, second_port})
          for (const char* kind : {"T", "AutoT"})
            EXPECT_TRUE(route(desk, kind + std::to_string(admin) + "-" + std::to_string(i), port));
    first->stop();
    second->stop();
  });
}

TEST(Registration, ASilentNameServerHoldsUpNobody) {
  with_registered_broker([](Runtime runtime, Broker& broker, Desk& desk) {
    auto first = name_server(runtime, first_port);
    auto second = name_server(runtime, second_port);
    ASSERT_TRUE(broker.start());
    second->stop();
    nap(runtime, 5s);
    auto silent = runtime.network.listen({"0.0.0.0", second_port});  // connects, and never answers
    ASSERT_TRUE(silent);
    nap(runtime, 5s);

    const auto took = [&](const Command& request) {
      const runtime::Instant begun = runtime.clock.now();
      EXPECT_EQ(desk.call(request).code, 0);
      return runtime.clock.now() - begun;
    };
    EXPECT_LT(took(Desk::create_request("One")), 100ms);
    EXPECT_TRUE(route(desk, "One"));
    took(Desk::send_request("Auto", "x"));
    nap(runtime, 100ms);
    EXPECT_TRUE(route(desk, "Auto"));
    (*silent)->close();
    first->stop();
  });
}

TEST(Registration, ANameServerThatFallsSilentIsWaitedForOnceAndNotLong) {
  with_registered_broker([](Runtime runtime, Broker& broker, Desk& desk) {
    auto first = name_server(runtime, first_port);
    // Answers the first registration only.
    runtime::remoting::Server second(runtime);
    int seen = 0;
    std::vector<runtime::remoting::Responder> unanswered;
    second.on(RequestCode::register_broker,
              [&](const model::protocol::CommandView&, const runtime::remoting::Responder& respond) {
                if (++seen == 1) respond(Command::response(ResponseCode::success));
                else unanswered.push_back(respond);
              });
    ASSERT_TRUE(second.listen({"0.0.0.0", second_port}));
    ASSERT_TRUE(broker.start());
    for (int i = 0; i < 4; ++i) {
      const std::string topic = "T" + std::to_string(i);
      const runtime::Instant begun = runtime.clock.now();
      EXPECT_EQ(desk.call(Desk::create_request(topic)).code, 0);
      EXPECT_LT(runtime.clock.now() - begun, i == 0 ? Duration(1100ms) : Duration(100ms));
      EXPECT_TRUE(route(desk, topic));
    }
    EXPECT_EQ(seen, 2) << "no second report while the first has no answer";
    first->stop();
    second.stop();
  });
}

TEST(Registration, ANameServerThatWasRestartedKnowsTheBrokerAgainWithinSeconds) {
  with_registered_broker([](Runtime runtime, Broker& broker, Desk& desk) {
    auto server = name_server(runtime, first_port);
    ASSERT_TRUE(broker.start());
    EXPECT_EQ(desk.call(Desk::create_request("One")).code, 0);
    for (const Duration away : {Duration(10ms), Duration(60s)}) {
      server->stop();
      nap(runtime, away);
      server = name_server(runtime, first_port);
      nap(runtime, 5s);  // the next round would be up to 30 s away
      EXPECT_TRUE(route(desk, "One"));
    }
    server->stop();
  });
}

TEST(Registration, AChangeOfThePermissionReachesClients) {
  with_registered_broker([](Runtime runtime, Broker& broker, Desk& desk) {
    auto server = name_server(runtime, first_port);
    ASSERT_TRUE(broker.start());
    EXPECT_EQ(desk.call(Desk::create_request("One")).code, 0);
    for (const int permission : {4, 6, 2}) {
      Command request = Command::request(RequestCode::update_broker_config);
      request.body = body_of("brokerPermission=" + std::to_string(permission) + "\n");
      EXPECT_EQ(desk.call(request).code, 0);
      const auto known = route(desk, "One");
      ASSERT_TRUE(known);
      EXPECT_EQ(known->queue_datas.at(0).perm, permission);
    }
    server->stop();
  });
}

TEST(Registration, NameServersThatAreAddedAreTold) {
  with_registered_broker([](Runtime runtime, Broker& broker, Desk& desk) {
    constexpr std::uint16_t third_port = 9878;
    auto third = name_server(runtime, third_port);
    ASSERT_TRUE(broker.start());
    const auto update = [&](std::string_view text) {
      Command request = Command::request(RequestCode::update_broker_config);
      request.body = body_of(text);
      return desk.call(request).code;
    };
    EXPECT_EQ(update("namesrvAddr=localhost\n"), number(ResponseCode::system_error));
    EXPECT_EQ(update("namesrvAddr=127.0.0.1:9878;127.0.0.1:9876\n"), 0);
    EXPECT_TRUE(route(desk, "broker-a", third_port));
    third->stop();
  });
}

// A crash takes a topic back that was not saved, and a NameServer that knew it would list it for ever.
TEST(Registration, ATopicThatCannotBeSavedIsNotToldBeforeItIs) {
  sim::Simulation world(1);
  world.add_machine("m");
  bool done = false;
  world.start("m", "main", [&](Runtime runtime) {
    auto server = name_server(runtime, first_port);
    BrokerConfig config = test_config();
    config.namesrv_addr = "127.0.0.1:9876";
    Broker broker(runtime, config);
    Desk desk(runtime);
    ASSERT_TRUE(broker.start());
    EXPECT_EQ(desk.send("Old", "a").code, 0);
    nap(runtime, 6s);
    sim::faults::apply(world, {.kind = sim::faults::Kind::disk_error,
                               .target = "m",
                               .anchor = {.at_ms = world.now().ns / 1'000'000},
                               .duration_ms = 40'000,
                               .amount = 1'000'000,
                               .part = "write"});
    nap(runtime, 10ms);
    EXPECT_NE(desk.send("New", "b").code, 0);
    nap(runtime, 35s);  // past the next report
    EXPECT_TRUE(route(desk, "Old"));
    EXPECT_FALSE(route(desk, "New"));
    nap(runtime, 8s);  // 3 s after the disk is well, and long before the next report is due
    EXPECT_TRUE(route(desk, "New"));
    desk.stop();
    broker.stop();
    server->stop();
    done = true;
  });
  world.run_until([&] { return done; }, runtime::Instant{} + 10min);
  EXPECT_TRUE(done);
}

TEST(Registration, ManyTopicsGoCompressedRatherThanNotAtAll) {
  sim::in_simulation([](Runtime runtime) {
    const BrokerConfig config = test_config();
    topics::TopicTable topics(runtime, config);
    ASSERT_TRUE(topics.load());
    const auto fields_of = [&] { return report_of(config, topics).value().fields; };
    EXPECT_EQ(fields_of().get("compressed"), "false");
    constexpr int count = 55'000;  // 18 MiB as text
    for (int i = 0; i < count; ++i) topics.or_create(std::string(110, 'x') + std::to_string(i), 4);
    ASSERT_TRUE(topics.persist());
    const Command report = report_of(config, topics).value();
    EXPECT_EQ(report.fields.get("compressed"), "true");
    EXPECT_LT(report.body.size(), model::protocol::frame_bytes_max);
    const auto read = model::route::read_register_body(report.body, true);
    ASSERT_TRUE(read);
    EXPECT_GT(read->topic_config.topics.size(), std::size_t{count});
  });
}

}  // namespace
}  // namespace gantry::broker::registration
