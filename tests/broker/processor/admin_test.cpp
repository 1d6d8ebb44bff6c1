#include <gtest/gtest.h>

#include "sim/faults/apply.h"
#include "tests/broker/processor/desk.h"

namespace gantry::broker::processor {
namespace {

TEST(Admin, ATopicIsCreatedUsedAndDeleted) {
  with_broker([](runtime::Runtime, Desk& desk) {
    EXPECT_EQ(desk.call(Desk::create_request("Orders")).code, 0);
    EXPECT_EQ(desk.send("Orders", "a").code, 0);
    const Command stats = desk.call(Desk::with(RequestCode::get_topic_stats_info, {{"topic", "Orders"}}));
    EXPECT_NE(text_of(stats).find(R"({"brokerName":"broker-a","queueId":0,"topic":"Orders"}:)"),
              std::string::npos)
        << text_of(stats);
    EXPECT_EQ(desk.call(Desk::with(RequestCode::delete_topic_in_broker, {{"topic", "Orders"}})).code, 0);
    EXPECT_EQ(desk.call(Desk::with(RequestCode::get_topic_stats_info, {{"topic", "Orders"}})).code,
              number(ResponseCode::topic_not_exist));
    EXPECT_EQ(
        long_of(desk.call(Desk::with(RequestCode::get_max_offset, {{"topic", "Orders"}, {"queueId", "0"}})),
                "offset"),
        0);
  });
}

TEST(Admin, ADeletionThatCouldNotBeSavedIsDoneByTheNextOne) {
  sim::Simulation world(1);
  world.add_machine("m");
  bool done = false;
  world.start("m", "broker", [&](runtime::Runtime runtime) {
    Broker broker(runtime, test_config());
    ASSERT_TRUE(broker.start());
    Desk desk(runtime);
    const auto remove = Desk::with(RequestCode::delete_topic_in_broker, {{"topic", "Orders"}});
    EXPECT_EQ(desk.send("Orders", "a").code, 0);
    ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 6s));  // all tables are saved
    sim::faults::apply(world, {.kind = sim::faults::Kind::disk_error,
                               .target = "m",
                               .anchor = {.at_ms = world.now().ns / 1'000'000},
                               .duration_ms = 100,
                               .amount = 1,
                               .part = "write"});
    ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 10ms));
    EXPECT_EQ(desk.call(remove).code, number(ResponseCode::system_error));
    ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 1s));
    EXPECT_EQ(desk.call(remove).code, 0);
    EXPECT_EQ(
        long_of(desk.call(Desk::with(RequestCode::get_max_offset, {{"topic", "Orders"}, {"queueId", "0"}})),
                "offset"),
        0);
    desk.stop();
    broker.stop();
    done = true;
  });
  ASSERT_TRUE(world.run_until([&] { return done; }, runtime::Instant{600'000'000'000}));
}

TEST(Admin, NumbersAndNamesAreBounded) {
  with_broker([](runtime::Runtime, Desk& desk) {
    for (const char* queues : {"2147483647", "-1", "16385", "99999999999"})
      EXPECT_EQ(desk.call(Desk::create_request("Orders", queues)).code, number(ResponseCode::system_error))
          << queues;
    Command other_filter = Desk::create_request("Orders");
    other_filter.fields.set("topicFilterType", "ANY_TAG");
    EXPECT_EQ(desk.call(other_filter).code, number(ResponseCode::system_error));
    EXPECT_EQ(desk.call(Desk::create_request("a/../b")).code, number(ResponseCode::system_error));
    EXPECT_EQ(desk.call(Desk::create_request("TBW102")).code, number(ResponseCode::system_error));
    EXPECT_EQ(desk.call(Desk::create_request("broker-a")).code, number(ResponseCode::system_error))
        << "the broker's own topic";
    EXPECT_EQ(
        desk.call(Desk::with(RequestCode::delete_topic_in_broker, {{"topic", "SCHEDULE_TOPIC_XXXX"}})).code,
        number(ResponseCode::system_error));
  });
}

TEST(Admin, OnlyKeysThatMayChangeAreChanged) {
  with_broker([](runtime::Runtime, Desk& desk) {
    const auto update = [&](std::string_view text) {
      Command request = Command::request(RequestCode::update_broker_config);
      request.body = body_of(text);
      return desk.call(request);
    };
    EXPECT_EQ(update("storePathRootDir=/tmp/elsewhere\n").code, number(ResponseCode::no_permission));
    EXPECT_EQ(update("brokerConfigPath=x\n").code, number(ResponseCode::no_permission));
    EXPECT_EQ(update("autoCreateTopicEnabled=false\n").code, number(ResponseCode::system_error))
        << "a typing error";
    EXPECT_EQ(update("autoCreateTopicEnable=maybe\n").code, number(ResponseCode::system_error));
    EXPECT_EQ(desk.send("First", "a").code, 0) << "nothing has changed so far";
    EXPECT_EQ(update("autoCreateTopicEnable=false\nlistenPort=10911\n").code, 0);
    EXPECT_EQ(desk.send("Second", "a").code, number(ResponseCode::topic_not_exist));
    const std::string all = text_of(desk.call(Command::request(RequestCode::get_broker_config)));
    EXPECT_NE(all.find("autoCreateTopicEnable=false\n"), std::string::npos);
    EXPECT_NE(all.find("brokerName=broker-a\n"), std::string::npos);
  });
}

TEST(Admin, KeysOfTheTemplateTakeEffectAtOnce) {
  BrokerConfig config = test_config();
  config.auto_create_topic_enable = false;
  const auto body = [](runtime::Runtime, Desk& desk) {
    const auto update = [&](std::string_view text) {
      Command request = Command::request(RequestCode::update_broker_config);
      request.body = body_of(text);
      EXPECT_EQ(desk.call(request).code, 0) << text;
    };
    const auto send_to_queue = [&](std::string_view topic, std::string_view queue) {
      Command request = Desk::send_request(topic, "x");
      request.fields.set("d", "16");  // defaultTopicQueueNums of the client
      request.fields.set("e", queue);
      return desk.call(request).code;
    };
    EXPECT_EQ(desk.send("First", "x").code, number(ResponseCode::topic_not_exist));
    update("autoCreateTopicEnable=true\n");
    EXPECT_EQ(send_to_queue("Second", "7"), 0);
    EXPECT_EQ(send_to_queue("Second", "8"), number(ResponseCode::system_error)) << "it has 8 queues";
    update("defaultTopicQueueNums=12\n");
    EXPECT_EQ(send_to_queue("Third", "11"), 0);
    EXPECT_EQ(send_to_queue("Third", "12"), number(ResponseCode::system_error));
  };
  with_broker(body, config);
}

TEST(Admin, RuntimeInfoHasWhatToolsRead) {
  with_broker([](runtime::Runtime runtime, Desk& desk) {
    for (int i = 0; i < 20; ++i) desk.send("TopicTest", "a");
    ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 2s));
    const std::string info = text_of(desk.call(Command::request(RequestCode::get_broker_runtime_info)));
    for (const char* key : {"brokerVersionDesc", "putTps", "getTransferedTps", "sendThreadPoolQueueSize",
                            "pullThreadPoolQueueSize", "sendThreadPoolQueueHeadWaitTimeMills",
                            "pullThreadPoolQueueHeadWaitTimeMills", "pageCacheLockTimeMills",
                            "earliestMessageTimeStamp", "commitLogDiskRatio", "msgPutTotalYesterdayMorning",
                            "msgPutTotalTodayMorning", "msgPutTotalTodayNow", "msgGetTotalTodayNow",
                            "bootTimestamp", "commitLogMaxOffset", "putLatency99", "putLatency999"})
      EXPECT_NE(info.find("\"" + std::string(key) + "\":"), std::string::npos) << key;
    EXPECT_NE(info.find(R"("msgPutTotalTodayNow":"20")"), std::string::npos) << info;
    EXPECT_NE(info.find(R"("putTps":"2.0000 )"), std::string::npos) << info;
  });
}

TEST(Admin, AMessageIsSeenByItsOffset) {
  with_broker([](runtime::Runtime, Desk& desk) {
    desk.send("TopicTest", "hello");
    const Command seen = desk.call(Desk::with(RequestCode::view_message_by_id, {{"offset", "0"}}));
    EXPECT_EQ(seen.code, 0);
    EXPECT_NE(text_of(seen).find("hello"), std::string::npos);
    for (const char* offset : {"7", "-1", "999999"})
      EXPECT_EQ(desk.call(Desk::with(RequestCode::view_message_by_id, {{"offset", offset}})).code,
                number(ResponseCode::system_error))
          << offset;
  });
}

TEST(Admin, UnknownCodesAreAnsweredWithThree) {
  with_broker([](runtime::Runtime, Desk& desk) {
    const Command answer = desk.call(Command::request(static_cast<RequestCode>(7777)));
    EXPECT_EQ(answer.code, number(ResponseCode::request_code_not_supported));
    EXPECT_EQ(answer.remark, " request type 7777 not supported");
  });
}

}  // namespace
}  // namespace gantry::broker::processor
