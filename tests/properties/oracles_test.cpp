// Each claim fails on an outcome that breaks it, and each excuse is refused when its fault cannot have
// done it: an oracle that never says no proves nothing.

#include <algorithm>

#include <gtest/gtest.h>

#include "properties/claims.h"
#include "properties/cluster/configured.h"

namespace gantry::properties {
namespace {

using cluster::Instant;
using sim::faults::Kind;

constexpr Instant at(std::int64_t ms) {
  return {ms * 1'000'000};
}

/// One producer sent m1 and m2 to one queue, one consumer has seen both, nothing went wrong.
class Oracles : public testing::Test {
 protected:
  Oracles() {
    c = *cases::parse(
        "gantry-case 1\nnamesrv n1\nbroker b flushDiskType=ASYNC_FLUSH\ntopic T 1\nproducer p\n"
        "consumer c G T\nsend 10000 p T m1 20\nsend 20000 p T m2 20\n");
    add("m1", 0, 10'000);
    add("m2", 1, 20'000);
    o.taken.push_back({"c", 1, {"b", "T", 0}, 0, at(5000)});
    o.started.push_back({"c", 1, at(0)});
    o.queues.insert({"b", "T", 0});
    o.addresses["b"] = "10.0.0.2:10911";
    o.routes.push_back({"n1", "T", {{"b", {"10.0.0.2:10911", 1, 1}}}, ""});
    o.owned["c"] = {{"T", "b", 0}};
    o.progress.push_back({"G", {"b", "T", 0}, 1, at(15'000)});
    o.limits = cluster::limits_of(c);
    o.audited = o.settled = o.served = true;
    o.idle_ms = 60'000;
    o.healed = at(20'000);
    o.settled_at = at(25'000);
  }

  void add(const std::string& id, std::int64_t offset, std::int64_t ms) {
    const cluster::Place place{"b", "T", 0, offset};
    o.sent.push_back({id, "p", at(ms), at(ms + 2), true, place, offset * 100, "T"});
    o.consumed.push_back({"G", "c", 1, id, place, at(ms + 5), at(ms + 6), true});
    o.stored.push_back({id, place, offset * 100, 1'000 + ms, true});
  }
  void strike(Kind kind, const std::string& target, std::int64_t from, std::int64_t to) {
    o.struck.push_back({{.id = 7, .kind = kind, .target = target}, at(from), at(to), true, 0});
  }
  void lose(const std::string& broker, std::int64_t ms, std::int64_t durable_end) {
    o.losses.push_back({.broker = broker, .at = at(ms), .fault = 7, .durable_end = durable_end});
  }
  /// The name of the first claim that fails; `none`.
  std::string failing() const {
    const auto failure = first_failure(c, o);
    return failure ? std::string(failure->claim) : "none";
  }

  cases::Case c;
  cluster::Outcome o;
};

TEST_F(Oracles, HoldWhereNothingIsWrong) {
  EXPECT_EQ(failing(), "none");
}

TEST_F(Oracles, MissAnAcknowledgedMessage) {
  o.stored.pop_back();
  EXPECT_EQ(failing(), "acknowledged_messages_survive");
}

TEST_F(Oracles, ExcuseALossOnlyByAFaultThatForgotThatRecord) {
  o.stored.pop_back();
  lose("b", 20'100, 100);  // below 100, and m2 lies at 100
  EXPECT_EQ(failing(), "none");
  o.losses[0].durable_end = 101;
  EXPECT_EQ(failing(), "acknowledged_messages_survive");
  o.losses.clear();
  lose("other", 20'100, 100);
  EXPECT_EQ(failing(), "acknowledged_messages_survive");
  o.losses.clear();
  lose("b", 19'000, 100);  // before it was sent
  EXPECT_EQ(failing(), "acknowledged_messages_survive");
}

TEST_F(Oracles, ExcuseNoLossAfterTheSyncWasDueUnlessItWasHeldUp) {
  o.stored.pop_back();
  lose("b", 22'000, 100);
  EXPECT_EQ(failing(), "acknowledged_messages_survive");
  strike(Kind::disk_stall, "b", 20'000, 21'900);
  EXPECT_EQ(failing(), "none");
}

TEST_F(Oracles, ExcuseNoLossWithSyncFlush) {
  c.brokers[0].config["flushDiskType"] = "SYNC_FLUSH";
  o.stored.pop_back();
  lose("b", 20'100, 100);
  EXPECT_EQ(failing(), "acknowledged_messages_survive");
}

TEST_F(Oracles, MissAMessageThatAGroupNeverFinished) {
  o.consumed.back().ended = Instant::never();
  EXPECT_EQ(failing(), "every_group_sees_every_message");
}

TEST_F(Oracles, SeeAHoleAndAWrongOrderOfOffsets) {
  o.stored[0].physical_offset = 300;
  EXPECT_EQ(failing(), "queue_offsets_are_dense");
  o.stored[0].physical_offset = 0;
  o.stored[1].place.offset = o.sent[1].place.offset = o.consumed[1].place.offset = 2;
  EXPECT_EQ(failing(), "queue_offsets_are_dense");
}

TEST_F(Oracles, SeeTwoContentsAtOneAcknowledgedOffset) {
  c.sends.push_back({30'000, "p", "T", "m3", 20});
  auto ghost = o.consumed.back();
  ghost.id = "m3";
  o.consumed.push_back(ghost);
  EXPECT_EQ(failing(), "queue_offsets_are_dense");
}

TEST_F(Oracles, ExcuseAReusedOffsetOnlyByALossInBetween) {
  c.sends.push_back({18'000, "p", "T", "m3", 20});
  add("m3", 1, 18'000);  // lay where m2 lies now, and a consumer saw it
  o.sent.back().acknowledged = false;
  strike(Kind::cut, "p", 17'900, 18'100);
  o.stored.pop_back();
  std::rotate(o.consumed.begin() + 1, o.consumed.begin() + 2, o.consumed.end());
  o.taken.push_back({"c", 1, {"b", "T", 0}, 1, at(19'900)});
  EXPECT_EQ(failing(), "queue_offsets_are_dense");
  lose("b", 17'000, 100);  // forgotten by then, and served until the broker was started again
  o.losses[0].until = at(17'500);
  EXPECT_EQ(failing(), "queue_offsets_are_dense");
  o.losses[0].until = at(19'000);
  EXPECT_EQ(failing(), "none");
  c.brokers[0].config["flushDiskType"] = "SYNC_FLUSH";
  EXPECT_EQ(failing(), "queue_offsets_are_dense");
}

TEST_F(Oracles, SeeAPhantomAndACorruptedMessage) {
  o.consumed.back().intact = false;
  EXPECT_EQ(failing(), "nothing_phantom_nothing_corrupted");
  o.consumed.back().intact = true;
  o.sent.pop_back();
  EXPECT_EQ(failing(), "nothing_phantom_nothing_corrupted");
}

TEST_F(Oracles, SeeAMessageInAnotherTopic) {
  o.sent.back().topic = "Other";
  EXPECT_EQ(failing(), "nothing_phantom_nothing_corrupted");
}

TEST_F(Oracles, WantACauseForASecondCopy) {
  o.stored.push_back({"m2", {"b", "T", 0, 2}, 200, 30'000, true});
  EXPECT_EQ(failing(), "nothing_phantom_nothing_corrupted");
  strike(Kind::cut, "p", 19'000, 21'000);
  EXPECT_EQ(failing(), "none");
  o.struck[0].fault.target = "c";  // not on the way
  o.struck[0].fault.peer = "n1";
  EXPECT_EQ(failing(), "nothing_phantom_nothing_corrupted");
  o.struck[0].fault.target = "p";
  EXPECT_EQ(failing(), "nothing_phantom_nothing_corrupted");
  o.struck[0].fault.peer = "b";
  EXPECT_EQ(failing(), "none");
}

TEST_F(Oracles, ExcuseACopyByAFaultOfAnotherBrokerOnlyWhereTheSendRanOutOfTime) {
  c.brokers.push_back({"b2", {}});
  o.routes[0].brokers["b2"] = {"10.0.0.3:10911", 1, 1};
  o.addresses["b2"] = "10.0.0.3:10911";
  o.queues.insert({"b2", "T", 0});
  o.owned["c"].push_back({"T", "b2", 0});
  o.taken.push_back({"c", 1, {"b2", "T", 0}, 0, at(5000)});
  o.stored.push_back({"m2", {"b2", "T", 0, 0}, 0, 30'000, true});
  strike(Kind::pause, "b", 19'000, 21'000);
  EXPECT_EQ(failing(), "nothing_phantom_nothing_corrupted");
  o.struck[0].fault.target = "b2";
  EXPECT_EQ(failing(), "none");
  o.struck[0].fault.target = "b";
  o.sent[1].acknowledged = false;
  o.sent[1].error = Errc::timed_out;
  EXPECT_EQ(failing(), "none");
  o.sent[1].error = Errc::reset;
  EXPECT_EQ(failing(), "nothing_phantom_nothing_corrupted");
}

TEST_F(Oracles, ExcuseNoMessageThatItsProducerDidNotHearOf) {
  o.sent[1].acknowledged = false;
  o.sent[1].error = Errc::timed_out;
  EXPECT_EQ(failing(), "nothing_phantom_nothing_corrupted");
}

TEST_F(Oracles, SeeAWrongOrderOfOneProducer) {
  std::swap(o.sent[0], o.sent[1]);  // m2 was sent first
  EXPECT_EQ(failing(), "order_per_queue_is_kept");
}

TEST_F(Oracles, SeeAJumpOfAConsumer) {
  o.taken[0].offset = 1;
  EXPECT_EQ(failing(), "order_per_queue_is_kept");
}

TEST_F(Oracles, LetAConsumerBeginOnlyWhereItTookThatQueue) {
  o.taken[0].queue = {"b2", "T", 0};  // a queue of the same number, of another broker
  EXPECT_EQ(failing(), "order_per_queue_is_kept");
  o.taken[0].queue = {"b", "T2", 0};
  EXPECT_EQ(failing(), "order_per_queue_is_kept");
  o.taken[0].queue = {"b", "T", 0};
  EXPECT_EQ(failing(), "none");
}

TEST_F(Oracles, WantACauseForARedelivery) {
  auto again = o.consumed.front();
  again.at = at(200'000);
  again.ended = at(200'001);
  o.consumed.push_back(again);
  EXPECT_EQ(failing(), "order_per_queue_is_kept");  // out of nothing
  o.taken[0].until = at(198'000);
  o.taken.push_back({"c", 1, {"b", "T", 0}, 0, at(199'000)});
  EXPECT_EQ(failing(), "order_per_queue_is_kept");  // taken, but m1 was to be committed long ago
  strike(Kind::process_kill, "b", 12'000, 13'000);
  EXPECT_EQ(failing(), "order_per_queue_is_kept");  // and then there was peace to commit it again
  o.taken[0].until = at(30'000);
  EXPECT_EQ(failing(), "none");
  o.struck[0].fault.target = "p";
  EXPECT_EQ(failing(), "order_per_queue_is_kept");
  o.struck[0].fault.target = "b";
  o.taken[0].until = at(198'000);
  strike(Kind::cut, "b", 60'000, 170'000);  // there was none
  EXPECT_EQ(failing(), "none");
  o.struck[0].begun = at(40'000);  // too late to have kept m1 from being committed
  EXPECT_EQ(failing(), "order_per_queue_is_kept");
}

TEST_F(Oracles, ExcuseARedeliveryByAJoinOnlyToAnotherAndSoon) {
  c.consumers.push_back({.name = "c2", .group = "G", .topic = "T"});
  o.owned["c2"] = {};
  o.started.push_back({"c2", 1, at(9000)});
  auto again = o.consumed.front();
  again.consumer = "c2";
  again.at = at(10'200);
  again.ended = at(10'201);
  o.consumed.insert(o.consumed.begin() + 1, again);
  o.taken.push_back({"c2", 1, {"b", "T", 0}, 0, at(10'100)});
  EXPECT_EQ(failing(), "none");
  o.started.clear();
  o.sent[0].begun = o.sent[0].ended = at(-300'000);  // nor had the broker just got the topic
  EXPECT_EQ(failing(), "order_per_queue_is_kept");
}

TEST_F(Oracles, SeeProgressPastWhatWasConsumed) {
  o.progress[0].offset = 2;
  EXPECT_EQ(failing(), "progress_never_passes_consumption");
}

TEST_F(Oracles, SeeARouteThatLacksOrInventsABroker) {
  o.routes[0].brokers["b"].read_queues = 2;
  EXPECT_EQ(failing(), "routes_converge");
  o.routes[0].brokers.clear();
  EXPECT_EQ(failing(), "routes_converge");
}

TEST_F(Oracles, SeeAQueueWithoutAnOwnerAndOneWithTwo) {
  o.owned["c"].clear();
  EXPECT_EQ(failing(), "each_queue_has_one_owner");
  o.owned["c"] = {{"T", "b", 0}};
  c.consumers.push_back({.name = "c2", .group = "G", .topic = "T"});
  o.owned["c2"] = {{"T", "b", 0}};
  EXPECT_EQ(failing(), "each_queue_has_one_owner");
}

TEST_F(Oracles, WantAnEndOfEverySend) {
  o.end = at(60'000);
  o.sent[0].ended = at(13'100);  // the limit is 3 s
  EXPECT_EQ(failing(), "every_send_ends_in_time");
  strike(Kind::pause, "p", 12'000, 13'000);
  EXPECT_EQ(failing(), "none");
  o.struck[0].fault.target = "b";
  EXPECT_EQ(failing(), "every_send_ends_in_time");
}

TEST_F(Oracles, WantASendToEndUnlessItsProcessDied) {
  o.end = at(60'000);
  c.sends.push_back({30'000, "p", "T", "m3", 20});
  o.sent.push_back({"m3", "p", at(30'000), Instant::never(), false, {}, -1, "T"});
  EXPECT_EQ(failing(), "every_send_ends_in_time");
  o.started.push_back({"p", 1, at(0), at(31'000)});
  EXPECT_EQ(failing(), "none");
  o.started.back().until = at(29'000);  // that was the life before
  EXPECT_EQ(failing(), "every_send_ends_in_time");
  o.started.back().until = at(40'000);  // and then it had hung for long
  EXPECT_EQ(failing(), "every_send_ends_in_time");
}

TEST_F(Oracles, WantACauseForASendThatFails) {
  o.sent.push_back({"m3", "p", at(300'000), at(300'001), false, {}, -1, "T", Errc::unreachable});
  EXPECT_EQ(failing(), "failed_sends_have_a_cause");
  strike(Kind::power_loss, "b", 299'000, 301'000);
  EXPECT_EQ(failing(), "none");
  o.sent.back().error = Errc::invalid;  // which no loss of power makes of a message
  EXPECT_EQ(failing(), "failed_sends_have_a_cause");
  o.sent.back().error = Errc::unreachable;
  o.struck[0].fault.target = "c";
  EXPECT_EQ(failing(), "failed_sends_have_a_cause");
  o.struck[0].fault.target = "n1";
  o.struck[0].fault.kind = Kind::disk_full;  // for which no send waits
  EXPECT_EQ(failing(), "failed_sends_have_a_cause");
  o.struck.clear();
  o.sent.back().begun = o.sent.back().ended = at(50);  // before anybody could be there
  EXPECT_EQ(failing(), "none");
  o.sent.back().begun = o.sent.back().ended = at(5000);
  EXPECT_EQ(failing(), "failed_sends_have_a_cause");
}

TEST_F(Oracles, WantEveryProbeToBeServed) {
  const cluster::Place place{"b", "T", 0, 2};
  strike(Kind::power_loss, "b", 19'900, 20'000);  // excuses nothing any more
  o.probed.insert({"b", "T", 0});
  o.sent.push_back({"probe:p:1", "p", at(60'000), at(60'002), true, place, 200, "T", {}, {}, true});
  o.consumed.push_back({"G", "c", 1, "probe:p:1", place, at(60'005), at(60'006), true});
  o.stored.push_back({"probe:p:1", place, 200, 61'000, true});
  EXPECT_EQ(failing(), "none");
  o.consumed.back().ended = at(63'000);
  EXPECT_EQ(failing(), "well_cluster_serves");
  o.probed.clear();  // a queue that nobody knew: it may take its time
  EXPECT_EQ(failing(), "none");
  o.stored.pop_back();
  o.consumed.pop_back();
  o.sent.back().acknowledged = false;
  o.sent.back().error = Errc::unreachable;
  EXPECT_EQ(failing(), "well_cluster_serves");
}

TEST_F(Oracles, SeeAClusterThatDoesNotSettleOrDoesNotRest) {
  o.settled = false;
  EXPECT_EQ(failing(), "cluster_gets_well_in_time");
  o.settled = true;
  o.served = false;
  EXPECT_EQ(failing(), "well_cluster_serves");
  o.served = true;
  o.idle_steps = 100'000;
  EXPECT_EQ(failing(), "idle_cluster_is_quiet");
}

}  // namespace
}  // namespace gantry::properties
