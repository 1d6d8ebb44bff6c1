#include "client/consumer/push_consumer.h"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "sim/simulation.h"
#include "tests/client/cluster.h"

namespace gantry::client::consumer {
namespace {

using test::Cluster;
using test::RequestCode;
using namespace std::chrono_literals;

/// What a listener got, in order.
struct Log {
  std::vector<std::string> bodies;
  Listener listener() {
    return [this](const std::vector<MessagePtr>& messages) {
      for (const auto& message : messages) bodies.emplace_back(message->body_text());
      return ConsumeResult::success;
    };
  }
  std::set<std::string> distinct() const { return {bodies.begin(), bodies.end()}; }
};

const std::string group = "CG";

ConsumerOptions from_first() {
  return {.from = ConsumeFrom::first_offset};
}

void fill(Cluster& cluster, int count, std::string_view properties = "") {
  for (int i = 0; i < count; ++i)
    cluster.broker(static_cast<std::size_t>(i) % cluster.brokers.size())
        .put("TopicTest", i / 2 % 4, "m" + std::to_string(i), properties);
}

/// Queues of TopicTest that a member owns.
std::set<MessageQueue> owned(const PushConsumer& consumer) {
  std::set<MessageQueue> mine;
  for (const auto& queue : consumer.owned())
    if (queue.topic == "TopicTest") mine.insert(queue);
  return mine;
}

TEST(PushConsumer, ConsumesWhatWasThereAndWhatComes) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime);
    fill(cluster, 100);
    Log log;
    PushConsumer consumer(runtime, cluster.session("one"), group, from_first(), log.listener());
    ASSERT_TRUE(consumer.subscribe("TopicTest"));
    ASSERT_TRUE(consumer.start());
    EXPECT_TRUE(cluster.eventually([&] { return log.bodies.size() == 100; }));
    cluster.sleep(3s);
    const auto before = runtime.clock.now();
    cluster.broker(0).put("TopicTest", 0, "late", "");
    while (log.bodies.size() < 101) cluster.sleep(1ms);
    EXPECT_LT(runtime.clock.now() - before, 100ms);  // the broker held our pull
    EXPECT_EQ(log.distinct().size(), 101u);
    consumer.stop();
    cluster.stop();
  });
}

/// What a node lets the world know about lost records.
struct Noted final : runtime::Events {
  void log(runtime::Level, std::string_view text) override {
    lines += text.find("is skipped") != std::string_view::npos ? 1 : 0;
  }
  void record(std::string_view, std::string_view, std::span<const std::int64_t>) override {}
  void probe(std::string_view name) override { lost += name == "client.record-lost" ? 1 : 0; }
  void count(std::string_view, std::int64_t) override {}
  int lines = 0;
  int lost = 0;
};

TEST(PushConsumer, SkipsWhatCannotBeReadAndOnlyThat) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 1, 1);
    for (int i = 0; i < 12; ++i) cluster.broker(0).put("TopicTest", 0, "m" + std::to_string(i), "");
    auto& stored = cluster.broker(0).stored[{"TopicTest", 0}];
    const auto damage = [&](std::size_t record, std::size_t at) { stored[record][at] ^= std::byte(7); };
    constexpr std::size_t magic = 4, compression = 38, compressed = 39, body_length = 87;
    damage(0, magic);
    damage(3, compression);  // a form of compression that nobody knows
    damage(3, compressed);
    damage(5, compressed);  // and what it says is no zlib
    damage(7, body_length);
    damage(9, magic);
    damage(11, magic);
    Log log;
    Noted noted;
    const runtime::Runtime with{runtime.clock, runtime.tasks,  runtime.network,
                                runtime.disk,  runtime.random, noted};
    PushConsumer consumer(with, cluster.session("one"), group, from_first(), log.listener());
    ASSERT_TRUE(consumer.subscribe("TopicTest"));
    ASSERT_TRUE(consumer.start());
    EXPECT_TRUE(cluster.eventually([&] { return cluster.broker(0).offsets[{"CG", "TopicTest", 0}] == 12; }));
    EXPECT_EQ(log.bodies.size(), 6u);
    EXPECT_EQ(log.distinct(), (std::set<std::string>{"m1", "m2", "m4", "m6", "m8", "m10"}));
    EXPECT_EQ(noted.lost, 6);
    EXPECT_EQ(noted.lines, 6);
    EXPECT_LT(cluster.broker(0).requests(RequestCode::pull_message), 20u);
    consumer.stop();
    cluster.stop();
  });
}

TEST(PushConsumer, StartsAtTheEndByDefault) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime);
    fill(cluster, 20);
    Log log;
    ConsumerOptions from_end = from_first();
    from_end.from = ConsumeFrom::last_offset;
    PushConsumer consumer(runtime, cluster.session("one"), group, from_end, log.listener());
    ASSERT_TRUE(consumer.subscribe("TopicTest"));
    ASSERT_TRUE(consumer.start());
    ASSERT_TRUE(cluster.eventually([&] { return owned(consumer).size() == 8; }));
    cluster.broker(0).put("TopicTest", 0, "new", "");
    EXPECT_TRUE(cluster.eventually([&] { return log.bodies.size() == 1; }));
    EXPECT_EQ(log.bodies, std::vector<std::string>{"new"});
    consumer.stop();
    cluster.stop();
  });
}

TEST(PushConsumer, StartsAtATimeWhenAsked) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 1, 1);
    for (int i = 0; i < 3; ++i) cluster.broker(0).put("TopicTest", 0, "m" + std::to_string(i), "");
    Log log;
    ConsumerOptions from_time = from_first();
    from_time.from = ConsumeFrom::timestamp;
    from_time.from_timestamp_ms = 1000;  // the fake broker says: offset 1
    PushConsumer consumer(runtime, cluster.session("one"), group, from_time, log.listener());
    ASSERT_TRUE(consumer.subscribe("TopicTest"));
    ASSERT_TRUE(consumer.start());
    EXPECT_TRUE(cluster.eventually([&] { return log.bodies.size() == 2; }));
    EXPECT_EQ(log.distinct(), (std::set<std::string>{"m1", "m2"}));
    consumer.stop();
    cluster.stop();
  });
}

TEST(PushConsumer, TrustsTagsAndNotTheirHashes) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 1, 1);
    // "Aa" and "BB" have the same hash, so a broker lets both through.
    cluster.broker(0).put("TopicTest", 0, "wanted",
                          "TAGS\x01"
                          "Aa");
    cluster.broker(0).put("TopicTest", 0, "unwanted",
                          "TAGS\x01"
                          "BB");
    cluster.broker(0).put("TopicTest", 0, "untagged", "");
    Log log;
    PushConsumer consumer(runtime, cluster.session("one"), group, from_first(), log.listener());
    ASSERT_TRUE(consumer.subscribe("TopicTest", "Aa || C"));
    ASSERT_TRUE(consumer.start());
    cluster.sleep(10s);
    EXPECT_EQ(log.bodies, std::vector<std::string>{"wanted"});
    EXPECT_EQ((cluster.broker(0).offsets[{"CG", "TopicTest", 0}]), 3);  // the others count as consumed
    consumer.stop();
    cluster.stop();
  });
}

TEST(PushConsumer, TellsTheBrokerWhatItSubscribes) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 1);
    Log log;
    PushConsumer consumer(runtime, cluster.session("one"), group, from_first(), log.listener());
    ASSERT_TRUE(consumer.subscribe("TopicTest", "TagA || TagB"));
    ASSERT_TRUE(consumer.start());
    const std::string& beat = cluster.broker(0).heartbeats.at(0);
    for (const char* part :
         {"\"clientID\":\"10.0.0.9@one\"", "\"groupName\":\"CG\"", "\"subString\":\"TagA || TagB\"",
          "\"messageModel\":\"CLUSTERING\"", "\"consumeType\":\"CONSUME_PASSIVELY\"",
          "\"consumeFromWhere\":\"CONSUME_FROM_FIRST_OFFSET\"", "\"topic\":\"%RETRY%CG\""})
      EXPECT_NE(beat.find(part), std::string::npos) << part << " in " << beat;
    consumer.stop();
    EXPECT_EQ(cluster.broker(0).requests(RequestCode::unregister_client), 1u);
    cluster.stop();
  });
}

TEST(PushConsumer, CommitsOnlyWhatIsConsumedWithoutAGap) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 1, 1);
    for (int i = 0; i < 10; ++i) cluster.broker(0).put("TopicTest", 0, "m" + std::to_string(i), "");
    const auto committed = [&] { return cluster.broker(0).offsets[{"CG", "TopicTest", 0}]; };
    bool release = false;
    int consumed = 0;
    PushConsumer consumer(runtime, cluster.session("one"), group, from_first(),
                          [&](const std::vector<MessagePtr>& messages) {
                            while (messages[0]->body_text() == "m3" && !release) cluster.sleep(10ms);
                            ++consumed;
                            return ConsumeResult::success;
                          });
    ASSERT_TRUE(consumer.subscribe("TopicTest"));
    ASSERT_TRUE(consumer.start());
    cluster.sleep(12s);
    EXPECT_EQ(consumed, 9);
    EXPECT_EQ(committed(), 3);
    release = true;
    cluster.sleep(6s);
    EXPECT_EQ(committed(), 10);
    consumer.stop();
    cluster.stop();
  });
}

TEST(PushConsumer, GoesOnAfterARestartWhereItWas) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime);
    fill(cluster, 50);
    Log first, second;
    {
      PushConsumer consumer(runtime, cluster.session("one"), group, from_first(), first.listener());
      ASSERT_TRUE(consumer.subscribe("TopicTest"));
      ASSERT_TRUE(consumer.start());
      ASSERT_TRUE(cluster.eventually([&] { return first.bodies.size() == 50; }));
      consumer.stop();  // before the first periodic persist
    }
    cluster.broker(1).put("TopicTest", 3, "next", "");
    PushConsumer consumer(runtime, cluster.session("one"), group, from_first(), second.listener());
    ASSERT_TRUE(consumer.subscribe("TopicTest"));
    ASSERT_TRUE(consumer.start());
    cluster.sleep(10s);
    EXPECT_EQ(second.bodies, std::vector<std::string>{"next"});
    consumer.stop();
    cluster.stop();
  });
}

TEST(PushConsumer, ConsumesAgainWhatTheBrokerDoesNotTakeBack) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 1, 1);
    for (int i = 0; i < 3; ++i) cluster.broker(0).put("TopicTest", 0, "m" + std::to_string(i), "");
    std::vector<runtime::Instant> tries;
    std::vector<std::int32_t> reconsumed;
    PushConsumer consumer(runtime, cluster.session("one"), group, from_first(),
                          [&](const std::vector<MessagePtr>& messages) {
                            if (messages[0]->body_text() != "m1") return ConsumeResult::success;
                            tries.push_back(runtime.clock.now());
                            reconsumed.push_back(messages[0]->reconsume_times);
                            return tries.size() < 3 ? ConsumeResult::reconsume_later : ConsumeResult::success;
                          });
    ASSERT_TRUE(consumer.subscribe("TopicTest"));
    ASSERT_TRUE(consumer.start());
    cluster.sleep(7s);
    EXPECT_EQ((cluster.broker(0).offsets[{"CG", "TopicTest", 0}]), 1);  // not past what failed
    cluster.sleep(20s);
    ASSERT_EQ(tries.size(), 3u);
    EXPECT_GE(tries[1] - tries[0], 5s);
    EXPECT_LT(tries[2] - tries[1], 6s);
    EXPECT_EQ(reconsumed, (std::vector<std::int32_t>{0, 1, 2}));
    EXPECT_EQ((cluster.broker(0).offsets[{"CG", "TopicTest", 0}]), 3);
    consumer.stop();
    cluster.stop();
  });
}

TEST(PushConsumer, KeepsWhatTheListenerWantsAgainItself) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 1, 1);
    cluster.broker(0).takes_back = true;
    cluster.broker(0).put("TopicTest", 0, "m", "");
    int tries = 0;
    PushConsumer consumer(runtime, cluster.session("one"), group, from_first(),
                          [&](const std::vector<MessagePtr>&) {
                            return ++tries < 2 ? ConsumeResult::keep : ConsumeResult::success;
                          });
    ASSERT_TRUE(consumer.subscribe("TopicTest"));
    ASSERT_TRUE(consumer.start());
    cluster.sleep(4s);
    EXPECT_EQ(tries, 1);
    cluster.sleep(2s);
    EXPECT_EQ(tries, 2);
    EXPECT_EQ(cluster.broker(0).requests(RequestCode::consumer_send_msg_back), 0u);
    consumer.stop();
    EXPECT_EQ((cluster.broker(0).offsets[{"CG", "TopicTest", 0}]), 1);
    cluster.stop();
  });
}

TEST(PushConsumer, LeavesWhatFailsDuringItsStopToTheNextMember) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 1, 1);
    cluster.broker(0).takes_back = true;
    cluster.broker(0).put("TopicTest", 0, "m", "");
    bool started = false;
    PushConsumer consumer(runtime, cluster.session("one"), group, from_first(),
                          [&](const std::vector<MessagePtr>&) {
                            started = true;
                            cluster.sleep(1s);
                            return ConsumeResult::reconsume_later;
                          });
    ASSERT_TRUE(consumer.subscribe("TopicTest"));
    ASSERT_TRUE(consumer.start());
    ASSERT_TRUE(cluster.eventually([&] { return started; }));
    consumer.stop();
    EXPECT_EQ(cluster.broker(0).requests(RequestCode::consumer_send_msg_back), 0u);
    EXPECT_EQ((cluster.broker(0).offsets[{"CG", "TopicTest", 0}]), 0);
    cluster.stop();
  });
}

TEST(PushConsumer, LeavesWhatTheBrokerTakesBackToTheBroker) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 1, 1);
    cluster.broker(0).takes_back = true;
    cluster.broker(0).put("TopicTest", 0, "m",
                          "UNIQ_KEY\x01"
                          "0A000009000000000000000000000001");
    int tries = 0;
    PushConsumer consumer(runtime, cluster.session("one"), group, from_first(),
                          [&](const std::vector<MessagePtr>&) {
                            ++tries;
                            return ConsumeResult::reconsume_later;
                          });
    ASSERT_TRUE(consumer.subscribe("TopicTest"));
    ASSERT_TRUE(consumer.start());
    cluster.sleep(30s);
    EXPECT_EQ(tries, 1);
    EXPECT_EQ(cluster.broker(0).requests(RequestCode::consumer_send_msg_back), 1u);
    const auto back = std::ranges::find(cluster.broker(0).seen,
                                        static_cast<std::int32_t>(RequestCode::consumer_send_msg_back),
                                        &model::protocol::Command::code);
    ASSERT_NE(back, cluster.broker(0).seen.end());
    EXPECT_EQ(back->fields.get("group"), "CG");
    EXPECT_EQ(back->fields.get("originTopic"), "TopicTest");
    EXPECT_EQ(back->fields.get("originMsgId"), "0A000009000000000000000000000001");
    EXPECT_EQ((cluster.broker(0).offsets[{"CG", "TopicTest", 0}]), 1);
    consumer.stop();
    cluster.stop();
  });
}

TEST(PushConsumer, GetsRetriedMessagesUnderTheirOwnTopic) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 1, 1);
    cluster.broker(0).topics["%RETRY%CG"] = {.queues = 1};
    cluster.broker(0).put("%RETRY%CG", 0, "again", "RETRY_TOPIC\x01TopicTest");
    std::string topic;
    PushConsumer consumer(runtime, cluster.session("one"), group, from_first(),
                          [&](const std::vector<MessagePtr>& messages) {
                            topic = messages[0]->topic;
                            return ConsumeResult::success;
                          });
    ASSERT_TRUE(consumer.subscribe("TopicTest", "OnlyThisTag"));
    ASSERT_TRUE(consumer.start());
    EXPECT_TRUE(cluster.eventually([&] { return !topic.empty(); }));
    EXPECT_EQ(topic, "TopicTest");
    consumer.stop();
    cluster.stop();
  });
}

/// Whether the members together own all eight queues, none of them twice.
bool shared_exactly_once(const std::vector<PushConsumer*>& members) {
  std::map<MessageQueue, int> owners;
  for (const PushConsumer* member : members)
    for (const auto& queue : owned(*member)) ++owners[queue];
  return owners.size() == 8 &&
         std::ranges::all_of(owners, [](const auto& owner) { return owner.second == 1; });
}

TEST(PushConsumer, MembersShareTheQueuesAsTheyComeAndGo) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime);
    Log log;
    std::vector<std::unique_ptr<PushConsumer>> all;
    std::vector<PushConsumer*> live;
    for (int i = 0; i < 3; ++i) {
      all.push_back(std::make_unique<PushConsumer>(runtime, cluster.session(std::to_string(i)), group,
                                                   from_first(), log.listener()));
      ASSERT_TRUE(all.back()->subscribe("TopicTest"));
      ASSERT_TRUE(all.back()->start());
      live.push_back(all.back().get());
      cluster.sleep(1s);  // told by the broker, not by the 20 s timer
      EXPECT_TRUE(shared_exactly_once(live)) << "with " << i + 1 << " members";
    }
    EXPECT_LE(owned(*live[0]).size(), 3u);
    fill(cluster, 60);
    EXPECT_TRUE(cluster.eventually([&] { return log.distinct().size() == 60; }));
    all[1]->stop();
    live.erase(live.begin() + 1);
    cluster.sleep(1s);
    EXPECT_TRUE(shared_exactly_once(live));
    fill(cluster, 80);
    EXPECT_TRUE(cluster.eventually([&] { return log.distinct().size() == 80; }));
    all[0]->stop();
    all[2]->stop();
    cluster.stop();
  });
}

TEST(PushConsumer, HandsOverItsOffsetWithItsQueue) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime);
    fill(cluster, 40);
    Log first, second;
    PushConsumer one(runtime, cluster.session("1"), group, from_first(), first.listener());
    ASSERT_TRUE(one.subscribe("TopicTest"));
    ASSERT_TRUE(one.start());
    ASSERT_TRUE(cluster.eventually([&] { return first.bodies.size() == 40; }));
    cluster.sleep(6s);
    PushConsumer two(runtime, cluster.session("2"), group, from_first(), second.listener());
    ASSERT_TRUE(two.subscribe("TopicTest"));
    ASSERT_TRUE(two.start());
    ASSERT_TRUE(cluster.eventually([&] { return shared_exactly_once({&one, &two}); }));
    cluster.sleep(5s);
    EXPECT_TRUE(second.bodies.empty());  // nothing again
    one.stop();
    two.stop();
    cluster.stop();
  });
}

TEST(PushConsumer, StoresTheOffsetOfAQueueWhoseBrokerLeftTheRoute) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 2, 1);
    Log log;
    PushConsumer consumer(runtime, cluster.session("one"), group, from_first(), log.listener());
    ASSERT_TRUE(consumer.subscribe("TopicTest"));
    ASSERT_TRUE(consumer.start());
    ASSERT_TRUE(cluster.eventually([&] { return consumer.owned().size() == 2; }));
    cluster.broker(0).put("TopicTest", 0, "first", "");
    ASSERT_TRUE(cluster.eventually([&] { return log.bodies.size() == 1; }));
    cluster.namesrv.brokers.erase(cluster.namesrv.brokers.begin());
    ASSERT_TRUE(consumer.session().refresh("TopicTest"));
    cluster.sleep(100ms);  // well before offsets are stored from time to time
    EXPECT_EQ(consumer.owned().size(), 1u);
    const auto stored = cluster.broker(0).offsets.find({group, "TopicTest", 0});
    ASSERT_NE(stored, cluster.broker(0).offsets.end());
    EXPECT_EQ(stored->second, 1);
    consumer.stop();
    cluster.stop();
  });
}

TEST(PushConsumer, AsksLessAndLessOftenForATopicThatDoesNotExist) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 1, 1);
    cluster.broker(0).topics.clear();
    Log log;
    PushConsumer consumer(runtime, cluster.session("one"), group, from_first(), log.listener());
    ASSERT_TRUE(consumer.subscribe("TopicTest"));
    ASSERT_TRUE(consumer.start());
    cluster.sleep(1min);
    const std::size_t before = cluster.namesrv.asked;
    cluster.sleep(1min);
    EXPECT_LE(cluster.namesrv.asked - before, 2 * 13u);  // the topic and the retry topic
    consumer.stop();
    cluster.stop();
  });
}

TEST(PushConsumer, GoesOnWhereTheBrokerSaysWhenItsOffsetIsIllegal) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 1, 1);
    for (int i = 0; i < 5; ++i) cluster.broker(0).put("TopicTest", 0, "m" + std::to_string(i), "");
    cluster.broker(0).offsets[{"CG", "TopicTest", 0}] = 77;
    cluster.broker(0).illegal_offsets = {3};
    Log log;
    PushConsumer consumer(runtime, cluster.session("one"), group, from_first(), log.listener());
    ASSERT_TRUE(consumer.subscribe("TopicTest"));
    ASSERT_TRUE(consumer.start());
    cluster.sleep(9s);
    EXPECT_TRUE(log.bodies.empty());
    cluster.sleep(3s);
    EXPECT_EQ(log.distinct(), (std::set<std::string>{"m3", "m4"}));
    consumer.stop();
    cluster.stop();
  });
}

TEST(PushConsumer, PullsNoMoreThanItMayHold) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 1, 1);
    for (int i = 0; i < 500; ++i) cluster.broker(0).put("TopicTest", 0, "m" + std::to_string(i), "");
    ConsumerOptions small = from_first();
    small.held_messages_max = 100;
    bool release = false;
    int consumed = 0;
    PushConsumer consumer(runtime, cluster.session("one"), group, small, [&](const std::vector<MessagePtr>&) {
      while (!release) cluster.sleep(10ms);
      ++consumed;
      return ConsumeResult::success;
    });
    ASSERT_TRUE(consumer.subscribe("TopicTest"));
    ASSERT_TRUE(consumer.start());
    cluster.sleep(10s);
    EXPECT_EQ(cluster.broker(0).requests(RequestCode::pull_message), 4u);  // of 32 messages each
    release = true;
    EXPECT_TRUE(cluster.eventually([&] { return consumed == 500; }));
    consumer.stop();
    cluster.stop();
  });
}

TEST(PushConsumer, RunsAsManyListenersAsAllowed) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 1, 1);
    for (int i = 0; i < 100; ++i) cluster.broker(0).put("TopicTest", 0, "m" + std::to_string(i), "");
    ConsumerOptions narrow = from_first();
    narrow.concurrency = 3;
    narrow.consume_batch_max = 8;
    int running = 0, most = 0;
    std::size_t largest = 0, consumed = 0;
    PushConsumer consumer(runtime, cluster.session("one"), group, narrow,
                          [&](const std::vector<MessagePtr>& messages) {
                            most = std::max(most, ++running);
                            largest = std::max(largest, messages.size());
                            cluster.sleep(50ms);
                            --running;
                            consumed += messages.size();
                            return ConsumeResult::success;
                          });
    ASSERT_TRUE(consumer.subscribe("TopicTest"));
    ASSERT_TRUE(consumer.start());
    EXPECT_TRUE(cluster.eventually([&] { return consumed == 100; }));
    EXPECT_EQ(most, 3);
    EXPECT_EQ(largest, 8u);
    consumer.stop();
    cluster.stop();
  });
}

TEST(PushConsumer, StopWaitsForTheListenerAndKeepsItsResult) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 1, 1);
    cluster.broker(0).put("TopicTest", 0, "slow", "");
    bool started = false, ended = false;
    PushConsumer consumer(runtime, cluster.session("one"), group, from_first(),
                          [&](const std::vector<MessagePtr>&) {
                            started = true;
                            cluster.sleep(2s);
                            ended = true;
                            return ConsumeResult::success;
                          });
    ASSERT_TRUE(consumer.subscribe("TopicTest"));
    ASSERT_TRUE(consumer.start());
    ASSERT_TRUE(cluster.eventually([&] { return started; }));
    consumer.stop();
    EXPECT_TRUE(ended);
    EXPECT_EQ((cluster.broker(0).offsets[{"CG", "TopicTest", 0}]), 1);
    cluster.stop();
  });
}

TEST(PushConsumer, FindsItsWayBackToABrokerThatRestarted) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 1, 1);
    Log log;
    PushConsumer consumer(runtime, cluster.session("one"), group, from_first(), log.listener());
    ASSERT_TRUE(consumer.subscribe("TopicTest"));
    ASSERT_TRUE(consumer.start());
    ASSERT_TRUE(cluster.eventually([&] { return owned(consumer).size() == 1; }));
    cluster.broker(0).stop();
    cluster.sleep(10s);
    test::FakeBroker again(runtime, "a", 10911);
    again.topics = cluster.broker(0).topics;
    cluster.namesrv.brokers = {&again};
    again.start();
    again.put("TopicTest", 0, "after", "");
    const auto before = runtime.clock.now();
    EXPECT_TRUE(cluster.eventually([&] { return log.bodies.size() == 1; }));
    EXPECT_LT(runtime.clock.now() - before, 10s);  // and not with the next heartbeat
    consumer.stop();
    again.stop();
    cluster.stop();
  });
}

TEST(PushConsumer, StartsBeforeItsTopicDoes) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 1, 1);
    cluster.broker(0).topics.clear();
    Log log;
    PushConsumer consumer(runtime, cluster.session("one"), group, from_first(), log.listener());
    ASSERT_TRUE(consumer.subscribe("TopicTest"));
    ASSERT_TRUE(consumer.start());
    cluster.sleep(20s);
    cluster.broker(0).topics["TopicTest"] = {.queues = 1};
    cluster.broker(0).put("TopicTest", 0, "first", "");
    EXPECT_TRUE(cluster.eventually([&] { return log.bodies.size() == 1; }));
    consumer.stop();
    cluster.stop();
  });
}

TEST(PushConsumer, BroadcastsToEachMemberAndRemembersOnItsDisk) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime);
    fill(cluster, 30);
    Log first, second, again;
    const auto start = [&](std::string instance, Log& log) {
      ConsumerOptions broadcast = from_first();
      broadcast.model = MessageModel::broadcasting;
      auto consumer = std::make_unique<PushConsumer>(runtime, cluster.session(std::move(instance)), group,
                                                     broadcast, log.listener());
      EXPECT_TRUE(consumer->subscribe("TopicTest"));
      EXPECT_TRUE(consumer->start());
      return consumer;
    };
    const auto one = start("1", first);
    const auto two = start("2", second);
    EXPECT_TRUE(cluster.eventually([&] { return first.bodies.size() == 30 && second.bodies.size() == 30; }));
    one->stop();
    cluster.broker(0).put("TopicTest", 0, "next", "");
    const auto back = start("1", again);
    EXPECT_TRUE(cluster.eventually([&] { return !again.bodies.empty() && second.bodies.size() == 31; }));
    EXPECT_EQ(again.bodies, std::vector<std::string>{"next"});
    EXPECT_EQ(cluster.broker(0).requests(RequestCode::update_consumer_offset), 0u);
    two->stop();
    back->stop();
    cluster.stop();
  });
}

TEST(PushConsumer, RefusesToStartWithoutAGroupOrATopic) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 1, 1);
    Log log;
    PushConsumer without_group(runtime, cluster.session("one"), "", from_first(), log.listener());
    ASSERT_TRUE(without_group.subscribe("TopicTest"));
    EXPECT_EQ(without_group.start().error().code, Errc::invalid);
    PushConsumer without_topic(runtime, cluster.session("one"), group, from_first(), log.listener());
    EXPECT_EQ(without_topic.start().error().code, Errc::invalid);
    cluster.stop();
  });
}

TEST(PushConsumer, ACrashUnwindsItWhereverItIs) {
  for (int moment = 1; moment < 40; ++moment) {
    sim::Simulation world(static_cast<std::uint64_t>(moment));
    world.add_machine("m");
    world.start("m", "cluster", [](runtime::Runtime runtime) {
      Cluster cluster(runtime);
      for (int i = 0; i < 200; ++i) {
        cluster.sleep(10ms);
        fill(cluster, 1);
      }
      cluster.sleep(1min);
    });
    int consumed = 0;
    world.start("m", "consumer", [&](runtime::Runtime runtime) {
      PushConsumer consumer(runtime, {.namesrvs = {{"127.0.0.1", 9876}}}, group, from_first(),
                            [&](const std::vector<MessagePtr>&) {
                              ++consumed;
                              EXPECT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 30ms));
                              return ++consumed % 4 == 0 ? ConsumeResult::reconsume_later
                                                         : ConsumeResult::success;
                            });
      EXPECT_TRUE(consumer.subscribe("TopicTest"));
      EXPECT_TRUE(consumer.start());
      EXPECT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 1500ms));
      consumer.stop();
    });
    world.at({moment * 50'000'000}, [&] { world.kill("m", "consumer"); });
    world.run_until(runtime::Instant{3'000'000'000});
    EXPECT_FALSE(world.running("m", "consumer"));
  }
}

}  // namespace
}  // namespace gantry::client::consumer
