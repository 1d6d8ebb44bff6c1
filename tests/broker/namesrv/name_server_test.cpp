#include "broker/namesrv/name_server.h"

#include <gtest/gtest.h>

#include "broker/files/files.h"
#include "broker/namesrv/kv_config.h"
#include "model/base/crc32.h"
#include "model/protocol/bodies/lists.h"
#include "model/protocol/namesrv_headers.h"
#include "model/route/register_broker.h"
#include "model/route/topic_route.h"
#include "runtime/remoting/client.h"
#include "runtime/sync/wait.h"
#include "sim/simulation.h"

namespace gantry::broker::namesrv {
namespace {

using namespace model::protocol;
using model::route::RegisterBrokerBody;
using model::route::TopicConfig;
using model::route::TopicRouteData;
using runtime::Endpoint;
using runtime::Runtime;
using runtime::remoting::Client;

RegisterBrokerBody body_with(std::vector<std::string> topics, std::int64_t version = 1) {
  RegisterBrokerBody body;
  body.topic_config.data_version = {100, version};
  for (const std::string& name : topics) {
    TopicConfig topic;
    topic.topic_name = name;
    topic.read_queue_nums = topic.write_queue_nums = 4;
    body.topic_config.topics.emplace(name, topic);
  }
  return body;
}

struct Broker {
  std::string name = "broker-a";
  std::int64_t id = 0;
  std::string address = "10.0.0.1:10911";
};

Command registration(const Broker& broker, const RegisterBrokerBody& body, bool compressed = false) {
  const Buffer bytes = model::route::encode(body, compressed);
  const std::string ha = "ha." + broker.address;
  Command command = request_with(RequestCode::register_broker,
                                 RegisterBrokerHeader{broker.name, broker.address, "ClusterX", ha, broker.id,
                                                      compressed, crc32_31(bytes)});
  command.body = bytes;
  return command;
}

Command route_request(std::string_view topic) {
  return request_with(RequestCode::get_routeinfo_by_topic, RouteInfoHeader{topic, true});
}

/// A name server on this node, and two clients of it, as two processes would be.
struct Served {
  explicit Served(Runtime with, NamesrvConfig config = {})
      : runtime(with), server(with, config), one(with), two(with) {
    EXPECT_TRUE(server.start());
    at = {"127.0.0.1", server.address().port};
  }
  void stop() {
    one.stop();
    two.stop();
    server.stop();
  }
  Command ask(Client& client, Command request) {
    auto answer = client.call(at, std::move(request), runtime.clock.now() + 3s);
    EXPECT_TRUE(answer);
    return answer ? *answer : Command{.code = -1};
  }
  Command ask(Command request) { return ask(one, std::move(request)); }
  std::optional<TopicRouteData> route(std::string_view topic) {
    const Command answer = ask(two, route_request(topic));
    if (answer.code != 0) {
      EXPECT_EQ(answer.code, 17);
      return std::nullopt;
    }
    const auto read = read_body<TopicRouteData>(answer.body);
    EXPECT_TRUE(read);
    return *read;
  }
  void nap(runtime::Duration time) { ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, time)); }

  Runtime runtime;
  NameServer server;
  Client one;
  Client two;
  Endpoint at;
};

void with_server(const std::function<void(Served&)>& body, NamesrvConfig config = {}) {
  config.listen_port = 0;
  bool ended = false;
  sim::in_simulation([&](Runtime runtime) {
    Served served(runtime, config);
    body(served);
    served.stop();
    ended = true;
  });
  EXPECT_TRUE(ended);
}

TEST(NameServer, RegistersInBothFormsOfTheBody) {
  with_server([](Served& served) {
    for (const bool compressed : {false, true}) {
      const std::string topic = compressed ? "Compressed" : "Plain";
      EXPECT_EQ(served.ask(registration({}, body_with({topic}, compressed ? 2 : 1), compressed)).code, 0);
      const auto route = served.route(topic);
      ASSERT_TRUE(route);
      EXPECT_EQ(route->queue_datas.at(0).write_queue_nums, 4);
      EXPECT_EQ(route->broker_datas.at(0).broker_addrs.at(0), "10.0.0.1:10911");
    }
  });
}

TEST(NameServer, ARouteIsCompactJsonWithQuotedKeys) {
  with_server([](Served& served) {
    served.ask(registration({}, body_with({"TopicA"})));
    EXPECT_EQ(
        as_text(served.ask(route_request("TopicA")).body),
        R"({"brokerDatas":[{"brokerAddrs":{"0":"10.0.0.1:10911"},"brokerName":"broker-a","cluster":"ClusterX"}],)"
        R"("filterServerTable":{},"queueDatas":[{"brokerName":"broker-a","perm":6,"readQueueNums":4,)"
        R"("topicSysFlag":0,"writeQueueNums":4}]})");
    const Command unknown = served.ask(route_request("Unknown"));
    EXPECT_EQ(unknown.code, 17);
    EXPECT_EQ(unknown.remark, "No topic route info in name server for the topic: Unknown");
  });
}

TEST(NameServer, ARouteForOlderClientsHasBareKeysAsJavaWritesThem) {
  with_server([](Served& served) {
    served.ask(registration({}, body_with({"TopicA"})));
    const auto body_for = [&](std::int32_t version, bool standard_only) {
      Command request =
          request_with(RequestCode::get_routeinfo_by_topic, RouteInfoHeader{"TopicA", standard_only});
      request.version = version;
      return std::string(as_text(served.ask(std::move(request)).body));
    };
    const std::string bare = R"("brokerAddrs":{0:"10.0.0.1:10911"})";
    const std::string quoted = R"("brokerAddrs":{"0":"10.0.0.1:10911"})";
    constexpr std::int32_t v4_9_3 = 399, v4_9_4 = 401;
    EXPECT_NE(body_for(v4_9_3, false).find(bare), std::string::npos);
    EXPECT_NE(body_for(v4_9_4, false).find(quoted), std::string::npos);
    EXPECT_NE(body_for(v4_9_3, true).find(quoted), std::string::npos);
  });
}

TEST(NameServer, ABodyThatDoesNotMatchItsSumIsRefused) {
  with_server([](Served& served) {
    Command damaged = registration({}, body_with({"TopicA"}));
    damaged.body.back() = std::byte{' '};
    const Command answer = served.ask(std::move(damaged));
    EXPECT_EQ(answer.code, 1);
    EXPECT_EQ(answer.remark, "crc32 not match");
    EXPECT_FALSE(served.route("TopicA"));
  });
}

TEST(NameServer, AVeryOldBrokerSendsTheBareTableOfTopics) {
  with_server([](Served& served) {
    Command old = registration({}, {});
    old.version = 36;
    old.fields.set("bodyCrc32", std::int64_t{0});
    old.body = write_body(body_with({"TopicA"}).topic_config);
    EXPECT_EQ(served.ask(std::move(old)).code, 0);
    EXPECT_TRUE(served.route("TopicA"));
  });
}

TEST(NameServer, WrongNamesNumbersAndMissingFieldsAreRefusedAtTheDoor) {
  with_server([](Served& served) {
    for (const Broker& broker :
         {Broker{.name = ""}, Broker{.name = "a b"}, Broker{.id = -1}, Broker{.address = "10.0.0.1"},
          Broker{.address = "10.0.0.1:0"}, Broker{.address = "a,b:1"}})
      EXPECT_EQ(served.ask(registration(broker, body_with({"TopicA"}))).code, 1);
    EXPECT_FALSE(served.route("TopicA"));

    Command incomplete = Command::request(RequestCode::register_broker);
    const Command answer = served.ask(std::move(incomplete));
    EXPECT_EQ(answer.code, 1);
    EXPECT_NE(answer.remark.find("brokerName"), std::string::npos);

    RegisterBrokerBody body = body_with({"Good", "Bad/Name", "Huge"});
    body.topic_config.topics.at("Huge").read_queue_nums = 1 << 30;
    EXPECT_EQ(served.ask(registration({}, body)).code, 0);
    EXPECT_TRUE(served.route("Good"));
    EXPECT_FALSE(served.route("Bad/Name"));
    EXPECT_FALSE(served.route("Huge"));
  });
}

TEST(NameServer, ASlaveIsToldItsMasterAndBrokersTheOrderedTopics) {
  with_server([](Served& served) {
    EXPECT_EQ(served
                  .ask(request_with(RequestCode::put_kv_config,
                                    PutKvConfigHeader{"ORDER_TOPIC_CONFIG", "TopicA", "broker-a:4"}))
                  .code,
              0);
    served.ask(registration({}, body_with({"TopicA"})));
    const Command answer = served.ask(registration({.id = 1, .address = "10.0.0.2:10911"}, body_with({})));
    EXPECT_EQ(answer.fields.get("masterAddr"), "10.0.0.1:10911");
    EXPECT_EQ(answer.fields.get("haServerAddr"), "ha.10.0.0.1:10911");
    EXPECT_EQ(as_text(answer.body), R"({"table":{"TopicA":"broker-a:4"}})");
    EXPECT_EQ(served.route("TopicA")->order_topic_conf, "");  // orderMessageEnable is off
  });
  with_server(
      [](Served& served) {
        served.ask(request_with(RequestCode::put_kv_config,
                                PutKvConfigHeader{"ORDER_TOPIC_CONFIG", "TopicA", "broker-a:4"}));
        served.ask(registration({}, body_with({"TopicA"})));
        EXPECT_EQ(served.route("TopicA")->order_topic_conf, "broker-a:4");
      },
      {.order_message_enable = true});
}

TEST(NameServer, ABrokerWhoseConnectionClosesIsForgottenAtOnce) {
  with_server([](Served& served) {
    served.ask(registration({}, body_with({"TopicA"})));
    ASSERT_TRUE(served.route("TopicA"));
    served.one.stop();
    served.nap(1s);
    EXPECT_FALSE(served.route("TopicA"));
  });
}

TEST(NameServer, ALateCloseOfAnOldConnectionLeavesANewRegistrationAlone) {
  with_server([](Served& served) {
    served.ask(served.one, registration({}, body_with({"TopicA"})));
    served.ask(served.two, registration({}, body_with({"TopicA"})));
    served.one.stop();
    served.nap(1s);
    EXPECT_TRUE(served.route("TopicA"));
  });
}

TEST(NameServer, ASilentBrokerIsForgottenAfterTwoMinutesAndItsConnectionClosed) {
  with_server([](Served& served) {
    int closed = 0;
    served.one.on_close([&](const Endpoint&) { ++closed; });
    served.ask(registration({}, body_with({"TopicA"})));
    for (int i = 0; i < 3; ++i) {  // the connection lives, but the broker does not register
      served.nap(35s);
      served.ask(route_request("TopicA"));
      served.route("TopicA");
    }
    EXPECT_TRUE(served.route("TopicA"));
    served.nap(26s);
    EXPECT_FALSE(served.route("TopicA"));
    EXPECT_EQ(closed, 1);
  });
}

TEST(NameServer, AQueryOfTheVersionTellsWhetherItChangedAndKeepsTheBrokerAlive) {
  with_server([](Served& served) {
    const auto query = [&](std::int64_t version) {
      Command request = request_with(RequestCode::query_data_version,
                                     BrokerHeader{"broker-a", "10.0.0.1:10911", "ClusterX", 0});
      request.body = write_body(model::route::DataVersion{100, version});
      return served.ask(std::move(request));
    };
    EXPECT_EQ(query(1).fields.get("changed"), "true");
    served.ask(registration({}, body_with({"TopicA"})));
    EXPECT_EQ(query(2).fields.get("changed"), "true");
    EXPECT_EQ(as_text(query(2).body), R"({"counter":1,"timestamp":100})");
    for (int i = 0; i < 5; ++i) {
      served.nap(60s);
      EXPECT_EQ(query(1).fields.get("changed"), "false");
    }
    EXPECT_TRUE(served.route("TopicA"));
  });
}

TEST(NameServer, UnregistersWipesRestoresAndDeletes) {
  with_server([](Served& served) {
    served.ask(registration({}, body_with({"TopicA", "TopicB"})));
    EXPECT_EQ(served.ask(request_with(RequestCode::wipe_write_perm_of_broker, BrokerNameHeader{"broker-a"}))
                  .fields.get("wipeTopicCount"),
              "2");
    EXPECT_EQ(served.route("TopicA")->queue_datas.at(0).perm, 4);
    EXPECT_EQ(served.ask(request_with(RequestCode::add_write_perm_of_broker, BrokerNameHeader{"broker-a"}))
                  .fields.get("addTopicCount"),
              "2");
    EXPECT_EQ(served.route("TopicA")->queue_datas.at(0).perm, 6);
    for (const std::string& evil : {std::string("../evil"), std::string("a\0b", 3), std::string(300, 'e')})
      EXPECT_EQ(
          served.ask(request_with(RequestCode::delete_topic_in_namesrv, DeleteTopicInNamesrvHeader{evil, {}}))
              .code,
          1);
    served.ask(request_with(RequestCode::delete_topic_in_namesrv, DeleteTopicInNamesrvHeader{"TopicB", {}}));
    EXPECT_FALSE(served.route("TopicB"));
    served.ask(request_with(RequestCode::unregister_broker,
                            BrokerHeader{"broker-a", "10.0.0.1:10911", "ClusterX", 0}));
    EXPECT_FALSE(served.route("TopicA"));
  });
}

TEST(NameServer, ListsTopicsAndClusters) {
  with_server([](Served& served) {
    RegisterBrokerBody body = body_with({"Plain", "Unit", "Sub"});
    body.topic_config.topics.at("Unit").topic_sys_flag = 1;
    body.topic_config.topics.at("Sub").topic_sys_flag = 2;
    served.ask(registration({}, body));
    const auto names = [&](Command request) {
      const Command answer = served.ask(std::move(request));
      EXPECT_EQ(answer.code, 0);
      return read_body<bodies::TopicList>(answer.body)->topics;
    };
    using Names = std::set<std::string>;
    EXPECT_EQ(names(Command::request(RequestCode::get_all_topic_list_from_nameserver)),
              (Names{"Plain", "Sub", "Unit"}));
    EXPECT_EQ(
        names(request_with(RequestCode::get_topics_by_cluster, TopicsByClusterHeader{"ClusterX"})).size(),
        3u);
    EXPECT_EQ(names(request_with(RequestCode::get_topics_by_cluster, TopicsByClusterHeader{"Other"})).size(),
              0u);
    EXPECT_EQ(names(Command::request(RequestCode::get_system_topic_list_from_ns)),
              (Names{"ClusterX", "broker-a"}));
    EXPECT_EQ(names(Command::request(RequestCode::get_unit_topic_list)), Names{"Unit"});
    EXPECT_EQ(names(Command::request(RequestCode::get_has_unit_sub_topic_list)), Names{"Sub"});
    EXPECT_EQ(names(Command::request(RequestCode::get_has_unit_sub_ununit_topic_list)), Names{"Sub"});
    const auto info = read_body<model::route::ClusterInfo>(
        served.ask(Command::request(RequestCode::get_broker_cluster_info)).body);
    ASSERT_TRUE(info);
    EXPECT_EQ(info->cluster_addr_table.at("ClusterX"), Names{"broker-a"});
    EXPECT_EQ(info->broker_addr_table.at("broker-a").broker_addrs.at(0), "10.0.0.1:10911");
  });
}

TEST(NameServer, KeepsKeysAndValues) {
  with_server([](Served& served) {
    const auto get = [&] {
      return served.ask(request_with(RequestCode::get_kv_config, KvConfigHeader{"NS", "k"}));
    };
    EXPECT_EQ(get().code, 22);
    EXPECT_EQ(served.ask(request_with(RequestCode::get_kvlist_by_namespace, KvListHeader{"NS"})).code, 22);
    served.ask(request_with(RequestCode::put_kv_config, PutKvConfigHeader{"NS", "k", "v"}));
    EXPECT_EQ(get().fields.get("value"), "v");
    EXPECT_EQ(
        as_text(served.ask(request_with(RequestCode::get_kvlist_by_namespace, KvListHeader{"NS"})).body),
        R"({"table":{"k":"v"}})");
    served.ask(request_with(RequestCode::delete_kv_config, KvConfigHeader{"NS", "k"}));
    EXPECT_EQ(get().code, 22);
  });
}

TEST(NameServer, TextsOfRequestsAreBoundedAtTheDoor) {
  with_server([](Served& served) {
    const auto put = [&](std::string_view space, std::string_view key, std::string_view value) {
      return served.ask(request_with(RequestCode::put_kv_config, PutKvConfigHeader{space, key, value})).code;
    };
    EXPECT_EQ(put("NS", "k", std::string(64 * 1024, 'v')), 0);
    EXPECT_EQ(put("NS", "k", std::string(64 * 1024 + 1, 'v')), 1);
    EXPECT_EQ(put("NS", std::string(256, 'k'), "v"), 1);
    EXPECT_EQ(put("N\nS", "k", "v"), 1);
    EXPECT_EQ(put("NS", "caf\xE9", "v"), 1);
    EXPECT_EQ(put("NS", "k", "caf\xE9"), 1);
    for (const std::string& address : {std::string(256, 'h'), std::string("a\x01:1")})
      EXPECT_EQ(
          served
              .ask(request_with(RequestCode::register_broker,
                                RegisterBrokerHeader{"broker-a", "10.0.0.1:1", "C", address, 0, false, 0}))
              .code,
          1);
  });
}

TEST(NameServer, WhatFindsNoRoomIsRefusedAndWhatIsThereStaysServed) {
  with_server([](Served& served) {
    const auto wide = [](int from, const std::string& prefix) {
      std::vector<std::string> names;
      for (int i = 0; i < 45'000; ++i) names.push_back(prefix + "-" + std::to_string(from + i));
      return body_with(std::move(names));
    };
    const std::string prefix(100, 'T');
    Command answer;
    for (int i = 0; i < 5; ++i) {
      const std::string number = std::to_string(i);
      answer = served.ask(registration({"broker-" + number, 0, "10.0.0." + number + ":10911"},
                                       wide(i * 45'000, prefix), true));
      EXPECT_EQ(answer.code, i < 4 ? 0 : 1);
    }
    EXPECT_EQ(answer.remark, "the name server has as many topics as it can keep");
    EXPECT_TRUE(served.route(prefix + "-0"));
    EXPECT_FALSE(served.route(prefix + "-180000"));

    const Command all = served.ask(Command::request(RequestCode::get_all_topic_list_from_nameserver));
    EXPECT_EQ(all.code, 1);
    EXPECT_EQ(all.remark, "the answer does not fit a frame");
    EXPECT_EQ(served.ask(Command::request(RequestCode::get_broker_cluster_info)).code, 0);
  });
}

TEST(NameServer, FilterServersAreBounded) {
  with_server([](Served& served) {
    RegisterBrokerBody body = body_with({"TopicA"});
    body.filter_servers.assign(17, "10.0.0.1:1");
    EXPECT_EQ(served.ask(registration({}, body)).code, 1);
    body.filter_servers = {std::string(300, 'f')};
    EXPECT_EQ(served.ask(registration({}, body)).code, 1);
    body.filter_servers = {"10.0.0.1:1"};
    EXPECT_EQ(served.ask(registration({}, body)).code, 0);
  });
}

TEST(NameServer, ChangesOnlyTheKeysThatItCanObey) {
  with_server([](Served& served) {
    const auto update = [&](std::string_view lines) {
      Command request = Command::request(RequestCode::update_namesrv_config);
      request.body = to_buffer(as_bytes(lines));
      return served.ask(std::move(request)).code;
    };
    const auto printed = [&] {
      return std::string(as_text(served.ask(Command::request(RequestCode::get_namesrv_config)).body));
    };
    const std::string before = printed();
    EXPECT_NE(before.find("orderMessageEnable=false\n"), std::string::npos);
    EXPECT_EQ(update("kvConfigPath=/elsewhere"), 16);
    EXPECT_EQ(update("orderMessageEnable=true\nconfigBlackList="), 16);
    EXPECT_EQ(update("listenPort=1"), 16);
    EXPECT_EQ(update("noSuchKey=1"), 1);
    EXPECT_EQ(update("orderMessageEnable=perhaps"), 1);
    EXPECT_EQ(printed(), before);
    EXPECT_EQ(update("orderMessageEnable=true"), 0);
    EXPECT_NE(printed().find("orderMessageEnable=true\n"), std::string::npos);
  });
}

TEST(NameServer, AChangeLeavesTheOperatorsFileAsItWasOtherwise) {
  with_server([](Served& served) {
    const std::string path = NamesrvConfig().config_store_path;
    const auto update = [&] {
      Command request = Command::request(RequestCode::update_namesrv_config);
      request.body = to_buffer(as_bytes("orderMessageEnable=true"));
      return served.ask(std::move(request)).code;
    };
    const auto content = [&] {
      return std::string(as_text(files::read_file(served.runtime.disk, path, 1 << 20).value()));
    };
    EXPECT_EQ(update(), 0);
    EXPECT_NE(content().find("orderMessageEnable=true\n"), std::string::npos) << "there was no file";
    ASSERT_TRUE(
        files::replace_file(served.runtime.disk, path,
                            as_bytes("# ours\nserverWorkerThreads = 8\norderMessageEnable = \\\n  false\n"
                                     "\nclusterTest=true\nfor.another.tool=1")));
    EXPECT_EQ(update(), 0);
    EXPECT_EQ(content(),
              "# ours\nserverWorkerThreads = 8\norderMessageEnable=true\n"
              "\nclusterTest=true\nfor.another.tool=1\n");
  });
}

TEST(NameServer, AnUnknownCodeIsAnsweredWith3) {
  with_server([](Served& served) {
    const Command answer = served.ask(Command::request(RequestCode::send_message));
    EXPECT_EQ(answer.code, 3);
    EXPECT_EQ(answer.remark, " request type 10 not supported");
  });
}

TEST(NameServer, APortInUseIsAnError) {
  with_server([](Served& served) {
    NameServer second(served.runtime, {.listen_port = served.at.port});
    EXPECT_EQ(second.start().error().code, Errc::in_use);
    second.stop();
  });
}

// A broker that is killed and comes back at the same address: whatever the order in which the old
// connection's end and the new registration are seen, the route is there in the end.
TEST(NameServer, ABrokerThatWasKilledAndCameBackIsRouted) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    sim::Simulation world(seed);
    world.add_machine("ns");
    world.add_machine("broker");
    world.add_machine("client");
    const Endpoint at{world.address("ns"), 9876};
    world.start("ns", "namesrv", [](Runtime runtime) {
      NameServer server(runtime, {});
      ASSERT_TRUE(server.start());
      for (;;) runtime.tasks.park();
    });
    world.start("broker", "broker", [&](Runtime runtime) {
      Client client(runtime);
      for (;;) {
        (void)client.call(at, registration({}, body_with({"TopicA"})), runtime.clock.now() + 3s);
        ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 30s));
      }
    });
    world.run_until({1'000'000'000 + static_cast<std::int64_t>(seed) * 1'000'000});
    world.kill("broker", "broker");
    world.restart("broker", "broker");
    world.run_until({5'000'000'000});
    bool routed = false;
    world.start("client", "client", [&](Runtime runtime) {
      Client client(runtime);
      const auto answer = client.call(at, route_request("TopicA"), runtime.clock.now() + 3s);
      routed = answer && answer->code == 0;
      client.stop();
    });
    EXPECT_TRUE(world.run_until([&] { return !world.running("client", "client"); }, {60'000'000'000}));
    EXPECT_TRUE(routed) << "seed " << seed;
  }
}

}  // namespace
}  // namespace gantry::broker::namesrv
