#include "tests/broker/inprocess/inprocess_door.h"

#include <gtest/gtest.h>

#include "model/layout/record.h"
#include "runtime/sync/wait.h"
#include "sim/simulation.h"

namespace gantry::broker::inprocess {
namespace {

using namespace std::chrono_literals;
using model::delivery::PullVerdict;
using model::delivery::Reason;
using runtime::Runtime;

/// Nobody routes clients to this broker.
class Unheard final : public topics::Announcer {
 public:
  void soon() override { ++changes; }
  void tell() override { ++changes; }

  int changes = 0;
};

struct World {
  Runtime runtime;
  services::Services& services;
  InprocessDoor& door;
  Unheard& announcer;
};

/// Runs `body` beside the services of a broker that has no other door.
void with_services(const std::function<void(World)>& body) {
  bool ended = false;
  sim::in_simulation([&](Runtime runtime) {
    config::BrokerConfig config;
    config.broker_ip1 = "127.0.0.1";
    config.mapped_file_size_commit_log = 1 << 20;
    services::Tables tables(runtime, config);
    Unheard announcer;
    const auto store =
        store::MessageStore::open(runtime, config.store_config(), [&] { return tables.load(); }).value();
    tables.match_queues(*store);
    services::Services services(runtime, config, *store, tables, announcer);
    services.start();
    InprocessDoor door(runtime.tasks, services);
    body({runtime, services, door, announcer});
    services.stop_waiting();
    services.stop();
    store->check_invariants();
    EXPECT_TRUE(store->stop());
    ended = true;
  });
  EXPECT_TRUE(ended);
}

sending::Request message(std::string_view topic, std::string_view body) {
  sending::Request request;
  request.topic = topic;
  request.default_topic = "TBW102";
  request.queue_id = 0;
  request.born_timestamp = 1;
  request.body = as_bytes(body);
  return request;
}

pulling::Request next(std::int64_t from, std::optional<std::int64_t> wait_ms = std::nullopt) {
  pulling::Request request;
  request.group = "CG";
  request.topic = "TopicTest";
  request.from = store::QueueOffset{from};
  request.expression = pulling::Expression{"TAG", "*"};
  request.wait_ms = wait_ms;
  return request;
}

std::string body_of(const pulling::Pulled& pulled) {
  const auto record = model::layout::read_record(pulled.got.records);
  return record ? std::string(as_text(record->body)) : "no record";
}

TEST(InprocessDoor, WhatIsSentIsPulled) {
  with_services([](World world) {
    const auto sent = world.door.send(message("TopicTest", "hello")).get().value();
    ASSERT_TRUE(sent) << sent.error().why;
    EXPECT_TRUE(sent->safe);
    EXPECT_EQ(value(sent->placed.queue_offset), 0);
    EXPECT_GT(world.announcer.changes, 0) << "the topic is new";

    const auto peer = world.door.connect();
    const auto pulled = world.door.pull(peer, next(0)).get().value();
    ASSERT_TRUE(pulled) << pulled.error().why;
    EXPECT_EQ(pulled->verdict, PullVerdict::found);
    EXPECT_EQ(body_of(*pulled), "hello");
    EXPECT_EQ(value(pulled->got.next_begin), 1);
  });
}

TEST(InprocessDoor, ARefusalHasAReasonAndASentence) {
  with_services([](World world) {
    const auto sent = world.door.send(message("SCHEDULE_TOPIC_XXXX", "x")).get().value();
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().reason, Reason::forbidden);
    EXPECT_EQ(sent.error().why, "Sending message to topic[SCHEDULE_TOPIC_XXXX] is forbidden.");
    const auto pulled = world.door.pull(world.door.connect(), next(0)).get().value();
    EXPECT_EQ(pulled.error().reason, Reason::no_topic);
  });
}

// No step at a door has looked at the names.
TEST(InprocessDoor, AnIllegalNameBecomesNoTopic) {
  with_services([](World world) {
    const auto sent = world.door.send(message("../x", "x")).get().value();
    EXPECT_EQ(sent.error().reason, Reason::invalid);
    EXPECT_EQ(world.announcer.changes, 0);
  });
}

TEST(InprocessDoor, AnIllegalNameBecomesNoGroup) {
  with_services([](World world) {
    ASSERT_TRUE(world.door.send(message("TopicTest", "hello")).get().value());
    EXPECT_EQ(world.services.consuming.commit("a b", "TopicTest", 0, 1).error().reason, Reason::invalid);
    EXPECT_FALSE(world.services.querying.groups().find("a b"));
    topics::TopicConfig illegal;
    illegal.topic_name = "../x";
    EXPECT_EQ(world.services.topic_changes.put(illegal).error().reason, Reason::invalid);
    EXPECT_FALSE(world.services.querying.topics().find("../x"));
  });
}

TEST(InprocessDoor, AnArrivalAnswersAPullThatWaits) {
  with_services([](World world) {
    ASSERT_TRUE(world.door.send(message("TopicTest", "first")).get().value());
    const auto begin = world.runtime.clock.now();
    const auto waiting = world.door.pull(world.door.connect(), next(1, 15'000));
    ASSERT_TRUE(runtime::sync::sleep(world.runtime.tasks, world.runtime.clock, 3s));
    EXPECT_FALSE(waiting.ready());
    ASSERT_TRUE(world.door.send(message("TopicTest", "second")).get().value());
    const auto pulled = waiting.get().value();
    ASSERT_TRUE(pulled);
    EXPECT_EQ(body_of(*pulled), "second");
    EXPECT_LT(world.runtime.clock.now() - begin, 4s);
  });
}

TEST(InprocessDoor, TheDeadlineAnswersAPullThatWaitsInVain) {
  with_services([](World world) {
    ASSERT_TRUE(world.door.send(message("TopicTest", "first")).get().value());
    const auto begin = world.runtime.clock.now();
    const auto pulled = world.door.pull(world.door.connect(), next(1, 15'000)).get().value();
    ASSERT_TRUE(pulled);
    EXPECT_EQ(pulled->verdict, PullVerdict::nothing_yet);
    EXPECT_GE(world.runtime.clock.now() - begin, 15s);
    EXPECT_LT(world.runtime.clock.now() - begin, 16s);
  });
}

TEST(InprocessDoor, NobodyAnswersAPeerThatIsGone) {
  with_services([](World world) {
    ASSERT_TRUE(world.door.send(message("TopicTest", "first")).get().value());
    const auto peer = world.door.connect();
    const auto waiting = world.door.pull(peer, next(1, 15'000));
    world.door.disconnect(*peer);
    EXPECT_EQ(waiting.get().error().code, Errc::stopped) << "whoever would answer has let go of it";
    const auto late = world.door.pull(peer, next(1, 15'000));
    EXPECT_EQ(late.get().error().code, Errc::stopped) << "and does not wait for it again";
  });
}

TEST(InprocessDoor, MembersOfAGroupAreToldOfEachOther) {
  with_services([](World world) {
    const auto first = world.door.connect();
    const auto second = world.door.connect();
    ASSERT_TRUE(world.door.join(first, "a", "CG", "TopicTest"));
    EXPECT_EQ(first->told(), std::vector<std::string>{"CG"});
    ASSERT_TRUE(world.door.join(second, "b", "CG", "TopicTest"));
    EXPECT_EQ(first->told().size(), 2u);
    EXPECT_EQ(second->told().size(), 1u);
    EXPECT_EQ(*world.door.members_of("CG"), (std::vector<std::string>{"a", "b"}));

    world.door.disconnect(*second);
    EXPECT_EQ(first->told().size(), 3u);
    EXPECT_EQ(*world.door.members_of("CG"), std::vector<std::string>{"a"});

    const auto pulled = world.door.pull(first, [] {
      pulling::Request request = next(0);
      request.topic = "%RETRY%CG";
      return request;
    }());
    EXPECT_EQ(pulled.get().value()->verdict, PullVerdict::nothing_yet) << "the retry topic was made";
  });
}

TEST(InprocessDoor, WhoFallsSilentIsClosedAndForgotten) {
  with_services([](World world) {
    const auto silent = world.door.connect();
    const auto alive = world.door.connect();
    ASSERT_TRUE(world.door.join(silent, "silent", "CG", "TopicTest"));
    for (int i = 0; i < 14; ++i) {
      ASSERT_TRUE(world.door.join(alive, "alive", "CG", "TopicTest"));
      ASSERT_TRUE(runtime::sync::sleep(world.runtime.tasks, world.runtime.clock, 10s));
    }
    EXPECT_FALSE(silent->connected());
    EXPECT_TRUE(alive->connected());
    EXPECT_EQ(*world.door.members_of("CG"), std::vector<std::string>{"alive"});
  });
}

// As the services for retries and delays will be: it comes through no door and is nobody's client.
TEST(InprocessDoor, AServiceSendsWithoutAPeer) {
  with_services([](World world) {
    sending::Request retry = message("%RETRY%CG", "tried before");
    retry.reconsume_times = 16;
    std::optional<sending::Sent> stored;
    world.services.sending.send(retry, [&](model::delivery::Outcome<sending::Sent> outcome) {
      ASSERT_TRUE(outcome) << outcome.error().why;
      stored = std::move(*outcome);
    });
    ASSERT_TRUE(runtime::sync::sleep(world.runtime.tasks, world.runtime.clock, 1s));
    ASSERT_TRUE(stored);
    pulling::Request request = next(0);
    request.topic = "%DLQ%CG";
    const auto pulled = world.door.pull(world.door.connect(), request).get().value();
    ASSERT_TRUE(pulled) << pulled.error().why;
    EXPECT_EQ(body_of(*pulled), "tried before") << "as often as a group may";
  });
}

}  // namespace
}  // namespace gantry::broker::inprocess
