#include <gtest/gtest.h>

#include "broker/files/files.h"
#include "tests/broker/processor/desk.h"

namespace gantry::broker::processor {
namespace {

using runtime::Instant;

/// A process that runs a broker until it is killed.
void serve(runtime::Runtime runtime, const BrokerConfig& config) {
  Broker broker(runtime, config);
  if (!broker.start()) return;
  runtime::sync::Cancellation never(runtime.tasks);
  while (runtime::sync::sleep(runtime.tasks, runtime.clock, 3600s, &never)) {
  }
}

TEST(Restart, AKillLosesNothingThatWasAcknowledged) {
  sim::Simulation world(1);
  world.add_machine("m");
  const BrokerConfig config = test_config();
  const auto broker = [&](runtime::Runtime runtime) { serve(runtime, config); };
  int stored = 0, found = 0;
  bool sent = false, done = false;
  world.start("m", "broker", broker);
  world.start("m", "sender", [&](runtime::Runtime runtime) {
    ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 1s));
    Desk desk(runtime);
    for (int i = 0; i < 10; ++i) stored += desk.send("TopicTest", "message").code == 0 ? 1 : 0;
    desk.stop();
    sent = true;
  });
  ASSERT_TRUE(world.run_until([&] { return sent; }, Instant{60'000'000'000}));
  world.kill("m", "broker");
  world.start("m", "broker", broker);
  world.start("m", "receiver", [&](runtime::Runtime runtime) {
    ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 5s));
    Desk desk(runtime);
    const Command answer = desk.pull("TopicTest", 0);
    EXPECT_EQ(answer.code, 0) << answer.remark;
    found = static_cast<int>(long_of(answer, "nextBeginOffset"));
    desk.stop();
    done = true;
  });
  ASSERT_TRUE(world.run_until([&] { return done; }, Instant{120'000'000'000}));
  EXPECT_EQ(stored, 10);
  EXPECT_EQ(found, 10);
}

TEST(Restart, ADeletedTopicStaysDeletedAfterAKill) {
  sim::Simulation world(1);
  world.add_machine("m");
  const BrokerConfig config = test_config();
  const auto broker = [&](runtime::Runtime runtime) { serve(runtime, config); };
  bool deleted = false, done = false;
  world.start("m", "broker", broker);
  world.start("m", "admin", [&](runtime::Runtime runtime) {
    ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 1s));
    Desk desk(runtime);
    for (int i = 0; i < 10; ++i) EXPECT_EQ(desk.send("Deleted", "old").code, 0);
    EXPECT_EQ(desk.send("Kept", "kept").code, 0);
    EXPECT_EQ(desk.call(Desk::with(RequestCode::delete_topic_in_broker, {{"topic", "Deleted"}})).code, 0);
    desk.stop();
    deleted = true;
  });
  ASSERT_TRUE(world.run_until([&] { return deleted; }, Instant{60'000'000'000}));
  world.kill("m", "broker");
  world.start("m", "broker", broker);
  world.start("m", "reader", [&](runtime::Runtime runtime) {
    ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 5s));
    Desk desk(runtime);
    EXPECT_EQ(desk.send("Deleted", "new").code, 0);
    EXPECT_EQ(long_of(desk.pull("Deleted", 0), "maxOffset"), 1);
    EXPECT_EQ(long_of(desk.pull("Kept", 0), "maxOffset"), 1);
    desk.stop();
    done = true;
  });
  ASSERT_TRUE(world.run_until([&] { return done; }, Instant{120'000'000'000}));
}

TEST(Restart, ALostTopicsFileCostsNoMessages) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Desk desk(runtime);
    for (int start = 0; start < 4; ++start) {
      Broker broker(runtime, test_config());
      ASSERT_TRUE(broker.start());
      EXPECT_EQ(desk.send("TopicTest", "x").code, 0);
      EXPECT_EQ(long_of(desk.pull("TopicTest", 0), "maxOffset"), start + 1);
      broker.stop();
      if (start == 1) {
        ASSERT_TRUE(runtime.disk.unlink("store/config/topics.json"));
      }
      ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 10s));
    }
    desk.stop();
  });
}

TEST(Restart, AStopSavesOffsetsTopicsAndGroups) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Desk desk(runtime);
    const auto query = Desk::with(RequestCode::query_consumer_offset,
                                  {{"consumerGroup", "CG"}, {"topic", "TopicTest"}, {"queueId", "0"}});
    {
      Broker broker(runtime, test_config());
      ASSERT_TRUE(broker.start());
      for (int i = 0; i < 3; ++i) desk.send("TopicTest", "x");
      EXPECT_EQ(desk.call(Desk::with(RequestCode::update_consumer_offset, {{"consumerGroup", "CG"},
                                                                           {"topic", "TopicTest"},
                                                                           {"queueId", "0"},
                                                                           {"commitOffset", "2"}}))
                    .code,
                0);
      broker.stop();
    }
    ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 10s));
    Broker broker(runtime, test_config());
    ASSERT_TRUE(broker.start());
    EXPECT_EQ(long_of(desk.call(query), "offset"), 2);
    EXPECT_EQ(long_of(desk.pull("TopicTest", 0), "maxOffset"), 3);
    desk.stop();
    broker.stop();
  });
}

TEST(Restart, APortInUseIsOneSentenceAndNothingHasChanged) {
  sim::in_simulation([](runtime::Runtime runtime) {
    for (const std::uint16_t taken : {std::uint16_t{10909}, std::uint16_t{10911}}) {
      auto other = runtime.network.listen({"0.0.0.0", taken});
      ASSERT_TRUE(other);
      Broker broker(runtime, test_config());
      const auto started = broker.start();
      ASSERT_FALSE(started);
      EXPECT_EQ(started.error().code, Errc::in_use);
      EXPECT_EQ(broker.trouble(), "port " + std::to_string(taken) + " of 0.0.0.0 is in use");
      const auto folder = runtime.disk.list("store");
      ASSERT_FALSE(folder) << "the store was not there, and is not there now";
      EXPECT_EQ(folder.error().code, Errc::not_found);
      (*other)->close();
    }
    Broker second(runtime, test_config());
    EXPECT_TRUE(second.start()) << second.trouble();
    second.stop();
  });
}

TEST(Restart, WhoConnectsWhileThePortsAreOpenAndNothingIsServedYetIsAnswered) {
  sim::Simulation world(1);
  world.add_machine("m");
  bool done = false;
  world.start("m", "broker", [&](runtime::Runtime runtime) { serve(runtime, test_config()); });
  world.start("m", "early", [&](runtime::Runtime runtime) {
    Desk desk(runtime);
    // From the first moment on a connection is refused, or it leads to an answer.
    Command answer = desk.send("TopicTest", "early");
    while (answer.remark == name_of(Errc::refused) || answer.remark == name_of(Errc::unreachable)) {
      ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, 100us));
      answer = desk.send("TopicTest", "early");
    }
    EXPECT_EQ(answer.code, 0) << answer.remark;
    desk.stop();
    done = true;
  });
  ASSERT_TRUE(world.run_until([&] { return done; }, Instant{60'000'000'000}));
}

TEST(Restart, ATableThatCannotBeReadLeavesTheStoreAsItWas) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Desk desk(runtime);
    {
      Broker broker(runtime, test_config());
      ASSERT_TRUE(broker.start());
      EXPECT_EQ(desk.send("TopicTest", "x").code, 0);
      broker.stop();
    }
    ASSERT_TRUE(files::replace_file(runtime.disk, "store/config/topics.json", as_bytes("{ this is no json")));
    ASSERT_TRUE(files::remove_file(runtime.disk, "store/config/topics.json.bak"));
    const auto before = runtime.disk.list("store").value();
    Broker broker(runtime, test_config());
    const auto started = broker.start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, Errc::invalid);
    EXPECT_EQ(broker.trouble().find("store/config/topics.json cannot be read"), 0u) << broker.trouble();
    EXPECT_EQ(runtime.disk.list("store").value(), before) << "no abort, no new folders";
    desk.stop();
  });
}

TEST(Restart, AStoreThatIsOpenElsewhereIsLeftAlone) {
  sim::in_simulation([](runtime::Runtime runtime) {
    Broker first(runtime, test_config());
    ASSERT_TRUE(first.start());
    BrokerConfig config = test_config();
    config.listen_port = 20911;
    Broker second(runtime, config);
    EXPECT_FALSE(second.start());
    EXPECT_EQ(second.trouble(), "the store in store is in use by another process");
    first.stop();
  });
}

}  // namespace
}  // namespace gantry::broker::processor
