// Bodies with any names in them come back as they went, and damaged ones never do harm.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "model/protocol/bodies/connections.h"
#include "model/protocol/bodies/consumer_state.h"
#include "model/protocol/bodies/heartbeat.h"
#include "model/protocol/bodies/lists.h"
#include "model/protocol/bodies/offsets.h"
#include "model/protocol/bodies/stats.h"
#include "model/protocol/bodies/subscription_group.h"
#include "model/route/register_broker.h"
#include "model/route/topic_route.h"

namespace gantry::model::protocol::bodies {
namespace {

std::string name() {
  return *rc::gen::arbitrary<std::string>();
}
std::int32_t number() {
  return *rc::gen::arbitrary<std::int32_t>();
}

route::MessageQueue queue() {
  route::MessageQueue queue;
  queue.topic = name();
  queue.broker_name = name();
  queue.queue_id = number();
  return queue;
}

template <class T>
void comes_back(const T& value) {
  for (const JsonStyle& style : {JsonStyle{}, JsonStyle{.quote_all_keys = true}, JsonStyle{.pretty = true}}) {
    const auto back = read_body<T>(write_text(value, style));
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == value);
  }
}

RC_GTEST_PROP(Bodies, ComeBackAsTheyWent, ()) {
  TopicStatsTable stats;
  ConsumerOffsetTable offsets;
  LockBatchRequest locks{.client_id = name(), .consumer_group = name()};
  KvTable table;
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    stats.offsets[queue()] = {.last_update_timestamp = number(), .max_offset = number()};
    offsets.offsets[name()][number()] = *rc::gen::arbitrary<std::int64_t>();
    locks.queues.insert(queue());
    table.table[name()] = name();
  }
  comes_back(stats);
  comes_back(offsets);
  comes_back(locks);
  comes_back(table);

  route::TopicRouteData data{.order_topic_conf = name()};
  data.broker_datas.push_back(
      {.cluster = name(), .broker_name = name(), .broker_addrs = {{number(), name()}}});
  data.queue_datas.push_back({.broker_name = name(), .perm = number()});
  comes_back(data);
}

RC_GTEST_PROP(Bodies, DamageIsSurvivedByEveryReader, ()) {
  std::string text =
      R"({"clientID":"c","offsetTable":{{"brokerName":"b","queueId":0,"topic":"T"}:{"maxOffset":10},"x":{0:5}},)"
      R"("table":{"k":"v"},"consumerDataSet":[{"groupName":"CG","messageModel":0,"subscriptionDataSet":[{)"
      R"("codeSet":["1",2],"tagsSet":["a"],"subVersion":"3"}]}],"queueDatas":[{"perm":6}],"brokerDatas":[{)"
      R"("brokerAddrs":{0:"a"}}],"topicConfigTable":{"T":{"topicFilterType":"MULTI_TAG"}}})";
  for (int changes = *rc::gen::inRange(1, 8); changes > 0; --changes) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    text[at] = *rc::gen::element('"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', 'n', '\0', '\xff');
  }
  text.resize(*rc::gen::inRange<std::size_t>(text.size() / 2, text.size() + 1));
  const auto survives = [&]<class T>(T) {
    if (const auto value = read_body<T>(text)) RC_ASSERT(*read_body<T>(write_text(*value)) == *value);
  };
  survives(HeartbeatData{});
  survives(TopicStatsTable{});
  survives(ConsumerOffsetTable{});
  survives(KvTable{});
  survives(route::TopicRouteData{});
  survives(route::TopicConfigTable{});
  survives(SubscriptionGroupTable{});
  survives(ConsumerConnection{});
  survives(ConsumerRunningInfo{});
}

}  // namespace
}  // namespace gantry::model::protocol::bodies
