// Whatever a readable record holds, it can be told and drawn: a record file may come from elsewhere, or from
// a run that went wrong in ways that nobody thought of.
#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "traces/draw/choose.h"
#include "traces/draw/dot.h"
#include "traces/draw/picture.h"
#include "traces/record/record.h"
#include "traces/record/sort.h"
#include "traces/story/timeline.h"
#include "traces/story/why.h"

namespace gantry::traces {
namespace {

constexpr const char* kinds[] = {"process.start",      "process.end",          "process.kill",
                                 "machine.power-loss", "machine.power-on",     "fault.begin",
                                 "fault.end",          "net.accept",           "net.connected",
                                 "frame.sent",         "frame.received",       "disk.write",
                                 "disk.written",       "disk.write-failed",    "disk.sync",
                                 "disk.synced",        "disk.sync-failed",     "log.record",
                                 "log.warn",           "message.sending",      "message.acknowledged",
                                 "message.refused",    "message.consumed",     "message.stored",
                                 "audit.end",          "consumer.queue-taken", "consumer.queue-lost",
                                 "something.else"};
constexpr const char* nodes[] = {"p1/main", "broker-a/main", "c1/main", "auditor/main", "x/y", "world"};
constexpr const char* texts[] = {"",
                                 "broker-a",
                                 "CG broker-a TopicTest",
                                 "broker-a TopicTest",
                                 "/main/store/commitlog/00000000000000000000",
                                 "power_loss target=broker-a at=1 duration=2",
                                 "cut target=p1 peer=broker-a at=1 duration=-1 amount=3",
                                 "\"\\ \n"};

record::Event any_event(std::size_t messages) {
  const auto small = rc::gen::inRange<std::int64_t>(-1, 5);
  // Mostly as many facts as a frame has.
  const auto count = *rc::gen::weightedElement<std::size_t>({{1, 0}, {1, 1}, {3, 2}, {3, 4}, {3, 9}});
  record::Event e{*rc::gen::inRange<std::int64_t>(0, 20'000'000'000),
                  *rc::gen::elementOf(std::vector<std::string>(std::begin(nodes), std::end(nodes))),
                  1,
                  1,
                  *rc::gen::elementOf(std::vector<std::string>(std::begin(kinds), std::end(kinds))),
                  *rc::gen::container<std::vector<std::int64_t>>(count, small),
                  {},
                  *rc::gen::elementOf(std::vector<std::string>(std::begin(texts), std::end(texts)))};
  if (messages > 0 && *rc::gen::arbitrary<bool>())
    e.messages.push_back(*rc::gen::inRange<std::size_t>(0, messages));
  return e;
}

record::Record any_record() {
  record::Record r;
  r.build = r.hash = r.verdict = "x";
  if (*rc::gen::arbitrary<bool>())
    r.nodes = {{"producer", "p1/main", ""},
               {"broker", "broker-a/main", "ASYNC_FLUSH"},
               {"consumer", "c1/main", "CG TopicTest"}};
  const auto messages = *rc::gen::inRange<std::size_t>(0, 4);
  for (std::size_t m = 0; m < messages; ++m) r.messages.push_back({"-", "m" + std::to_string(m)});
  const auto events = *rc::gen::inRange<int>(0, 60);
  for (int i = 0; i < events; ++i) r.events.push_back(any_event(messages));
  record::sort_stably(r.events, [](const record::Event& e) { return e.at_ns; });
  return r;
}

RC_GTEST_PROP(AnyRecord, CanBeToldAndDrawn, ()) {
  const record::Record r = any_record();
  const auto back = record::parse(to_text(r));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == r);
  const auto t = story::timeline_of(r);
  RC_ASSERT(to_dot(lay_out(t, draw::whole_run(t, 20), t.verdict)).ends_with("}\n"));
  for (std::size_t m = 0; m < t.messages.size(); ++m) {
    const std::string story = why(t, m);
    RC_ASSERT(story.starts_with("m") || story.starts_with("The send of m"));
    RC_ASSERT(static_cast<std::size_t>(std::ranges::count(story, '\n')) <= story::story_lines_max);
    RC_ASSERT(to_dot(lay_out(t, draw::life_of(t, m), story)).ends_with("}\n"));
  }
}

}  // namespace
}  // namespace gantry::traces
