#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/traces/small_run.h"
#include "traces/story/fate.h"
#include "traces/story/slice.h"
#include "traces/story/timeline.h"
#include "traces/story/why.h"
#include "traces/story/words.h"

namespace gantry::traces::story {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Verdict = Fate::Verdict;

std::vector<const Step*> all(const Timeline& t, What what) {
  std::vector<const Step*> found;
  for (const Step& s : t.steps)
    if (s.what == what) found.push_back(&s);
  return found;
}

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

TEST(Timeline, JoinsTheEndsOfAFrame) {
  SmallRun run;
  const std::size_t m = run.message("m1");
  run.frame(10, "p1/main", "broker-a/main", {}, {m});
  run.frame(20, "broker-a/main", "p1/main", {.answer = 0, .arrives = false}, {m});
  const Timeline t = timeline_of(run.record());
  const auto frames = all(t, What::frame);
  ASSERT_EQ(frames.size(), 2u);
  ASSERT_TRUE(frames[0]->arrival.has_value());
  EXPECT_EQ(t.lanes[frames[0]->lane].name, "p1");
  EXPECT_EQ(t.lanes[frames[0]->arrival->lane].name, "broker-a");
  EXPECT_EQ(frames[0]->arrival->at_ns - frames[0]->at_ns, 1'000'000);
  EXPECT_FALSE(frames[1]->arrival.has_value());
  ASSERT_TRUE(frames[1]->to.has_value()) << "the other end is known from the connection";
  EXPECT_EQ(t.lanes[*frames[1]->to].name, "p1");
}

TEST(Timeline, ASyncCoversOnlyWritesThatHadReturnedWhenItBegan) {
  SmallRun run;
  const std::size_t m1 = run.message("m1"), m2 = run.message("m2");
  run.write(10, m1, 0, 0);
  const std::string log = "/main/store/commitlog/00000000000000000000";
  run.add(20, "broker-a/main", "disk.write", {200, 200}, {}, log);
  run.add(20, "broker-a/main", "log.record", {200, 200, 0, 1}, {m2}, "TopicTest");
  run.add(20, "broker-a/main", "disk.sync", {400, 400}, {}, log);
  run.add(21, "broker-a/main", "disk.written", {200, 200}, {}, log);
  run.add(22, "broker-a/main", "disk.synced", {400}, {}, log);
  run.lose_power(30, 40);
  const Timeline t = timeline_of(run.record());
  ASSERT_EQ(all(t, What::sync).size(), 1u);
  EXPECT_THAT(all(t, What::sync)[0]->messages, ElementsAre(m1));
  ASSERT_EQ(all(t, What::power_loss).size(), 1u);
  EXPECT_THAT(all(t, What::power_loss)[0]->messages, ElementsAre(m2));
}

TEST(Timeline, WhatAFailedSyncCoveredNoLaterOneMakesDurable) {
  SmallRun run;
  const std::size_t m1 = run.message("m1");
  run.write(10, m1, 0, 0);
  run.sync(20, true);
  run.sync(30);
  const Timeline t = timeline_of(run.record());
  ASSERT_EQ(all(t, What::sync_failed).size(), 1u);
  EXPECT_THAT(all(t, What::sync_failed)[0]->messages, ElementsAre(m1));
  EXPECT_TRUE(all(t, What::sync).empty());
}

TEST(Timeline, AKillLosesNothingThatWasWritten) {
  SmallRun run;
  const std::size_t m1 = run.message("m1");
  run.write(10, m1, 0, 0);
  run.add(20, "broker-a/main", "process.kill", {2, 1}, {}, "main");
  run.add(30, "broker-a/main", "process.start", {2});
  run.sync(40);
  EXPECT_THAT(all(timeline_of(run.record()), What::sync)[0]->messages, ElementsAre(m1));
}

TEST(Timeline, LanesStandInTheOrderInWhichMessagesFlow) {
  const Timeline t = timeline_of(SmallRun().record());
  ASSERT_EQ(t.lanes.size(), 5u);
  EXPECT_EQ(t.lanes[0].name, "p1");
  EXPECT_EQ(t.lanes[1].name, "broker-a");
  EXPECT_EQ(t.lanes[2].name, "c1");
}

TEST(Why, TellsWhatALossOfPowerTook) {
  const SmallRun run = run_with_a_loss();
  const Timeline t = timeline_of(run.record());
  EXPECT_THAT(troubled(t), ElementsAre(1u));
  const std::string story = why(t, *t.message("m2"));
  EXPECT_THAT(story,
              StartsWith("m2 was acknowledged at 3.0050 s and is lost: broker-a wrote its bytes (log "
                         "200–400) at 3.0020 s and had not synced them when the power went at 3.1000 s, "
                         "fault 1 (power_loss for 1.0 s). broker-a runs with ASYNC_FLUSH. Its place was "
                         "given to m3 at 6.0020 s.\n"));
  EXPECT_THAT(story, HasSubstr("p1 -> broker-a"));
  EXPECT_THAT(story, HasSubstr("power lost; not synced: m2"));
  EXPECT_THAT(story, HasSubstr("writes m3")) << "who got its place";
  EXPECT_THAT(story, Not(HasSubstr("m1"))) << "nothing of a message that has no part in it";
  EXPECT_LE(lines_of(story), story_lines_max);
}

TEST(Why, TellsOfAMessageThatFaredWell) {
  const SmallRun run = run_with_a_loss();
  const Timeline t = timeline_of(run.record());
  EXPECT_EQ(fates_of(t)[0].verdict, Verdict::delivered);
  EXPECT_THAT(why(t, 0),
              StartsWith("m1 was sent by p1 at 1.0000 s, acknowledged at 1.0050 s, delivered to c1 (CG) "
                         "at 1.0110 s: once to each group that reads its topic.\n"));
}

TEST(Why, TellsWhichHandOverDeliveredTwice) {
  SmallRun run;
  const std::size_t m = run.message("m1");
  run.send(1000, m, 0, 0);
  run.add(900, "c1/main", "consumer.queue-taken", {0, 0});
  run.consume(1010, "c1/main", m, 0);
  run.add(1100, "c1/main", "process.kill", {3, 1}, {}, "main");
  run.add(3000, "c2/main", "process.start", {1});
  run.add(3100, "c2/main", "consumer.queue-taken", {0, 0});
  run.consume(3200, "c2/main", m, 0);
  run.found(9000, m, 0, 0);
  run.audited(9000);
  const Timeline t = timeline_of(run.record());
  EXPECT_EQ(fates_of(t)[m].verdict, Verdict::repeated);
  EXPECT_THAT(why(t, m),
              StartsWith("m1 was delivered more than once to one group: to c1 at 1.0110 s and to c2 at "
                         "3.2010 s. c2 began queue 0 at offset 0 at 3.1000 s, at or before the message's "
                         "offset 0. Between the two, c1 was killed at 1.1000 s.\n"));
  EXPECT_THAT(why(t, m), HasSubstr("c2                     takes queue 0 from offset 0"));
}

TEST(Why, TellsThatTwoReadOneQueue) {
  SmallRun run;
  const std::size_t m = run.message("m1");
  run.add(900, "c1/main", "consumer.queue-taken", {0, 0});
  run.add(950, "c2/main", "consumer.queue-taken", {0, 0});
  run.send(1000, m, 0, 0);
  run.consume(1010, "c2/main", m, 0);
  run.consume(1020, "c1/main", m, 0);
  run.found(9000, m, 0, 0);
  run.audited(9000);
  EXPECT_THAT(why(timeline_of(run.record()), m),
              HasSubstr("Both read queue 0 then: c2 since 0.9500 s, c1 since 0.9000 s."));
}

TEST(Why, TellsThatAMessageIsStoredTwiceBecauseTheAnswerWasLost) {
  SmallRun run;
  const std::size_t m = run.message("m1");
  run.add(1000, "p1/main", "message.sending", {}, {m});
  run.add(999, "world", "fault.begin", {4}, {}, "cut target=p1 at=999 duration=3000 ");
  run.frame(1000, "p1/main", "broker-a/main", {}, {m});
  run.write(1002, m, 0, 0);
  run.frame(1003, "broker-a/main", "p1/main", {.answer = 0, .arrives = false}, {m});
  run.frame(4000, "p1/main", "broker-a/main", {}, {m});
  run.write(4002, m, 200, 1);
  run.frame(4003, "broker-a/main", "p1/main", {.answer = 0}, {m});
  run.add(4004, "p1/main", "message.acknowledged", {0, 1}, {m}, "broker-a TopicTest");
  run.consume(1010, "c1/main", m, 0);
  run.consume(4010, "c1/main", m, 1);
  run.found(9000, m, 0, 0);
  run.audited(9000);
  const Timeline t = timeline_of(run.record());
  EXPECT_THAT(why(t, m),
              HasSubstr("It is stored 2 times, because its producer sent it 2 times: no answer to the "
                        "attempt of 1.0000 s came in time, fault 4 (cut for 3.0 s on p1)."));
  EXPECT_THAT(why(t, m), HasSubstr("never arrives"));
}

TEST(Why, TellsWhereALateMessageWaited) {
  SmallRun run;
  const std::size_t m = run.message("m1");
  run.send(1000, m, 0, 0);
  run.add(1100, "world", "fault.begin", {2}, {}, "pause target=c1 at=1100 duration=30000 ");
  run.add(31100, "world", "fault.end", {2}, {}, "pause target=c1 at=1100 duration=30000 ");
  run.consume(31200, "c1/main", m, 0);
  run.found(40000, m, 0, 0);
  run.audited(40000);
  const Timeline t = timeline_of(run.record());
  EXPECT_EQ(fates_of(t)[m].verdict, Verdict::late);
  EXPECT_THAT(why(t, m),
              StartsWith("m1 took 30.2 s from the send to the listener of CG. 30.1 s of it passed between"));
  EXPECT_THAT(why(t, m), HasSubstr("Fault 2 (pause for 30.0 s on c1) held until 31.1000 s.\n"));
}

TEST(Why, BlamesOnlyWhatWasBetweenThem) {
  const auto story = [](const std::string& fault) {
    SmallRun run;
    const std::size_t m = run.message("m1");
    run.send(1000, m, 0, 0);
    run.add(1100, "world", "fault.begin", {2}, {}, fault);
    run.consume(31200, "c1/main", m, 0);
    return why(timeline_of(run.record()), m);
  };
  EXPECT_THAT(story("cut target=broker-a peer=c1 at=1100 duration=30000 "),
              HasSubstr("Fault 2 (cut with c1 for 30.0 s on broker-a) held on to the end of the run."));
  EXPECT_THAT(story("clock_step target=c1 at=1100 duration=30000 amount=50 "), Not(HasSubstr(" held ")));
  EXPECT_THAT(story("cut target=broker-a peer=c2 at=1100 duration=30000 "), Not(HasSubstr(" held ")));
  EXPECT_THAT(story("pause target=c2 at=1100 duration=30000 "), Not(HasSubstr(" held ")));
  EXPECT_THAT(story("disk_slow target=c1 at=1100 duration=30000 amount=5 "), Not(HasSubstr(" held ")));
}

TEST(Why, NamesWhatHadMadeAConnectionSilent) {
  SmallRun run;
  const std::size_t m = run.message("m1");
  run.add(900, "world", "fault.begin", {3}, {}, "half_open target=p1 peer=broker-a at=900 duration=100 ");
  run.add(900, "world", "fault.end", {3}, {}, "half_open target=p1 peer=broker-a at=900 duration=100 ");
  run.add(1000, "p1/main", "message.sending", {}, {m});
  run.frame(1000, "p1/main", "broker-a/main", {.arrives = false}, {m});
  run.add(4000, "p1/main", "message.refused", {}, {m});
  run.audited(9000);
  const std::string story = why(timeline_of(run.record()), m);
  EXPECT_THAT(story,
              HasSubstr("after 1 attempt, and no log was ever written with it. Fault 3 (half_open with "
                        "broker-a on p1) had made the connection silent at 0.9000 s."));
  EXPECT_THAT(story, HasSubstr("fault 3: half_open with broker-a\n"));
}

TEST(Why, TellsThatAProducerDiedInItsSend) {
  SmallRun run;
  const std::size_t m = run.message("m1");
  run.add(1000, "p1/main", "message.sending", {}, {m});
  run.frame(1000, "p1/main", "broker-a/main", {.arrives = false}, {m});
  run.add(1500, "p1/main", "process.kill", {1, 1}, {}, "main");
  run.audited(9000);
  const std::string story = why(timeline_of(run.record()), m);
  EXPECT_THAT(story,
              StartsWith("The send of m1 began at 1.0000 s, and its producer p1 was killed at 1.5000 s;"));
  EXPECT_THAT(story, HasSubstr("is killed"));
}

TEST(Why, TellsWhoTookTheQueueLate) {
  SmallRun run;
  const std::size_t m = run.message("m1");
  run.send(1000, m, 0, 0);
  run.add(31'000, "c1/main", "consumer.queue-taken", {0, 0}, {}, "broker-a TopicTest");
  run.consume(31'200, "c1/main", m, 0);
  EXPECT_THAT(why(timeline_of(run.record()), m),
              HasSubstr("Nobody of CG had taken queue 0 of broker-a; c1 took it at 31.0000 s."));
  run.add(500, "c2/main", "consumer.queue-taken", {0, 0}, {}, "broker-b TopicTest");
  run.add(600, "c2/main", "consumer.queue-taken", {0, 0}, {}, "broker-a Other");
  EXPECT_THAT(why(timeline_of(run.record()), m), HasSubstr("Nobody of CG had taken queue 0 of broker-a;"));
  run.add(700, "c2/main", "consumer.queue-taken", {0, 0}, {}, "broker-a TopicTest");
  run.add(800, "c2/main", "consumer.queue-lost", {0, 0}, {}, "broker-a TopicTest");
  EXPECT_THAT(why(timeline_of(run.record()), m),
              HasSubstr("c2 had given up queue 0 of broker-a at 0.8000 s; c1 took it at 31.0000 s."));
}

TEST(Why, TellsWhoPulledPastAMissedMessage) {
  SmallRun run;
  const std::size_t m = run.message("m1");
  run.send(1000, m, 0, 0);
  run.frame(1500, "c1/main", "broker-a/main",
            {.connection = 2, .request = 11, .offset = 1, .text = "TopicTest CG"});
  run.found(9000, m, 0, 0);
  run.audited(9000);
  const Timeline t = timeline_of(run.record());
  EXPECT_EQ(fates_of(t)[m].verdict, Verdict::missed);
  EXPECT_THAT(
      why(t, m),
      StartsWith("m1 is stored (broker-a, queue 0 offset 0) and group CG never got it. c1 pulled from "
                 "behind it, offset 1, at 1.5000 s.\n"));
}

TEST(Why, TellsThatASendWasRefused) {
  SmallRun run;
  const std::size_t m = run.message("m1");
  run.add(1000, "p1/main", "message.sending", {}, {m});
  run.frame(1000, "p1/main", "broker-a/main", {.arrives = false}, {m});
  run.add(4000, "p1/main", "message.refused", {}, {m});
  run.audited(9000);
  EXPECT_THAT(
      why(timeline_of(run.record()), m),
      StartsWith("m1 was refused: its producer p1 gave it up at 4.0000 s after 1 attempt, and no log was "
                 "ever written with it."));
}

TEST(Why, StaysWithinItsLines) {
  SmallRun run;
  const std::size_t m = run.message("m1");
  run.send(1000, m, 0, 0);
  for (int i = 0; i < 200; ++i) run.consume(2000 + 10 * i, "c1/main", m, 0);
  run.found(9000, m, 0, 0);
  run.audited(9000);
  const std::string story = why(timeline_of(run.record()), m);
  EXPECT_LE(lines_of(story), story_lines_max);
  EXPECT_THAT(story, HasSubstr(" more steps\n"));
}

TEST(Words, SpansAndTimesAreReadable) {
  EXPECT_EQ(time_text(12'301'049'999), "12.3010 s");
  EXPECT_EQ(span_text(284'000), "284 µs");
  EXPECT_EQ(span_text(3'250'000), "3.2 ms");
  EXPECT_EQ(span_text(7'486'000'000), "7.4 s");
  EXPECT_EQ(shortened("a long line", 7), "a lo…");
  EXPECT_EQ(shortened("two\nlines", 20), "two lines");
  EXPECT_EQ(shortened("µµµµ", 6), "µ…") << "never half a character";
}

}  // namespace
}  // namespace gantry::traces::story
