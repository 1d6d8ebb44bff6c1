#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/traces/small_run.h"
#include "traces/draw/choose.h"
#include "traces/draw/dot.h"
#include "traces/draw/picture.h"
#include "traces/draw/text.h"

namespace gantry::traces::draw {
namespace {

using story::Timeline;
using story::What;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::size_t count(const Picture& p, What what) {
  // The legend has one of each of its own.
  const auto all = std::ranges::count(p.marks, what, &Mark::what);
  const Picture legend = [] {
    Picture only;
    add_legend(only, {});
    return only;
  }();
  return static_cast<std::size_t>(all - std::ranges::count(legend.marks, what, &Mark::what));
}

std::vector<const Line*> arrows(const Picture& p, Line::Kind kind) {
  std::vector<const Line*> found;
  for (const Line& line : p.lines)
    if (line.kind == kind && line.to.x - line.from.x != 28) found.push_back(&line);
  return found;
}

const Text* text_with(const Picture& p, const std::string& part) {
  for (const Text& text : p.texts)
    for (const std::string& line : text.lines)
      if (line.find(part) != std::string::npos) return &text;
  return nullptr;
}

double x_of(const Picture& p, const std::string& lane) {
  for (const Text& header : p.headers)
    if (header.lines.front() == lane) return header.at.x;
  return -1;
}

struct Drawn {
  Timeline timeline;
  Picture picture;
};

Drawn whole(const SmallRun& run) {
  Timeline t = story::timeline_of(run.record());
  Picture p = lay_out(t, whole_run(t), title_of(t));
  return {std::move(t), std::move(p)};
}

Drawn life(const SmallRun& run, std::size_t message) {
  Timeline t = story::timeline_of(run.record());
  Picture p = lay_out(t, life_of(t, message), "life");
  return {std::move(t), std::move(p)};
}

TEST(Picture, HasALaneForEachNodeThatDidSomething) {
  const auto [t, p] = whole(run_with_a_loss());
  std::vector<std::string> above;
  for (const Text& header : p.headers)
    if (header.at.y == p.headers.front().at.y) above.push_back(header.lines.front());
  EXPECT_THAT(above, ElementsAre("p1", "broker-a", "c1"));
  EXPECT_LT(x_of(p, "p1"), x_of(p, "broker-a"));
  EXPECT_NE(text_with(p, "nothing to draw for c2"), nullptr);
  EXPECT_NE(text_with(p, "every claim held; lost: m2"), nullptr);
}

TEST(Picture, ArrowsGoFromLaneToLaneAndDown) {
  const auto [t, p] = life(run_with_a_loss(), 0);
  const auto requests = arrows(p, Line::Kind::request);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0]->from.x, x_of(p, "p1"));
  EXPECT_EQ(requests[0]->to.x, x_of(p, "broker-a"));
  EXPECT_GT(requests[0]->to.y, requests[0]->from.y);
  ASSERT_EQ(arrows(p, Line::Kind::answer).size(), 1u);
  EXPECT_EQ(arrows(p, Line::Kind::answer)[0]->to.x, x_of(p, "p1"));
  EXPECT_EQ(arrows(p, Line::Kind::delivery).size(), 1u);
}

TEST(Picture, MarksWritesSyncsCrashesAndFaults) {
  const auto [t, p] = whole(run_with_a_loss());
  EXPECT_EQ(count(p, What::write), 3u);
  EXPECT_EQ(count(p, What::sync), 2u);
  EXPECT_EQ(count(p, What::power_loss), 1u);
  EXPECT_EQ(count(p, What::start), 1u) << "the first start of each is where its lane begins";
  EXPECT_EQ(count(p, What::consumed), 3u);
  ASSERT_EQ(p.boxes.size(), 1u);
  EXPECT_TRUE(p.boxes[0].hits_process);
  EXPECT_LT(p.boxes[0].from.y, p.boxes[0].to.y);
  EXPECT_EQ((p.boxes[0].from.x + p.boxes[0].to.x) / 2, x_of(p, "broker-a"));
}

TEST(Picture, ALaneIsDeadBetweenACrashAndTheNextStart) {
  const auto [t, p] = whole(run_with_a_loss());
  std::vector<const Line*> dead;
  for (const Line& line : p.lines)
    if (line.kind == Line::Kind::dead && line.from.x == line.to.x) dead.push_back(&line);
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(dead[0]->from.x, x_of(p, "broker-a"));
  const auto crash = std::ranges::find(p.marks, What::power_loss, &Mark::what);
  EXPECT_EQ(dead[0]->from.y, crash->at.y);
}

TEST(Picture, AFrameThatNeverArrivesSaysSoAndEndsOnTheWay) {
  SmallRun run;
  const std::size_t m = run.message("m1");
  run.add(1000, "p1/main", "message.sending", {}, {m});
  run.frame(1000, "p1/main", "broker-a/main", {.arrives = false}, {m});
  const auto [t, p] = life(run, m);
  EXPECT_NE(text_with(p, "never arrives"), nullptr);
  const auto requests = arrows(p, Line::Kind::request);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_FALSE(requests[0]->arrives);
  EXPECT_LT(requests[0]->to.x, x_of(p, "broker-a"));
}

TEST(Picture, TheLifeOfALostMessageEndsWithItsAbsence) {
  const auto [t, p] = life(run_with_a_loss(), 1);
  EXPECT_NE(text_with(p, "not synced: m2"), nullptr);
  EXPECT_NE(text_with(p, "m2 is not there"), nullptr);
  EXPECT_NE(text_with(p, "writes m3"), nullptr);
  EXPECT_EQ(text_with(p, "m1"), nullptr);
}

TEST(Picture, WhatIsLeftOutIsCounted) {
  const auto [t, p] = life(run_with_a_loss(), 1);
  EXPECT_NE(text_with(p, "⋮ 1.0 s, "), nullptr);
}

/// A label of one line takes this much of the height at its place.
bool overlap(const Text& a, const Text& b) {
  const auto left = [](const Text& t) {
    double width = 0;
    for (const auto& line : t.lines) width = std::max(width, width_of(line, t.size, t.bold));
    return t.align == Align::left ? t.at.x : t.align == Align::right ? t.at.x - width : t.at.x - width / 2;
  };
  const auto right = [&](const Text& t) {
    double width = 0;
    for (const auto& line : t.lines) width = std::max(width, width_of(line, t.size, t.bold));
    return left(t) + width;
  };
  const auto half = [](const Text& t) { return static_cast<double>(t.lines.size()) * t.size / 2; };
  return left(a) < right(b) && left(b) < right(a) && std::abs(a.at.y - b.at.y) < half(a) + half(b);
}

TEST(Picture, NoTextStandsOnAnotherOrOutsideOfThePicture) {
  for (const Picture& p : {whole(run_with_a_loss()).picture, life(run_with_a_loss(), 1).picture}) {
    for (std::size_t a = 0; a < p.texts.size(); ++a) {
      const Text& text = p.texts[a];
      const double width = width_of(text.lines.front(), text.size, text.bold);
      EXPECT_GE(text.align == Align::right ? text.at.x - width : text.at.x, 0) << text.lines.front();
      EXPECT_LE(text.align == Align::right ? text.at.x : text.at.x + width, p.width) << text.lines.front();
      EXPECT_LE(text.at.y, p.height);
      for (std::size_t b = a + 1; b < p.texts.size(); ++b)
        EXPECT_FALSE(overlap(text, p.texts[b])) << text.lines.front() << " | " << p.texts[b].lines.front();
    }
  }
}

TEST(WholeRun, ALongOneIsCondensedAndKeepsWhatMatters) {
  SmallRun run;
  std::vector<std::size_t> messages;
  for (int i = 0; i < 300; ++i) messages.push_back(run.message("m" + std::to_string(i)));
  for (int i = 0; i < 300; ++i) {
    run.send(1000 + 10 * i, messages[static_cast<std::size_t>(i)], 200 * i, i);
    if (i == 150) run.lose_power(1000 + 10 * i + 6, 1000 + 10 * i + 8);
  }
  // All but the one that the power took are found.
  for (int i = 0; i < 300; ++i)
    if (i != 150) run.found(9000, messages[static_cast<std::size_t>(i)], 200 * i, i);
  run.audited(9000);
  const Timeline t = story::timeline_of(run.record());
  const auto shown = whole_run(t);
  EXPECT_LE(shown.size(), shown_max);
  EXPECT_GT(shown.size(), 10u);
  const auto single = [&](What what, std::size_t message) {
    return std::ranges::any_of(shown, [&](const Shown& s) {
      return s.all.what == what && s.steps.size() == 1 && s.all.messages == std::vector<std::size_t>{message};
    });
  };
  EXPECT_TRUE(single(What::write, messages[150])) << "the lost one is drawn by itself";
  EXPECT_EQ(std::ranges::count_if(shown, [](const Shown& s) { return s.all.what == What::power_loss; }), 1);
  std::size_t steps = 0, sends = 0;
  for (const Shown& s : shown) {
    steps += s.steps.size();
    if (s.all.what == What::frame && !s.all.frame.is_answer()) sends += s.steps.size();
  }
  EXPECT_EQ(sends, 300u) << "what is drawn as one is counted";
  EXPECT_GT(steps, 900u);
}

TEST(WholeRun, OfNothingIsAPicture) {
  const auto [t, p] = whole(SmallRun());
  EXPECT_TRUE(p.headers.empty());
  EXPECT_THAT(to_dot(p), HasSubstr("every claim held"));
}

TEST(Dot, EveryPlaceIsFixedAndTextIsQuoted) {
  Picture p;
  p.width = 100, p.height = 50;
  p.texts.push_back({{10, 10}, Align::left, {"a \"quoted\\\" word\n"}, 9, false, false, false});
  p.lines.push_back({{10, 20}, {60, 20}, Line::Kind::request, true, false});
  p.marks.push_back({{10, 20}, What::write});
  const std::string dot = to_dot(p);
  EXPECT_THAT(dot, HasSubstr(R"(label="a \"quoted\\\" word \l")"));
  EXPECT_THAT(dot, HasSubstr("pos=\"10.0,30.0\""));
  EXPECT_THAT(dot, HasSubstr("shape=square"));
  std::size_t nodes = 0, places = 0;
  for (std::size_t at = 0; (at = dot.find("\n  n", at)) != std::string::npos; ++at) {
    const std::string line = dot.substr(at + 1, dot.find('\n', at + 1) - at - 1);
    if (line.starts_with("  node") || line.find(" -- ") != std::string::npos) continue;
    ++nodes;
    places += line.find("pos=\"") != std::string::npos ? 1 : 0;
  }
  EXPECT_GT(nodes, 4u);
  EXPECT_EQ(nodes, places);
}

TEST(Text, WrapsBetweenWords) {
  EXPECT_THAT(wrapped("one two three", 10, width_of("one two", 10)), ElementsAre("one two", "three"));
  EXPECT_THAT(wrapped("", 10, 100), ElementsAre(""));
  EXPECT_THAT(wrapped("averyveryverylongword", 10, 5), ElementsAre("averyveryverylongword"));
  EXPECT_GT(width_of("WWW", 9), width_of("iii", 9));
  EXPECT_EQ(width_of("µ", 10), width_of("…", 10)) << "a character counts once, however many bytes it has";
}

}  // namespace
}  // namespace gantry::traces::draw
