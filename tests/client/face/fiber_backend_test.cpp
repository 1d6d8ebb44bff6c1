#include "client/face/fiber_backend.h"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gantry/producer.h>
#include <gantry/push_consumer.h>
#include <gtest/gtest.h>

#include "runtime/sync/task_group.h"
#include "sim/simulation.h"
#include "tests/client/cluster.h"

// Programs that use the public classes, on a node of the simulator.
namespace gantry::client::face {
namespace {

using test::Cluster;
using namespace std::chrono_literals;

const std::string namesrv = "127.0.0.1:9876";

std::shared_ptr<Backend> on(const runtime::Runtime& runtime) {
  return std::make_shared<FiberBackend>(runtime, "10.0.0.9");
}

/// Runs `program` on a node that has the cluster, too.
void with_cluster(const std::function<void(Cluster&, std::shared_ptr<Backend>)>& program) {
  sim::in_simulation([&](runtime::Runtime runtime) {
    Cluster cluster(runtime);
    program(cluster, on(runtime));
    cluster.stop();
  });
}

/// How long `work` took, in the node's time.
template <class Work>
runtime::Duration time_of(const Cluster& cluster, Work work) {
  const auto begun = cluster.runtime.clock.now();
  work();
  return cluster.runtime.clock.now() - begun;
}

TEST(FiberBackend, AProgramSendsAndConsumes) {
  with_cluster([](Cluster& cluster, std::shared_ptr<Backend> backend) {
    std::vector<std::string> got;
    PushConsumer consumer(namesrv, "CG", {.from = ConsumeFrom::first_offset}, backend);
    Producer producer(namesrv, "PG", {}, backend);
    ASSERT_TRUE(consumer.subscribe("TopicTest", "TagA"));
    ASSERT_TRUE(consumer.start([&](const ReceivedMessage& message) {
      // A listener may wait, here for another send.
      if (message.body_text() == "m0" && !producer.send("TopicTest", "last", "TagA"))
        return ConsumeResult::reconsume_later;
      got.emplace_back(message.body_text());
      return ConsumeResult::success;
    }));
    std::vector<Future<SendResult>> sends;
    for (int i = 0; i < 20; ++i) {
      const std::string body = "m" + std::to_string(i);
      if (i % 2 == 0) EXPECT_TRUE(producer.send("TopicTest", body, "TagA"));
      else sends.push_back(producer.send_async(Message("TopicTest", body, "TagA")));
    }
    for (Future<SendResult>& sent : sends) EXPECT_TRUE(sent.get());
    EXPECT_TRUE(cluster.eventually([&] { return got.size() == 21; }));
    consumer.stop();
    EXPECT_EQ(consumer.subscribe("TopicTest").error().code, Errc::stopped);
    EXPECT_EQ(cluster.count(), 21u);
  });
}

TEST(FiberBackend, AWaitTakesTheNodesTimeAndLeavesItToOthers) {
  with_cluster([](Cluster& cluster, std::shared_ptr<Backend> backend) {
    Producer producer(namesrv, "PG", {.send_timeout = 2s}, backend);
    ASSERT_TRUE(producer.send("TopicTest", "x"));
    for (const auto& broker : cluster.brokers) broker->silent = true;
    int steps = 0;
    runtime::sync::TaskGroup others(cluster.runtime.tasks);
    others.spawn("other", [&] {
      for (; steps < 10; ++steps) cluster.sleep(10ms);
    });
    Future<SendResult> sent = producer.send_async(Message("TopicTest", "y"));
    EXPECT_FALSE(sent.ready());
    EXPECT_EQ(time_of(cluster, [&] { EXPECT_EQ(sent.wait(500ms).error().code, Errc::timed_out); }), 500ms);
    EXPECT_EQ(steps, 10);
    EXPECT_EQ(time_of(cluster, [&] { EXPECT_EQ(sent.get().error().code, Errc::timed_out); }), 1500ms);
    ASSERT_TRUE(others.join());
  });
}

TEST(FiberBackend, ACallbackThatWaitsIsToldSo) {
  with_cluster([](Cluster& cluster, std::shared_ptr<Backend> backend) {
    Producer producer(namesrv, "PG", {}, backend);
    Future<SendResult> later;
    std::optional<Errc> of_send, of_get;
    producer.send_async(Message("TopicTest", "x"), [&](Result<SendResult>) {
      of_send = producer.send("TopicTest", "not sent").error().code;
      later = producer.send_async(Message("TopicTest", "y"));
      of_get = later.get().error().code;
    });
    EXPECT_TRUE(cluster.eventually([&] { return of_get.has_value(); }));
    EXPECT_EQ(of_send, Errc::invalid);
    EXPECT_EQ(of_get, Errc::invalid);
    EXPECT_TRUE(later.get());
    EXPECT_EQ(cluster.count(), 2u);
  });
}

TEST(FiberBackend, SendsMoreThanMayBeUnderWayByWaiting) {
  with_cluster([](Cluster& cluster, std::shared_ptr<Backend> backend) {
    int stored = 0;
    std::optional<Errc> of_callback;
    {
      Producer producer(namesrv, "PG", {.in_flight_max = 2}, backend);
      for (int i = 0; i < 50; ++i)
        producer.send_async(Message("TopicTest", "x"), [&](Result<SendResult> sent) {
          stored += sent.has_value();
          // This send still counts as being under way, and at most one other one is.
          if (stored != 1) return;
          producer.send_async(Message("TopicTest", "y"), [](Result<SendResult>) {});
          producer.send_async(Message("TopicTest", "z"),
                              [&](Result<SendResult> refused) { of_callback = refused.error().code; });
        });
    }  // waits for what is under way
    EXPECT_EQ(stored, 50);
    EXPECT_EQ(of_callback, Errc::busy);
    EXPECT_GE(cluster.count(), 50u);
  });
}

TEST(FiberBackend, AListenerThatThrowsGetsTheMessageAgain) {
  with_cluster([](Cluster& cluster, std::shared_ptr<Backend> backend) {
    cluster.broker(0).put("TopicTest", 0, "m", "");
    int calls = 0;
    PushConsumer consumer(namesrv, "CG", {.from = ConsumeFrom::first_offset}, backend);
    ASSERT_TRUE(consumer.subscribe("TopicTest"));
    ASSERT_TRUE(consumer.start([&](const ReceivedMessage&) {
      if (++calls == 1) throw std::runtime_error("planned");
      return ConsumeResult::success;
    }));
    EXPECT_TRUE(cluster.eventually([&] { return calls == 2; }));
  });
}

TEST(FiberBackend, ABadNameServerListIsAnErrorOfEachCall) {
  with_cluster([](Cluster&, std::shared_ptr<Backend> backend) {
    Producer producer("nonsense", "PG", {}, backend);
    EXPECT_EQ(producer.send("TopicTest", "x").error().code, Errc::invalid);
    EXPECT_EQ(producer.send_async(Message("TopicTest", "x")).get().error().code, Errc::invalid);
    PushConsumer consumer("127.0.0.1:0", "CG", {}, backend);
    EXPECT_EQ(consumer.subscribe("TopicTest").error().code, Errc::invalid);
  });
}

// What the callbacks refer to is being unwound, so none of them may run; the rest ends by itself.
TEST(FiberBackend, AnExceptionOfTheProgramsLeavesAProducerInOrder) {
  with_cluster([](Cluster& cluster, std::shared_ptr<Backend> backend) {
    int told = 0;
    try {
      const auto producer = std::make_unique<Producer>(namesrv, "PG", ProducerOptions{}, backend);
      PushConsumer consumer(namesrv, "CG", {}, backend);
      ASSERT_TRUE(consumer.subscribe("TopicTest"));
      ASSERT_TRUE(consumer.start([](const ReceivedMessage&) { return ConsumeResult::success; }));
      ASSERT_TRUE(producer->send("TopicTest", "x"));
      producer->send_async(Message("TopicTest", "y"), [&](Result<SendResult>) { ++told; });
      throw std::runtime_error("planned");
    } catch (const std::runtime_error&) {
    }
    EXPECT_TRUE(cluster.eventually([&] {
      return cluster.broker(0).requests(test::RequestCode::unregister_client) == 2 && cluster.count() == 2;
    }));
    EXPECT_EQ(told, 0);
  });
}

/// A program under faults: it sends and consumes on a machine of its own, the cluster runs on another one.
struct World {
  explicit World(std::uint64_t seed) : simulation(seed) {
    simulation.add_machine("cluster");
    simulation.add_machine("program");
    simulation.start("cluster", "cluster", [](runtime::Runtime runtime) {
      Cluster cluster(runtime, 2, 4, test::Ports::usual, "10.0.0.1");
      cluster.sleep(1h);
      cluster.stop();
    });
    simulation.start("program", "program", [this](runtime::Runtime runtime) { program(runtime); });
  }

  void program(runtime::Runtime runtime) {
    const auto backend = std::make_shared<FiberBackend>(runtime, "10.0.0.2");
    const std::string far = simulation.address("cluster") + ":9876";
    std::vector<std::unique_ptr<Producer>> producers;
    PushConsumer consumer(far, "CG", {.from = ConsumeFrom::first_offset}, backend);
    EXPECT_TRUE(consumer.subscribe("TopicTest"));
    EXPECT_TRUE(consumer.start([this](const ReceivedMessage&) {
      ++consumed;
      return ConsumeResult::success;
    }));
    for (int round = 0; round < 8; ++round) {
      producers.push_back(
          std::make_unique<Producer>(far, "PG", ProducerOptions{.send_timeout = 400ms}, backend));
      for (int i = 0; i < 10; ++i) {
        const bool sent = producers.back()->send("TopicTest", "x").has_value();
        stored += sent;
        failed += !sent;
        producers.back()->send_async(Message("TopicTest", "y"), [this](Result<SendResult> later) {
          stored += later.has_value();
          failed += !later.has_value();
        });
        (void)runtime::sync::sleep(runtime.tasks, runtime.clock, 10ms);
      }
      if (round % 2 == 1) producers.clear();  // waits for the last answers
    }
    (void)runtime::sync::sleep(runtime.tasks, runtime.clock, 10s);
    consumer.stop();
    ended = true;
  }

  sim::Simulation simulation;
  int stored = 0, failed = 0, consumed = 0;
  bool ended = false;
};

constexpr runtime::Instant much_later{60'000'000'000};

TEST(FiberBackend, AProgramRunsTheSameWayEveryTime) {
  World first(7), second(7), other(8);
  for (World* world : {&first, &second, &other}) {
    world->simulation.run_until(much_later);
    EXPECT_TRUE(world->ended);
    EXPECT_EQ(world->stored, 160);
    EXPECT_GE(world->consumed, 160);
  }
  EXPECT_EQ(first.simulation.hash(), second.simulation.hash());
  EXPECT_NE(first.simulation.hash(), other.simulation.hash());
}

TEST(FiberBackend, AProgramSeesTheFaultsOfItsWorld) {
  World world(1);
  world.simulation.at({300'000'000}, [&] { world.simulation.kill("cluster", "cluster"); });
  world.simulation.at({700'000'000}, [&] { world.simulation.restart("cluster", "cluster"); });
  world.simulation.run_until(much_later);
  EXPECT_TRUE(world.ended);
  EXPECT_GT(world.failed, 0);
  EXPECT_GT(world.stored, 20);
  EXPECT_EQ(world.stored + world.failed, 160);
}

TEST(FiberBackend, AKillUnwindsAProgramWhereverItIs) {
  for (int moment = 1; moment < 60; ++moment) {
    World world(static_cast<std::uint64_t>(moment));
    world.simulation.at({moment * 25'000'000}, [&] { world.simulation.kill("program", "program"); });
    world.simulation.run_until(much_later);
    EXPECT_FALSE(world.simulation.running("program", "program"));
    EXPECT_FALSE(world.ended);
  }
}

// A destructor cannot be left by a crash. What comes behind it has no effect, and the next wait ends the
// rest.
TEST(FiberBackend, AKillWithinADestructorEndsTheProgramAtItsNextWait) {
  sim::Simulation world(1);
  world.add_machine("m");
  world.start("m", "cluster", [](runtime::Runtime runtime) {
    Cluster cluster(runtime);
    for (const auto& broker : cluster.brokers) broker->silent = true;
    cluster.sleep(1min);
    cluster.stop();
  });
  bool in_destructor = false, behind = false, waited = false;
  int told = 0;
  world.start("m", "program", [&](runtime::Runtime runtime) {
    {
      Producer producer(namesrv, "PG", {}, on(runtime));
      producer.send_async(Message("TopicTest", "x"), [&](Result<SendResult>) { ++told; });
      in_destructor = true;
    }
    behind = true;
    (void)runtime::sync::sleep(runtime.tasks, runtime.clock, 1ms);
    waited = true;
  });
  world.run_until(runtime::Instant{500'000'000});
  EXPECT_TRUE(in_destructor);
  EXPECT_FALSE(behind);
  world.kill("m", "program");
  world.run_until(runtime::Instant{10'000'000'000});
  EXPECT_FALSE(world.running("m", "program"));
  EXPECT_TRUE(behind);
  EXPECT_FALSE(waited);
  EXPECT_EQ(told, 0);
}

}  // namespace
}  // namespace gantry::client::face
