// What clients can make a broker keep.
#include <gtest/gtest.h>

#include "tests/broker/processor/desk.h"

namespace gantry::broker::processor {
namespace {

Command commit(std::string_view group, std::string_view topic, std::string_view offset = "2",
               std::string_view queue = "0") {
  return Desk::with(
      RequestCode::update_consumer_offset,
      {{"consumerGroup", group}, {"topic", topic}, {"queueId", queue}, {"commitOffset", offset}});
}

std::string groups(Desk& desk) {
  return text_of(desk.call(Command::request(RequestCode::get_all_subscriptiongroup_config)));
}

TEST(Limits, AnOffsetNeedsATopicAndAGroup) {
  BrokerConfig config = test_config();
  config.auto_create_subscription_group = false;
  with_broker(
      [](runtime::Runtime, Desk& desk) {
        desk.send("TopicTest", "x");
        EXPECT_EQ(desk.call(commit("TOOLS_CONSUMER", "Missing")).code, number(ResponseCode::topic_not_exist));
        EXPECT_EQ(desk.call(commit("Missing", "TopicTest")).code,
                  number(ResponseCode::subscription_group_not_exist));
        EXPECT_EQ(desk.call(Command::request(RequestCode::get_all_consumer_offset)).code,
                  number(ResponseCode::system_error))
            << "there is none";
        EXPECT_EQ(desk.call(commit("TOOLS_CONSUMER", "TopicTest")).code, 0);
      },
      config);
}

TEST(Limits, APullOfAMissingTopicCreatesNoGroup) {
  with_broker([](runtime::Runtime, Desk& desk) {
    EXPECT_EQ(desk.pull("Missing", 0).code, number(ResponseCode::topic_not_exist));
    EXPECT_EQ(groups(desk).find("\"CG\""), std::string::npos);
    desk.send("TopicTest", "x");
    EXPECT_EQ(desk.pull("TopicTest", 0).code, 0);
    EXPECT_NE(groups(desk).find("\"CG\""), std::string::npos);
  });
}

TEST(Limits, APullsGroupIsAskedForBeforeItsTopic) {
  BrokerConfig config = test_config();
  config.auto_create_subscription_group = false;
  with_broker(
      [](runtime::Runtime, Desk& desk) {
        EXPECT_EQ(desk.pull("Missing", 0).code, number(ResponseCode::subscription_group_not_exist));
      },
      config);
}

TEST(Limits, ARequestWithAnEmptyNameIsRefused) {
  with_broker([](runtime::Runtime, Desk& desk) {
    EXPECT_EQ(desk.call(commit("", "TopicTest")).code, number(ResponseCode::system_error));
    EXPECT_EQ(desk.send("", "x").code, number(ResponseCode::system_error));
    EXPECT_EQ(desk.send("%RETRY%", "x").code, number(ResponseCode::system_error));
    EXPECT_EQ(desk.call(Desk::create_request("")).code, number(ResponseCode::system_error));
    EXPECT_EQ(groups(desk).find("\"\""), std::string::npos);
  });
}

TEST(Limits, TopicsAndGroupsAreCounted) {
  BrokerConfig config = test_config();
  config.topics_max = 12;
  config.groups_max = 9;
  with_broker(
      [](runtime::Runtime, Desk& desk) {
        int topics = 0;
        while (topics < 20 && desk.send("T" + std::to_string(topics), "x").code == 0) ++topics;
        EXPECT_GT(topics, 0);
        EXPECT_LT(topics, 12) << "the broker's own count, too";
        const Command refused = desk.send("One-more", "x");
        EXPECT_EQ(refused.code, number(ResponseCode::system_error));
        EXPECT_EQ(refused.remark, "the broker has as many topics as it can keep");
        EXPECT_EQ(desk.send("T0", "x").code, 0);
        EXPECT_EQ(desk.send("%RETRY%CG", "x").remark, refused.remark);

        int made = 0;
        Command answer;
        while (made < 20 && (answer = desk.call(commit("G" + std::to_string(made), "T0"))).code == 0) ++made;
        EXPECT_EQ(made, 2) << "seven are the broker's own";
        EXPECT_EQ(answer.code, number(ResponseCode::system_error));
        EXPECT_EQ(answer.remark, "the broker has as many subscription groups as it can keep");
        EXPECT_EQ(desk.pull("T0", 0).remark, answer.remark);
        EXPECT_EQ(desk.call(commit("G1", "T0", "1")).code, 0);
      },
      config);
}

Command heartbeat(std::string_view client, const std::string& producers, const std::string& consumers = {}) {
  Command request = Command::request(RequestCode::heart_beat);
  request.body = body_of(R"({"clientID":")" + std::string(client) + R"(","producerDataSet":[)" + producers +
                         R"(],"consumerDataSet":[)" + consumers + "]}");
  return request;
}
std::string in_group(const std::string& name) {
  return R"({"groupName":")" + name + R"("})";
}

TEST(Limits, HeartbeatsOfOneConnectionAreBoundedWhateverTheirClientIds) {
  with_broker([](runtime::Runtime runtime, Desk& desk) {
    const auto many = [](const std::string& prefix) {
      std::string list = in_group(prefix);
      for (int i = 1; i < 4000; ++i) list += "," + in_group(prefix + std::to_string(i));
      return list;
    };
    EXPECT_EQ(desk.call(heartbeat("a", many("P"))).code, 0);
    const Command refused = desk.call(heartbeat("b", many("Q"), in_group("CG")));
    EXPECT_EQ(refused.code, number(ResponseCode::system_error));
    EXPECT_EQ(
        refused.remark,
        "this connection, or the broker, has as many members and subscriptions of groups as it can keep");
    const auto list = Desk::with(RequestCode::get_consumer_list_by_group, {{"consumerGroup", "CG"}});
    EXPECT_EQ(text_of(desk.call(list)), R"({"consumerIdList":["b"]})") << "what had room was taken";
    EXPECT_EQ(desk.call(heartbeat("a", many("P"))).code, 0) << "who is there goes on";
    Desk other(runtime);
    EXPECT_EQ(other.call(heartbeat("c", in_group("P"), in_group("CG"))).code, 0);
    other.stop();
  });
}

TEST(Limits, AConsumerWhoseGroupFindsNoRoomIsToldSo) {
  BrokerConfig config = test_config();
  config.groups_max = 8;
  with_broker(
      [](runtime::Runtime, Desk& desk) {
        EXPECT_EQ(desk.call(heartbeat("a", "", in_group("G1"))).code, 0);
        const Command refused = desk.call(heartbeat("a", "", in_group("G2") + "," + in_group("G1")));
        EXPECT_EQ(refused.code, number(ResponseCode::system_error));
        EXPECT_EQ(refused.remark, "the broker has as many subscription groups as it can keep");
        EXPECT_EQ(
            desk.call(Desk::with(RequestCode::get_consumer_list_by_group, {{"consumerGroup", "G1"}})).code,
            0);
      },
      config);
}

TEST(Limits, OffsetsStayBelowWhatTheirFileMayHave) {
  BrokerConfig config = test_config();
  config.offsets_bytes_max = 4096;
  with_broker(
      [](runtime::Runtime, Desk& desk) {
        desk.send("TopicTest", "x");
        Command answer = Command::response(ResponseCode::success);
        for (int i = 0; answer.code == 0 && i < 4096; ++i)
          answer = desk.call(commit("Group", "TopicTest", "9223372036854775807", std::to_string(i)));
        EXPECT_EQ(answer.code, number(ResponseCode::system_error));
        EXPECT_EQ(answer.remark, "the broker has as many consumer offsets as it can keep");
        const std::string all = text_of(desk.call(Command::request(RequestCode::get_all_consumer_offset)));
        EXPECT_LE(all.size(), 4096u);
        EXPECT_GT(all.size(), 3000u);
        EXPECT_EQ(desk.call(commit("Group", "TopicTest", "1")).code, 0) << "known ones move on";
        EXPECT_EQ(desk.call(Desk::with(RequestCode::delete_subscriptiongroup,
                                       {{"groupName", "Group"}, {"removeOffset", "true"}}))
                      .code,
                  0);
        EXPECT_EQ(desk.call(commit("Other", "TopicTest")).code, 0) << "there is room again";
      },
      config);
}

}  // namespace
}  // namespace gantry::broker::processor
