#include <gtest/gtest.h>

#include "model/message/subscription.h"
#include "model/protocol/bodies/connections.h"
#include "model/protocol/bodies/consumer_state.h"
#include "model/protocol/bodies/heartbeat.h"
#include "model/protocol/bodies/lists.h"
#include "model/protocol/bodies/offsets.h"
#include "model/protocol/bodies/stats.h"
#include "model/protocol/bodies/subscription_group.h"
#include "model/route/topic_config.h"
#include "model/route/topic_route.h"

namespace gantry::model::protocol::bodies {
namespace {

/// The text is read and written back as it was.
template <class T>
T same_both_ways(std::string_view text) {
  const auto value = read_body<T>(text);
  EXPECT_TRUE(value) << text;
  EXPECT_EQ(write_text(*value), text);
  return *value;
}

TEST(Bodies, HaveTheShapeThatJavaWrites) {
  same_both_ways<route::TopicRouteData>(
      R"({"brokerDatas":[{"brokerAddrs":{0:"10.0.0.1:10911",1:"10.0.0.2:10911"},"brokerName":"broker-a",)"
      R"("cluster":"DefaultCluster"}],"filterServerTable":{},"orderTopicConf":"broker-a:4;broker-b:4",)"
      R"("queueDatas":[{"brokerName":"broker-a","perm":6,"readQueueNums":8,"topicSysFlag":0,"writeQueueNums":8}]})");
  same_both_ways<route::ClusterInfo>(
      R"({"brokerAddrTable":{"broker-a":{"brokerAddrs":{0:"x"},"brokerName":"broker-a",)"
      R"("cluster":"DefaultCluster"}},"clusterAddrTable":{"DefaultCluster":["broker-a"]}})");
  same_both_ways<TopicList>(R"({"brokerAddr":"x","topicList":["A","B"]})");
  same_both_ways<route::TopicConfigTable>(
      R"({"dataVersion":{"counter":3,"timestamp":1690000000000},"topicConfigTable":{"TopicA":{"order":false,)"
      R"("perm":6,"readQueueNums":8,"topicFilterType":"SINGLE_TAG","topicName":"TopicA","topicSysFlag":0,)"
      R"("writeQueueNums":8}}})");
  same_both_ways<SubscriptionGroupConfig>(
      R"({"brokerId":0,"consumeBroadcastEnable":true,"consumeEnable":true,"consumeFromMinEnable":true,)"
      R"("groupName":"CG","notifyConsumerIdsChangedEnable":true,"retryMaxTimes":16,"retryQueueNums":1,)"
      R"("whichBrokerWhenConsumeSlowly":1})");
  same_both_ways<ConsumerConnection>(
      R"({"connectionSet":[{"clientAddr":"10.0.0.9:50000","clientId":"c","language":"JAVA","version":409}],)"
      R"("consumeFromWhere":"CONSUME_FROM_TIMESTAMP","consumeType":"CONSUME_PASSIVELY",)"
      R"("messageModel":"BROADCASTING","subscriptionTable":{}})");
  same_both_ways<ProducerTableInfo>(
      R"({"data":{"PG":[{"clientId":"c","language":"JAVA","lastUpdateTimestamp":0,"remoteIP":"/10.0.0.9:50000",)"
      R"("version":409}]}})");
  same_both_ways<ConsumeStats>(
      R"({"consumeTps":0.0,"offsetTable":{{"brokerName":"broker-a","queueId":0,"topic":"TopicA"}:)"
      R"({"brokerOffset":10,"consumerOffset":7,"lastTimestamp":0}}})");
  same_both_ways<TopicStatsTable>(R"({"offsetTable":{{"brokerName":"broker-a","queueId":0,"topic":"TopicA"}:)"
                                  R"({"lastUpdateTimestamp":0,"maxOffset":10,"minOffset":0}}})");
  same_both_ways<ConsumerOffsetTable>(R"({"offsetTable":{"TopicA@CG":{0:5,1:6}}})");
  same_both_ways<DelayOffsetTable>(R"({"offsetTable":{1:0,2:7}})");
  same_both_ways<CorrectionOffsets>(R"({"correctionOffsets":{0:1}})");
  same_both_ways<KvTable>(R"({"table":{"k":"v"}})");
  same_both_ways<LockBatchRequest>(
      R"({"clientId":"c","consumerGroup":"CG","mqSet":[{"brokerName":"broker-a","queueId":0,"topic":"TopicA"}]})");
  same_both_ways<BrokerStatsData>(
      R"({"statsDay":{"avgpt":0.0,"sum":0,"tps":0.0},"statsHour":{"avgpt":0.0,"sum":0,"tps":0.0},)"
      R"("statsMinute":{"avgpt":1.5,"sum":0,"tps":0.0}})");
  same_both_ways<ConsumerStatusBody>(
      R"({"consumerTable":{"c":{{"brokerName":"broker-a","queueId":0,"topic":"TopicA"}:7}}})");
  same_both_ways<ConsumeDirectlyResult>(
      R"({"autoCommit":true,"consumeResult":"CR_LATER","order":false,"spentTimeMills":3})");
}

TEST(Bodies, AKeyThatHoldsAnObjectMayBeQuoted) {
  const ClientStatus plain =
      read_body<ClientStatus>(R"({"messageQueueTable":{{"queueId":1,"topic":"T"}:7}})").value();
  const ClientStatus quoted =
      read_body<ClientStatus>(R"({"messageQueueTable":{"{\"queueId\":1,\"topic\":\"T\"}":7}})").value();
  EXPECT_EQ(plain, quoted);
  EXPECT_EQ(plain.offsets.at({"T", "", 1}), 7);
}

TEST(Bodies, ResetOffsetsHaveAFormForCpp) {
  const ResetOffsetBody body{{{{"TopicA", "broker-a", 0}, 7}}};
  EXPECT_EQ(as_text(write_as_list(body)),
            R"({"offsetTable":[{"brokerName":"broker-a","offset":7,"queueId":0,"topic":"TopicA"}]})");
}

TEST(Heartbeat, AJavaClientsIsRead) {
  const auto data = same_both_ways<HeartbeatData>(
      R"({"clientID":"10.0.0.9@4711","consumerDataSet":[{"consumeFromWhere":"CONSUME_FROM_LAST_OFFSET",)"
      R"("consumeType":"CONSUME_PASSIVELY","groupName":"CG","messageModel":"CLUSTERING","subscriptionDataSet":[)"
      R"({"classFilterMode":false,"codeSet":[2598919,2598920],"expressionType":"TAG","subString":"TagA || TagB",)"
      R"("subVersion":1690000000000,"tagsSet":["TagA","TagB"],"topic":"TopicA"}],"unitMode":false}],)"
      R"("producerDataSet":[{"groupName":"PG"}]})");
  auto expected = message::parse_tag_expression("TopicA", "TagA || TagB").value();
  expected.sub_version = 1'690'000'000'000;
  EXPECT_EQ(data.consumers.at(0).subscriptions.at(0), expected);
}

TEST(Heartbeat, ACppClientsIsReadWithItsNumbersAndGaps) {
  const auto data =
      read_body<HeartbeatData>(
          R"({"clientID":"c","consumerDataSet":[{"consumeFromWhere":4,"consumeType":1,"groupName":"CG",)"
          R"("messageModel":0,"subscriptionDataSet":[{"subString":"*","subVersion":"1690000000000",)"
          "\"topic\":\"T\"}]}]}\n")
          .value();
  const ConsumerData& consumer = data.consumers.at(0);
  EXPECT_EQ(consumer.consume_from_where, ConsumeFromWhere::consume_from_first_offset);
  EXPECT_EQ(consumer.consume_type, ConsumeType::consume_passively);
  EXPECT_EQ(consumer.message_model, MessageModel::broadcasting);
  EXPECT_EQ(consumer.subscriptions.at(0).sub_version, 1'690'000'000'000);
  EXPECT_TRUE(consumer.subscriptions.at(0).is_tag_expression());
  EXPECT_TRUE(data.producers.empty());
}

TEST(Heartbeat, AGoClientsIsReadWithItsCodesAsTexts) {
  const auto data = read_body<HeartbeatData>(
                        R"({"clientID":"c","producerDataSet":[],"consumerDataSet":[{"groupName":"CG",)"
                        R"("subscriptionDataSet":[{"codeSet":["2598919"],"tagsSet":["TagA"],"subVersion":0,)"
                        R"("expressionType":"TAG","subString":"TagA","topic":"T"}],"unknown":[{}]}]})")
                        .value();
  EXPECT_TRUE(data.consumers.at(0).subscriptions.at(0).may_match(2598919));
}

TEST(Bodies, OfAnotherShapeAreRefused) {
  for (const std::string_view text :
       {"[]", "7", R"({"consumerDataSet":{}})", R"({"consumerDataSet":[7]})",
        R"({"consumerDataSet":[{"messageModel":"NONE"}]})", R"({"consumerDataSet":[{"messageModel":2}]})",
        R"({"consumerDataSet":[{"subscriptionDataSet":[{"codeSet":["x"]}]}]})"})
    EXPECT_FALSE(read_body<HeartbeatData>(text)) << text;
  EXPECT_TRUE(read_body<HeartbeatData>(R"({"clientID":null,"consumerDataSet":null})"));
}

}  // namespace
}  // namespace gantry::model::protocol::bodies
