#include <gtest/gtest.h>

#include "tests/broker/processor/desk.h"

namespace gantry::broker::processor {
namespace {

Command heartbeat(std::string_view client, std::string_view topics = R"("TopicTest")") {
  Command request = Command::request(RequestCode::heart_beat);
  request.body =
      body_of(R"({"clientID":")" + std::string(client) + R"(","consumerDataSet":[{"consumeFromWhere":)" +
              R"("CONSUME_FROM_LAST_OFFSET","consumeType":"CONSUME_PASSIVELY","groupName":"CG",)" +
              R"("messageModel":"CLUSTERING","subscriptionDataSet":[{"codeSet":[],"expressionType":"TAG",)" +
              R"("subString":"*","subVersion":5,"tagsSet":[],"topic":)" + std::string(topics) +
              R"(}],"unitMode":false}],"producerDataSet":[{"groupName":"PG"}]})");
  return request;
}

Command members(Desk& desk) {
  return desk.call(Desk::with(RequestCode::get_consumer_list_by_group, {{"consumerGroup", "CG"}}));
}

TEST(Clients, AHeartbeatMakesAMemberAndItsRetryTopic) {
  with_broker([](runtime::Runtime, Desk& desk) {
    EXPECT_EQ(members(desk).code, number(ResponseCode::system_error)) << "never an empty list";
    const Command answer = desk.call(heartbeat("10.0.0.9@1"));
    EXPECT_EQ(answer.code, 0) << answer.remark;
    EXPECT_GE(answer.version, 232) << "else Java clients refuse SQL filters";
    EXPECT_EQ(text_of(members(desk)), R"({"consumerIdList":["10.0.0.9@1"]})");
    EXPECT_EQ(desk.pull("%RETRY%CG", 0).code, number(ResponseCode::pull_not_found));
    EXPECT_EQ(
        desk.call(Desk::with(RequestCode::get_producer_connection_list, {{"producerGroup", "PG"}})).code, 0);
  });
}

TEST(Clients, APullMayRelyOnTheHeartbeatsSubscription) {
  with_broker([](runtime::Runtime, Desk& desk) {
    desk.send("TopicTest", "a");
    desk.call(heartbeat("c"));
    Command request = Desk::pull_request("TopicTest", 0);
    request.fields.set("sysFlag", std::int64_t{0});
    request.fields.set("subVersion", std::int64_t{5});
    EXPECT_EQ(desk.call(request).code, 0);
    request.fields.set("subVersion", std::int64_t{6});
    EXPECT_EQ(desk.call(request).code, number(ResponseCode::subscription_not_latest));
  });
}

TEST(Clients, EveryMemberIsToldWhoJoinsAndLeaves) {
  with_broker([](runtime::Runtime runtime, Desk& desk) {
    int told = 0;
    desk.client().on(RequestCode::notify_consumer_ids_changed,
                     [&](const model::protocol::CommandView& request, runtime::remoting::Responder) {
                       EXPECT_EQ(request.field("consumerGroup"), "CG");
                       ++told;
                     });
    desk.call(heartbeat("first"));
    EXPECT_EQ(told, 1);
    desk.call(heartbeat("first"));
    EXPECT_EQ(told, 1) << "nothing has changed";
    Desk other(runtime);
    other.call(heartbeat("second"));
    members(desk);
    EXPECT_EQ(told, 2);
    other.stop();
    ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 1s));
    EXPECT_EQ(told, 3);
    EXPECT_EQ(text_of(members(desk)), R"({"consumerIdList":["first"]})");
  });
}

TEST(Clients, ALateCloseOfAnOldConnectionRemovesNobody) {
  with_broker([](runtime::Runtime runtime, Desk& desk) {
    Desk old(runtime);
    old.call(heartbeat("same"));
    desk.call(heartbeat("same"));
    old.stop();
    ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 1s));
    EXPECT_EQ(text_of(members(desk)), R"({"consumerIdList":["same"]})");
  });
}

TEST(Clients, WhoUnregistersIsGone) {
  with_broker([](runtime::Runtime, Desk& desk) {
    desk.call(heartbeat("c"));
    EXPECT_EQ(desk.call(Desk::with(RequestCode::unregister_client,
                                   {{"clientID", "c"}, {"producerGroup", "PG"}, {"consumerGroup", "CG"}}))
                  .code,
              0);
    EXPECT_EQ(members(desk).code, number(ResponseCode::system_error));
    EXPECT_EQ(
        desk.call(Desk::with(RequestCode::get_consumer_connection_list, {{"consumerGroup", "CG"}})).code,
        number(ResponseCode::consumer_not_online));
  });
}

TEST(Clients, WhoFallsSilentExpires) {
  with_broker([](runtime::Runtime runtime, Desk& desk) {
    Desk silent(runtime);
    silent.call(heartbeat("silent"));
    for (int i = 0; i < 14; ++i) {
      ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 10s));
      desk.call(heartbeat("alive"));
      silent.pull("NoSuchTopic", 0);
    }
    EXPECT_EQ(text_of(members(desk)), R"({"consumerIdList":["alive"]})");
    silent.stop();
  });
}

TEST(Clients, IllegalNamesInAHeartbeatAreRefused) {
  with_broker([](runtime::Runtime, Desk& desk) {
    EXPECT_EQ(desk.call(heartbeat("c", R"("../x")")).code, number(ResponseCode::system_error));
    EXPECT_EQ(members(desk).code, number(ResponseCode::system_error));
  });
}

}  // namespace
}  // namespace gantry::broker::processor
