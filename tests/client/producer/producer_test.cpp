#include "client/producer/producer.h"

#include <set>

#include <gtest/gtest.h>

#include "runtime/sync/task_group.h"
#include "sim/simulation.h"
#include "tests/client/cluster.h"

namespace gantry::client::producer {
namespace {

using test::Cluster;
using test::RequestCode;
using namespace std::chrono_literals;

/// Runs `body` against a fresh cluster with a started producer, which also knows name servers that are not
/// there; cluster and producer are stopped afterwards.
void with_producer(std::function<void(Cluster&, Producer&)> body, const ProducerOptions& options = {},
                   const std::vector<runtime::Endpoint>& dead_namesrvs = {}) {
  sim::in_simulation([&](runtime::Runtime runtime) {
    Cluster cluster(runtime);
    session::SessionOptions session = cluster.session();
    session.namesrvs.insert(session.namesrvs.begin(), dead_namesrvs.begin(), dead_namesrvs.end());
    Producer producer(runtime, session, "PG", options);
    producer.start();
    body(cluster, producer);
    producer.stop();
    cluster.stop();
  });
}

Message hello(std::string_view topic = "TopicTest") {
  return Message(topic, "hello", "TagA");
}

TEST(Producer, UsesAllQueuesInTurn) {
  with_producer([](Cluster& cluster, Producer& producer) {
    std::set<MessageQueue> used;
    for (int i = 0; i < 8; ++i) {
      const auto sent = producer.send(hello());
      ASSERT_TRUE(sent);
      EXPECT_EQ(sent->status, SendStatus::ok);
      EXPECT_EQ(sent->message_id.size(), 32u);
      used.insert(sent->queue);
    }
    EXPECT_EQ(used.size(), 8u);
    EXPECT_EQ(cluster.count(), 8u);
  });
}

TEST(Producer, GivesEachMessageAnIdOfItsOwn) {
  with_producer([](Cluster&, Producer& producer) {
    std::set<std::string> ids;
    for (int i = 0; i < 100; ++i) ids.insert(producer.send(hello()).value().message_id);
    EXPECT_EQ(ids.size(), 100u);
  });
}

TEST(Producer, CreatesATopicFromTheTemplate) {
  with_producer([](Cluster& cluster, Producer& producer) {
    EXPECT_EQ(producer.send(hello("Fresh")).error().code, Errc::not_found);
    cluster.broker(0).topics["TBW102"] = {.queues = 8, .perm = 7};
    const auto queues = producer.queues("Fresh");
    ASSERT_TRUE(queues);
    EXPECT_EQ(queues->size(), 4u);  // no more than the broker will make
    EXPECT_EQ(queues->front().topic, "Fresh");
    ASSERT_TRUE(producer.send(hello("Fresh")));
    for (const auto& request : cluster.broker(0).seen) {
      if (request.code != static_cast<std::int32_t>(RequestCode::send_message_v2)) continue;
      EXPECT_EQ(request.fields.get("c"), "TBW102");
      EXPECT_EQ(request.fields.get("d"), "4");
    }
  });
}

/// A producer whose only name server takes connections and never answers.
void with_silent_namesrv(const std::function<void(runtime::Runtime, Producer&)>& body) {
  sim::in_simulation([&](runtime::Runtime runtime) {
    auto silent = runtime.network.listen({"0.0.0.0", 9876});
    ASSERT_TRUE(silent);
    Producer producer(runtime, {.namesrvs = {{"127.0.0.1", 9876}}}, "PG", {.send_timeout = 500ms});
    producer.start();
    body(runtime, producer);
    producer.stop();
    (*silent)->close();
  });
}

TEST(Producer, TheSendTimeoutCoversTheLookUpOfTheRoute) {
  with_silent_namesrv([](runtime::Runtime runtime, Producer& producer) {
    runtime::sync::TaskGroup senders(runtime.tasks);
    const runtime::Instant begun = runtime.clock.now();
    for (int i = 0; i < 8; ++i)
      senders.spawn("sender", [&] {
        const auto sent = producer.send(hello());
        EXPECT_EQ(sent.error().code, Errc::timed_out);
        EXPECT_EQ(producer.send_one_way(hello()).error().code, Errc::timed_out);
      });
    ASSERT_TRUE(senders.join());
    EXPECT_LT(runtime.clock.now() - begun, 1100ms) << "two timeouts, for all of them at once";
  });
}

TEST(Producer, ThoseWhoWaitForARouteShareItsFailure) {
  with_silent_namesrv([](runtime::Runtime runtime, Producer& producer) {
    runtime::sync::TaskGroup askers(runtime.tasks);
    const runtime::Instant begun = runtime.clock.now();
    for (int i = 0; i < 8; ++i) askers.spawn("asker", [&] { EXPECT_FALSE(producer.queues("TopicTest")); });
    ASSERT_TRUE(askers.join());
    EXPECT_LT(runtime.clock.now() - begun, 3100ms) << "the call timeout, once";
  });
}

TEST(Producer, TriesAnotherBrokerWhenOneIsNotAvailable) {
  with_producer([](Cluster& cluster, Producer& producer) {
    for (int i = 0; i < 4; ++i) cluster.broker(0).send_answers.push_back(14);
    for (int i = 0; i < 4; ++i) {
      const auto sent = producer.send(hello());
      ASSERT_TRUE(sent);
      EXPECT_EQ(sent->queue.broker_name, "b");
    }
    EXPECT_EQ(cluster.broker(1).count("TopicTest"), 4u);
  });
}

TEST(Producer, GivesUpAfterTwoRetries) {
  with_producer([](Cluster& cluster, Producer& producer) {
    for (int i = 0; i < 9; ++i) cluster.broker(0).send_answers.push_back(14);
    for (int i = 0; i < 9; ++i) cluster.broker(1).send_answers.push_back(14);
    EXPECT_EQ(producer.send(hello()).error().code, Errc::busy);
    EXPECT_EQ(cluster.broker(0).requests(RequestCode::send_message_v2) +
                  cluster.broker(1).requests(RequestCode::send_message_v2),
              3u);
  });
}

TEST(Producer, DoesNotRetryWhatEveryBrokerRefuses) {
  with_producer([](Cluster& cluster, Producer& producer) {
    cluster.broker(0).send_answers.push_back(13);
    cluster.broker(1).send_answers.push_back(13);
    EXPECT_EQ(producer.send(hello()).error().code, Errc::invalid);
    EXPECT_EQ(cluster.broker(0).send_answers.size() + cluster.broker(1).send_answers.size(), 1u);
  });
}

TEST(Producer, SendsOnWhenABrokerIsDown) {
  with_producer([](Cluster& cluster, Producer& producer) {
    ASSERT_TRUE(producer.send(hello()));
    cluster.broker(0).stop();
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(producer.send(hello()));
  });
}

TEST(Producer, SendsToTheGivenQueueOnly) {
  with_producer([](Cluster& cluster, Producer& producer) {
    const MessageQueue queue{"TopicTest", "b", 2};
    EXPECT_EQ(producer.send(hello(), queue).value().queue, queue);
    cluster.broker(1).send_answers.push_back(14);
    EXPECT_FALSE(producer.send(hello(), queue));
    EXPECT_EQ(cluster.count(), 1u);
  });
}

TEST(Producer, SendsWhereTheSelectorPoints) {
  with_producer([](Cluster&, Producer& producer) {
    const Selector last = [](const auto& queues, const Message&) { return queues.size() - 1; };
    for (int i = 0; i < 3; ++i) {
      const auto sent = producer.send(hello(), last);
      ASSERT_TRUE(sent);
      EXPECT_EQ(sent->queue, (MessageQueue{"TopicTest", "b", 3}));
      EXPECT_EQ(sent->queue_offset, i);
    }
    const Selector nowhere = [](const auto& queues, const Message&) { return queues.size(); };
    EXPECT_EQ(producer.send(hello(), nowhere).error().code, Errc::invalid);
  });
}

TEST(Producer, PutsABatchIntoOneQueue) {
  with_producer([](Cluster& cluster, Producer& producer) {
    const auto sent = producer.send(std::vector<Message>{hello(), hello(), hello()});
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->message_id.size(), 3 * 32u + 2);
    EXPECT_EQ(cluster.count(), 3u);
    EXPECT_EQ(cluster.broker(sent->queue.broker_name == "a" ? 0 : 1).stored.size(), 1u);
    EXPECT_EQ(producer.send(std::vector<Message>{hello(), hello("Other")}).error().code, Errc::invalid);
    EXPECT_EQ(producer.send(std::vector<Message>{}).error().code, Errc::invalid);
    Message delayed = hello();
    delayed.set_delay_level(1);
    EXPECT_EQ(producer.send(std::vector<Message>{delayed}).error().code, Errc::invalid);
  });
}

TEST(Producer, SendsOneWayWithoutAnAnswer) {
  with_producer([](Cluster& cluster, Producer& producer) {
    ASSERT_TRUE(producer.send_one_way(hello()));
    EXPECT_TRUE(cluster.eventually([&] { return cluster.count() == 1; }));
  });
}

TEST(Producer, CallsBackForEachAsyncSend) {
  with_producer([](Cluster& cluster, Producer& producer) {
    int succeeded = 0;
    for (int i = 0; i < 500; ++i)
      producer.send_async(hello(), [&](Result<SendResult> sent) { succeeded += sent.has_value(); });
    EXPECT_TRUE(cluster.eventually([&] { return succeeded == 500; }));
    EXPECT_EQ(producer.in_flight(), 0u);
    EXPECT_EQ(cluster.count(), 500u);
  });
}

TEST(Producer, RetriesAsyncSendsToo) {
  with_producer([](Cluster& cluster, Producer& producer) {
    for (int i = 0; i < 10; ++i) cluster.broker(0).send_answers.push_back(1);
    int succeeded = 0;
    for (int i = 0; i < 10; ++i)
      producer.send_async(hello(), [&](Result<SendResult> sent) { succeeded += sent.has_value(); });
    EXPECT_TRUE(cluster.eventually([&] { return succeeded == 10; }));
  });
}

TEST(Producer, RefusesMoreThanMayBeInFlight) {
  with_producer(
      [](Cluster& cluster, Producer& producer) {
        ASSERT_TRUE(producer.send(hello()));
        int busy = 0, done = 0;
        for (int i = 0; i < 5; ++i)
          producer.send_async(hello(), [&](Result<SendResult> sent) {
            ++done;
            busy += !sent && sent.error().code == Errc::busy;
          });
        EXPECT_EQ(busy, 3);
        EXPECT_TRUE(cluster.eventually([&] { return done == 5; }));
      },
      {.in_flight_max = 2});
}

TEST(Producer, TimesOutAfterThreeSeconds) {
  with_producer([](Cluster& cluster, Producer& producer) {
    ASSERT_TRUE(producer.send(hello()));
    cluster.broker(0).silent = cluster.broker(1).silent = true;
    const auto before = cluster.runtime.clock.now();
    EXPECT_EQ(producer.send(hello()).error().code, Errc::timed_out);
    const auto took = cluster.runtime.clock.now() - before;
    EXPECT_GE(took, 3s);
    EXPECT_LT(took, 3100ms);
  });
}

TEST(Producer, RefusesWhatCannotBeAMessage) {
  with_producer([](Cluster& cluster, Producer& producer) {
    EXPECT_EQ(producer.send(Message("TopicTest", "")).error().code, Errc::invalid);
    EXPECT_EQ(producer.send(Message("no such name", "x")).error().code, Errc::invalid);
    Message large("TopicTest", "x");
    large.body.resize((4u << 20) + 1);
    EXPECT_EQ(producer.send(large).error().code, Errc::too_large);
    Message split("TopicTest", "x");
    split.properties["a"] = "b\x02";
    EXPECT_EQ(producer.send(split).error().code, Errc::invalid);
    EXPECT_EQ(cluster.count(), 0u);
  });
}

TEST(Producer, SendsOnWhenNoNameServerAnswers) {
  with_producer([](Cluster& cluster, Producer& producer) {
    ASSERT_TRUE(producer.send(hello()));
    cluster.namesrv.stop();
    cluster.sleep(5min);
    EXPECT_TRUE(producer.send(hello()));
  });
}

TEST(Producer, AsksTheNextNameServerWhenOneIsDown) {
  with_producer([](Cluster&, Producer& producer) { EXPECT_TRUE(producer.send(hello())); }, {},
                {{"127.0.0.1", 9999}, {"127.0.0.1", 9998}});
}

TEST(Producer, LearnsOfANewBrokerWithinHalfAMinute) {
  with_producer([](Cluster& cluster, Producer& producer) {
    test::FakeBroker late(cluster.runtime, "c", 12000);
    late.topics["TopicTest"] = {};
    late.start();
    EXPECT_EQ(producer.queues("TopicTest").value().size(), 8u);
    cluster.namesrv.brokers.push_back(&late);
    cluster.sleep(33s);
    EXPECT_EQ(producer.queues("TopicTest").value().size(), 12u);
    EXPECT_EQ(late.heartbeats.size(), 1u);  // soon, not with the next round
    cluster.namesrv.brokers.pop_back();
    late.stop();
  });
}

TEST(Producer, BeatsEveryHalfMinuteAndLeavesAtTheEnd) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 1);
    Producer producer(runtime, cluster.session("one"), "PG");
    producer.start();
    ASSERT_TRUE(producer.send(hello()));
    cluster.sleep(65s);
    ASSERT_EQ(cluster.broker(0).heartbeats.size(), 3u);
    EXPECT_NE(cluster.broker(0).heartbeats[0].find("\"clientID\":\"10.0.0.9@one\""), std::string::npos);
    EXPECT_NE(cluster.broker(0).heartbeats[0].find("\"groupName\":\"PG\""), std::string::npos);
    producer.stop();
    EXPECT_EQ(cluster.broker(0).requests(RequestCode::unregister_client), 1u);
    EXPECT_EQ(producer.send(hello()).error().code, Errc::stopped);
    cluster.stop();
  });
}

TEST(Producer, ACrashUnwindsItWhereverItIs) {
  for (int moment = 1; moment < 40; ++moment) {
    sim::Simulation world(static_cast<std::uint64_t>(moment));
    world.add_machine("m");
    std::size_t stored = 0, acknowledged = 0;
    world.start("m", "cluster", [&](runtime::Runtime runtime) {
      Cluster cluster(runtime);
      cluster.sleep(3s);
      stored = cluster.count();
      cluster.stop();
    });
    world.start("m", "producer", [&](runtime::Runtime runtime) {
      Producer producer(runtime, {.namesrvs = {{"127.0.0.1", 9876}}}, "PG");
      producer.start();
      for (int i = 0; i < 200; ++i) {
        acknowledged += producer.send(hello()).has_value();
        producer.send_async(hello(), [&](Result<SendResult> sent) { acknowledged += sent.has_value(); });
        EXPECT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 5ms));
      }
      producer.stop();
    });
    world.at({moment * 25'000'000}, [&] { world.kill("m", "producer"); });
    world.run_until(runtime::Instant{5'000'000'000});
    EXPECT_FALSE(world.running("m", "producer"));
    EXPECT_GE(stored, acknowledged);
  }
}

TEST(Producer, StopFailsWhatIsUnderWay) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Cluster cluster(runtime, 1);
    Producer producer(runtime, cluster.session(), "PG");
    producer.start();
    ASSERT_TRUE(producer.send(hello()));
    cluster.broker(0).silent = true;
    Errc why{};
    producer.send_async(hello(), [&](Result<SendResult> sent) { why = sent.error().code; });
    producer.stop();
    EXPECT_EQ(why, Errc::stopped);
    cluster.stop();
  });
}

}  // namespace
}  // namespace gantry::client::producer
