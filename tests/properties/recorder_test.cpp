// What a run records, and that the story told from it is what happened.
#include "properties/recording/recorder.h"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <tuple>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "properties/cluster/run.h"
#include "traces/draw/choose.h"
#include "traces/draw/picture.h"
#include "traces/record/frame.h"
#include "traces/story/fate.h"
#include "traces/story/why.h"
#include "traces/story/words.h"

namespace gantry::properties::recording {
namespace {

using traces::record::Record;
using traces::story::Fate;
using traces::story::Step;
using traces::story::What;

// The power goes between the answer for m2 and the write of the log.
constexpr const char* loss =
    "gantry-case 1\n"
    "noise 11\n"
    "namesrv n1\n"
    "broker broker-a flushDiskType=ASYNC_FLUSH\n"
    "topic TopicTest 1\n"
    "producer p1\n"
    "consumer c1 CG TopicTest\n"
    "send 2000 p1 TopicTest m1 120\n"
    "send 3500 p1 TopicTest m2 9000\n"
    "send 9000 p1 TopicTest m3 120\n"
    "fault 1 power_loss target=broker-a at=3600 duration=4000\n";

struct Recorded {
  cases::Case c;
  cluster::Outcome outcome;
  Record record;
};

Recorded recorded(const char* text) {
  auto c = cases::parse(text);
  if (!c) throw std::invalid_argument(c.error().message);
  Recorded r{std::move(*c), {}, {}};
  Recorder recorder(r.c, false, true);
  r.outcome = cluster::run(r.c, {.observer = &recorder});
  r.record = recorder.finish(r.outcome, "as it went");
  return r;
}

TEST(Recorder, LeavesTheRunAsItIs) {
  const Recorded r = recorded(loss);
  const cluster::Outcome alone = cluster::run(r.c);
  EXPECT_EQ(alone.hash, r.outcome.hash);
}

TEST(Recorder, ItsFileComesBack) {
  const Recorded r = recorded(loss);
  const auto back = traces::record::parse(to_text(r.record));
  ASSERT_TRUE(back.has_value()) << back.error().line << ": " << back.error().message;
  EXPECT_EQ(*back, r.record);
  EXPECT_EQ(back->case_text, to_text(r.c));
}

TEST(Recorder, EveryFrameThatArrivesWasSent) {
  const Recorded r = recorded(loss);
  std::set<std::tuple<std::int64_t, std::int64_t, std::int64_t>> sent;
  std::size_t arrived = 0, requests = 0, answers = 0;
  for (const auto& e : r.record.events) {
    const auto frame = frame_of(e);
    if (!frame) continue;
    const std::tuple place(frame->connection, frame->side, frame->end);
    if (e.kind == "frame.sent") {
      EXPECT_TRUE(sent.insert(place).second);
      (frame->is_answer() ? answers : requests) += 1;
      EXPECT_TRUE(!frame->is_answer() || frame->request > 0) << "an answer knows its request";
    } else {
      ++arrived;
      EXPECT_TRUE(sent.contains(place));
    }
  }
  EXPECT_GT(requests, 20u);
  EXPECT_GT(answers, 20u);
  EXPECT_GT(arrived, sent.size() * 9 / 10);
}

TEST(Recorder, KnowsMessagesByTheCasesNameAndByTheirKey) {
  const Recorded r = recorded(loss);
  ASSERT_EQ(r.record.messages.size(), 5u);
  std::set<std::string> ids, keys;
  for (const auto& m : r.record.messages) ids.insert(m.id), keys.insert(m.key);
  EXPECT_THAT(ids, testing::ElementsAre("m1", "m2", "m3", "probe:p1:1", "probe:p1:2"))
      << "also m2, whose body is compressed";
  EXPECT_EQ(keys.size(), 5u);
  for (const std::string& key : keys) EXPECT_EQ(key.size(), 32u) << key;
}

TEST(Recorder, TheStoryOfALossIsTold) {
  const Recorded r = recorded(loss);
  const auto t = traces::story::timeline_of(r.record);
  const auto fates = fates_of(t);
  const std::size_t m1 = t.message("m1").value(), m2 = t.message("m2").value();
  EXPECT_EQ(fates[m1].verdict, Fate::Verdict::delivered);
  ASSERT_EQ(fates[m1].copies.size(), 1u);
  EXPECT_TRUE(fates[m1].copies[0].durable.has_value());
  EXPECT_TRUE(fates[m1].copies[0].found);
  EXPECT_EQ(fates[m2].verdict, Fate::Verdict::lost);
  EXPECT_TRUE(fates[m2].copies.empty());
  ASSERT_TRUE(fates[m2].taken_from_memory.has_value());
  EXPECT_EQ(t.steps[*fates[m2].taken_from_memory].what, What::power_loss);
  EXPECT_THAT(why(t, m2),
              testing::HasSubstr("broker-a had it in memory, and in no file yet, when the power went at "
                                 "3.6000 s, fault 1"));
}

TEST(Recorder, EachKindOfFaultEndsInTheStoryWhenItEnds) {
  for (const auto kind : sim::faults::all_kinds()) {
    SCOPED_TRACE(sim::faults::name_of(kind));
    using sim::faults::Kind;
    std::string more = kind == Kind::disk_error ? " part=read" : "";
    if (kind == Kind::delay || kind == Kind::disk_slow || kind == Kind::clock_step ||
        kind == Kind::clock_drift)
      more = " amount=1";
    const Recorded r = recorded(fmt::format("gantry-case 1\nnoise 3\nnamesrv n1\nbroker b\ntopic T 1\n"
                                            "producer p1\nconsumer c1 CG T\nsend 2000 p1 T m1 50\n"
                                            "fault 1 {} target=b at=4000 duration=3000{}\n",
                                            name_of(kind), more)
                                    .c_str());
    const auto t = traces::story::timeline_of(r.record);
    const auto begin = std::ranges::find(t.steps, What::fault_begin, &Step::what);
    ASSERT_NE(begin, t.steps.end());
    EXPECT_EQ(begin->at_ns, 4'000'000'000);
    ASSERT_TRUE(begin->ended.has_value());
    const bool once = sim::faults::happens_once(kind);
    EXPECT_EQ(begin->ended->at_ns, once ? 4'000'000'000 : 7'000'000'000);
    EXPECT_EQ(std::ranges::count(t.steps, What::fault_end, &Step::what), once ? 0 : 1);
    EXPECT_EQ(words(t, *begin).ends_with(" for 3.0 s"), !once) << words(t, *begin);

    const auto picture = traces::draw::lay_out(t, traces::draw::whole_run(t, 100), "");
    ASSERT_EQ(picture.boxes.size(), once ? 0u : 1u);
    for (const auto& box : picture.boxes) EXPECT_LT(box.to.y, picture.height - 100) << "not to its foot";
  }
}

TEST(Recorder, WithSyncFlushWhatIsAcknowledgedWasDurableBefore) {
  std::string text = loss;
  text.replace(text.find("ASYNC_FLUSH"), 11, "SYNC_FLUSH");
  const Recorded r = recorded(text.c_str());
  const auto t = traces::story::timeline_of(r.record);
  for (const Fate& fate : fates_of(t)) {
    ASSERT_TRUE(fate.acknowledged.has_value());
    ASSERT_FALSE(fate.copies.empty());
    ASSERT_TRUE(fate.copies.back().durable.has_value());
    EXPECT_LT(*fate.copies.back().durable, *fate.acknowledged);
  }
}

}  // namespace
}  // namespace gantry::properties::recording
