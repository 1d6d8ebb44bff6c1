#include "broker/membership/consumers.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gantry::broker::membership {
namespace {

using model::protocol::Language;
using runtime::Instant;

class StillClock final : public runtime::Clock {
 public:
  Instant now() const override { return at; }
  runtime::WallTime wall_now() const override { return {}; }

  Instant at{0};
};

/// Somebody whom nothing reaches.
class DeafPeer final : public Peer {
 public:
  explicit DeafPeer(std::uint64_t number) : id_{number} {}
  PeerId id() const override { return id_; }
  runtime::Endpoint address() const override { return {}; }
  bool connected() const override { return connected_; }
  void close() override { connected_ = false; }
  void members_changed(std::string_view) override {}

 private:
  PeerId id_;
  bool connected_ = true;
};

std::shared_ptr<Peer> connection(std::uint64_t number) {
  return std::make_shared<DeafPeer>(number);
}

bodies::ConsumerData group(std::string name, std::size_t tags = 0, std::int64_t version = 1) {
  bodies::ConsumerData data;
  data.group_name = std::move(name);
  SubscriptionData topic;
  topic.topic = "TopicA";
  topic.sub_version = version;
  for (std::size_t i = 0; i < tags; ++i) topic.tags.insert("tag-" + std::to_string(i));
  data.subscriptions.push_back(std::move(topic));
  return data;
}

struct ConsumersTest : testing::Test {
  StillClock clock;
  std::vector<std::string> told;
  HeartbeatLimits limits{.members_of_peer = 3, .bytes_of_peer = 16'384, .members = 5, .bytes = 32'768};
  Consumers consumers{clock, [this](std::string_view name, const ConsumerGroup&) { told.emplace_back(name); },
                      limits};
  std::shared_ptr<Peer> one = connection(1);
  std::shared_ptr<Peer> two = connection(2);

  bool beat(const std::shared_ptr<Peer>& peer, std::string_view client, const bodies::ConsumerData& data) {
    return consumers.heartbeat(client, peer, Language::java, 409, data);
  }
  std::size_t members(std::string_view name) const {
    const ConsumerGroup* const found = consumers.find(name);
    return found ? found->members.size() : 0;
  }
};

TEST_F(ConsumersTest, AConnectionHasSoManyMembersWhateverTheirClientIds) {
  EXPECT_TRUE(beat(one, "a", group("G1")));
  EXPECT_TRUE(beat(one, "b", group("G1")));
  EXPECT_TRUE(beat(one, "b", group("G2")));
  EXPECT_FALSE(beat(one, "c", group("G3")));
  EXPECT_FALSE(beat(one, "c", group("G1")));
  EXPECT_FALSE(consumers.has_room("c", one->id(), group("G1")));
  EXPECT_EQ(members("G1"), 2u);
  EXPECT_EQ(members("G3"), 0u) << "no group without a member";
  EXPECT_TRUE(beat(two, "c", group("G3"))) << "others do not suffer";
  EXPECT_TRUE(beat(one, "a", group("G1"))) << "who is there goes on";
  consumers.unregister("G1", "a", one->id());
  EXPECT_TRUE(beat(one, "c", group("G1"))) << "there is room again";
}

TEST_F(ConsumersTest, AllConnectionsTogetherHaveSoManyMembers) {
  for (std::uint64_t i = 0; i < 5; ++i)
    EXPECT_TRUE(beat(connection(10 + i), "c" + std::to_string(i), group("G")));
  EXPECT_FALSE(beat(one, "late", group("G")));
  EXPECT_TRUE(beat(one, "c0", group("G"))) << "one that comes back over another connection is not one more";
  consumers.peer_gone(PeerId{11});
  EXPECT_TRUE(beat(one, "late", group("G")));
  EXPECT_EQ(members("G"), 5u);
}

TEST_F(ConsumersTest, SubscriptionsThatFindNoRoomLeaveTheOldOnesAndTheMember) {
  EXPECT_TRUE(beat(one, "a", group("G1", 10)));
  clock.at = Instant{1000};
  EXPECT_FALSE(beat(one, "a", group("G1", 500, 2))) << "more than a connection may have";
  EXPECT_EQ(consumers.find("G1")->subscriptions.at("TopicA").tags.size(), 10u);
  consumers.expire(Instant{1000});
  EXPECT_EQ(members("G1"), 1u) << "it is alive";
  EXPECT_TRUE(beat(one, "a", group("G1", 5, 3))) << "less always fits";
}

TEST_F(ConsumersTest, SubscriptionsCountAsLongAsTheyAreKept) {
  // A member that leaves takes its charge with it, and what it subscribed stays with the group.
  std::size_t kept = 0;
  for (std::uint64_t i = 0; i < 4; ++i) {
    const std::string name = "G" + std::to_string(i);
    const auto wide = connection(20 + i);
    if (!beat(connection(30 + i), "stays", group(name))) break;
    if (beat(wide, "leaves", group(name, 120, 2))) ++kept;
    consumers.peer_gone(wide->id());
  }
  EXPECT_EQ(kept, 2u);
  for (std::uint64_t i = 0; i < 4; ++i) consumers.peer_gone(PeerId{30 + i});
  EXPECT_TRUE(consumers.all().empty());
  EXPECT_TRUE(beat(one, "a", group("G", 120)));
  EXPECT_TRUE(beat(two, "b", group("H", 120)));
}

TEST_F(ConsumersTest, ACloseTakesAwayItsOwnAndTellsEachGroupOnce) {
  beat(one, "a", group("G1"));
  beat(one, "b", group("G1"));
  beat(two, "c", group("G1"));
  beat(one, "a", group("G2"));
  told.clear();
  consumers.peer_gone(one->id());
  EXPECT_EQ(told, std::vector<std::string>{"G1"});
  EXPECT_EQ(members("G1"), 1u);
  EXPECT_EQ(consumers.find("G2"), nullptr);
}

// Whatever comes and goes: when all connections are closed nothing is left, and everything fits again.
RC_GTEST_PROP(Consumers, NothingIsLeftOfClosedConnections, ()) {
  StillClock clock;
  const HeartbeatLimits limits{.members_of_peer = 4, .bytes_of_peer = 16'384, .members = 8, .bytes = 20'000};
  Consumers consumers(clock, [](std::string_view, const ConsumerGroup&) {}, limits);
  std::vector<std::shared_ptr<Peer>> peers;
  for (std::uint64_t i = 0; i < 4; ++i) peers.push_back(connection(i));
  for (int steps = *rc::gen::inRange(1, 60); steps > 0; --steps) {
    const auto& peer = peers[*rc::gen::inRange<std::size_t>(0, 4)];
    const auto client = std::string(1, static_cast<char>('a' + *rc::gen::inRange(0, 5)));
    const auto name = "G" + std::to_string(*rc::gen::inRange(0, 4));
    clock.at.ns += 1;
    const auto what = *rc::gen::inRange(0, 9);
    if (what == 0) consumers.peer_gone(peer->id());
    else if (what == 1) consumers.unregister(name, client, peer->id());
    else if (what == 2) consumers.expire(Instant{clock.at.ns - 10});
    else {
      const auto data = group(name, *rc::gen::inRange<std::size_t>(0, 100), *rc::gen::inRange(1, 4));
      const bool fits = consumers.has_room(client, peer->id(), data);
      RC_ASSERT(consumers.heartbeat(client, peer, Language::java, 409, data) == fits);
    }
    std::size_t members = 0;
    for (const auto& [each, of] : consumers.all()) {
      RC_ASSERT(!of.members.empty());
      members += of.members.size();
    }
    RC_ASSERT(members <= limits.members);
  }
  for (const auto& peer : peers) consumers.peer_gone(peer->id());
  RC_ASSERT(consumers.all().empty());
  for (std::size_t i = 0; i < 8; ++i)
    RC_ASSERT(consumers.heartbeat("new", peers[i / 4], Language::java, 409, group("N" + std::to_string(i))));
}

TEST(Producers, AreBoundedPerConnectionAndInTotal) {
  StillClock clock;
  Producers producers(clock, {.members_of_peer = 2, .members = 3});
  const auto one = connection(1);
  const auto two = connection(2);
  const auto beat = [&](const std::shared_ptr<Peer>& peer, std::string_view name, std::string_view id) {
    return producers.heartbeat(name, id, peer, Language::java, 409);
  };
  EXPECT_TRUE(beat(one, "P1", "a"));
  EXPECT_TRUE(beat(one, "P2", "b"));
  EXPECT_FALSE(beat(one, "P3", "a"));
  EXPECT_EQ(producers.find("P3"), nullptr);
  EXPECT_TRUE(beat(two, "P3", "a"));
  EXPECT_FALSE(beat(two, "P4", "a")) << "three in total";
  EXPECT_TRUE(beat(two, "P1", "a")) << "moved to another connection";
  producers.peer_gone(one->id());
  EXPECT_EQ(producers.find("P2"), nullptr);
  EXPECT_EQ(producers.find("P1")->size(), 1u);
  producers.unregister("P1", "a", one->id());
  EXPECT_NE(producers.find("P1"), nullptr) << "it belongs to another connection";
  producers.unregister("P1", "a", two->id());
  EXPECT_EQ(producers.find("P1"), nullptr);
}

}  // namespace
}  // namespace gantry::broker::membership
