// The shrinker, over planted bugs that are functions of a case: what is guilty is known.

#include <algorithm>
#include <cstdlib>
#include <set>
#include <tuple>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/cases/generate.h"
#include "properties/trials/shrink.h"
#include "tests/properties/any_case.h"

namespace gantry::properties {
namespace {

using cases::Case;
using trials::Shrunk;
using trials::Verdict;
using Ids = std::set<std::int32_t>;

Case with_faults(std::int32_t count, std::uint64_t seed = 7) {
  Case c = cases::generate(seed, {.messages_max = 40});
  c.faults.clear();
  for (std::int32_t id = 1; id <= count; ++id)
    c.faults.push_back(
        {id, sim::faults::Kind::pause, c.brokers[0].name, "", {.at_ms = id * 100}, 5000, 0, ""});
  return c;
}

Ids fault_ids(const Case& c) {
  Ids ids;
  for (const auto& fault : c.faults) ids.insert(fault.id);
  return ids;
}

bool has_all(const Case& c, const Ids& guilty) {
  return std::ranges::includes(fault_ids(c), guilty);
}

Verdict verdict(const char* claim) {
  return {0, {}, 1, 0, claim, ""};
}

/// Of `count` numbers from 1 on, `k` that lie far apart.
Ids spread(std::int32_t count, std::int32_t k) {
  Ids ids;
  for (std::int32_t i = 0; i < k; ++i) ids.insert(1 + (i * count + count / 2) / k);
  return ids;
}

struct Guilty {
  std::int32_t faults, guilty;
  std::size_t deletions_max;  // what ddmin that carries its position needs, and a third more
};

class KGuilty : public testing::TestWithParam<Guilty> {};

TEST_P(KGuilty, AreWhatIsLeftInFewRuns) {
  const Ids guilty = spread(GetParam().faults, GetParam().guilty);
  std::size_t runs = 0, at_last_deletion = 0, left = static_cast<std::size_t>(GetParam().faults);
  const auto run = [&](const Case& c) {
    ++runs;
    if (!has_all(c, guilty)) return verdict("");
    if (c.faults.size() < left) left = c.faults.size(), at_last_deletion = runs;
    return verdict("planted");
  };
  const Shrunk shrunk = trials::shrink_with(with_faults(GetParam().faults), verdict("planted"), run);
  EXPECT_EQ(fault_ids(shrunk.smallest), guilty);
  EXPECT_TRUE(shrunk.smallest.sends.empty());
  EXPECT_TRUE(shrunk.complete);
  EXPECT_LE(at_last_deletion, GetParam().deletions_max);
  EXPECT_LE(shrunk.runs, 150u);
  EXPECT_LE(trials::case_file(shrunk.smallest, shrunk.verdict).size(), trials::small_bytes_max);
}

INSTANTIATE_TEST_SUITE_P(Of, KGuilty,
                         testing::Values(Guilty{20, 3, 40}, Guilty{100, 1, 30}, Guilty{100, 3, 60},
                                         Guilty{100, 6, 90}));

TEST(Shrink, ABugWithoutAnyRecordGetsDownToOneServerOfEachSort) {
  const Shrunk shrunk = trials::shrink_with(with_faults(20), verdict("planted"),
                                            [](const Case&) { return verdict("planted"); });
  EXPECT_EQ(trials::size_of(shrunk.smallest), "0 faults, 0 operations, 2 nodes");
}

TEST(Shrink, TimesAndNumbersGetSmallAsWell) {
  const auto run = [](const Case& c) {
    const bool fails =
        c.faults.size() == 1 && c.faults[0].duration_ms >= 1700 && c.faults[0].anchor.at_ms >= 40;
    return verdict(fails ? "planted" : "");
  };
  Case c = with_faults(1);
  c.faults[0].anchor.at_ms = 7342;
  c.faults[0].duration_ms = 6789;
  const Case small = trials::shrink_with(c, verdict("planted"), run).smallest;
  EXPECT_EQ(small.faults[0].anchor.at_ms, 50);
  EXPECT_EQ(small.faults[0].duration_ms, 3000);
}

TEST(Shrink, AnotherBugOnTheWayIsNotTaken) {
  // With less than both of its faults it fails too, but differently.
  const auto run = [](const Case& c) { return verdict(has_all(c, {3, 8}) ? "planted" : "another"); };
  EXPECT_EQ(fault_ids(trials::shrink_with(with_faults(10), verdict("planted"), run).smallest), (Ids{3, 8}));
}

TEST(Shrink, AnAbortShrinksLikeAnyOtherFailure) {
  const trials::Judge judge = [](const Case& c) {
    invariant(!has_all(c, {2, 5}), "two and five never meet");
    if (has_all(c, {2})) std::abort();
    return verdict("");
  };
  const trials::Manner manner{.sealed = false, .quiet = true};
  const auto run = [&](const Case& c) { return trials::judge_one(c, judge, manner); };
  const Case c = with_faults(8);
  const Verdict failed = run(c);
  EXPECT_EQ(failed.claim, "crash");
  EXPECT_NE(failed.what.find("invariant broken: two and five never meet"), std::string::npos) << failed.what;
  const Shrunk shrunk = trials::shrink_with(c, failed, run);
  EXPECT_EQ(fault_ids(shrunk.smallest), (Ids{2, 5}));
  EXPECT_EQ(shrunk.verdict.what, failed.what);
}

TEST(Shrink, ARunThatDoesNotEndShrinksLikeAnyOtherFailure) {
  const trials::Judge judge = [](const Case& c) {
    for (volatile bool forever = has_all(c, {3}); forever;) {
    }
    return verdict("");
  };
  const trials::Manner manner{.sealed = false, .limit = std::chrono::milliseconds(500), .quiet = true};
  const auto run = [&](const Case& c) { return trials::judge_one(c, judge, manner); };
  Case c = with_faults(4);
  c.sends.clear();
  const Verdict failed = run(c);
  EXPECT_EQ(failed.what, "the run did not end");
  EXPECT_EQ(fault_ids(trials::shrink_with(c, failed, run).smallest), (Ids{3}));
}

/// Less of it in every candidate: records, then faults that wait for an event, then what is in them.
auto weight(const Case& c) {
  std::size_t keys = 0, waiting = 0;
  for (const auto& b : c.brokers) keys += b.config.size();
  std::int64_t numbers = 0, strength = 0;
  for (const auto& t : c.topics) numbers += t.queues;
  for (const auto& k : c.consumers) {
    keys += k.threads == cases::ConsumerSpec{}.threads ? 0 : 1;
    numbers += k.listener_ms;
  }
  for (const auto& s : c.sends) numbers += s.at_ms + s.bytes;
  for (const auto& f : c.faults) {
    numbers +=
        f.anchor.at_ms + static_cast<std::int64_t>(f.anchor.occurrence) + f.duration_ms + std::abs(f.amount);
    waiting += f.anchor.event.empty() ? 0 : 1;
    strength += f.kind == sim::faults::Kind::power_loss || f.kind == sim::faults::Kind::cut ? 1 : 0;
  }
  const std::size_t nodes = c.namesrvs.size() + c.brokers.size() + c.producers.size() + c.consumers.size();
  return std::tuple(nodes + c.topics.size() + c.faults.size() + c.sends.size() + keys, waiting,
                    numbers + strength);
}

RC_GTEST_PROP(Shrink, EveryCandidateIsWellFormedAndSmaller, (std::uint64_t seed)) {
  const Case c = cases::generate(seed, {.messages_max = 8});
  for (const cases::Edit& edit : cases::all_edits())
    for (std::size_t place = 0; place < edit.places(c); ++place)
      if (const auto less = edit.at(c, place, 1)) {
        RC_ASSERT(cases::parse(cases::to_text(*less)).has_value());
        RC_ASSERT(weight(*less) < weight(c));
      }
}

RC_GTEST_PROP(Shrink, WhatIsLeftIsOneMinimalEvenWhenMoreFaultsHideABug,
              (std::uint64_t seed, std::uint8_t salt)) {
  // Fails by a rule that is not monotone: some records hide it again.
  const auto fails = [salt](const Case& c) {
    const std::size_t sum = c.faults.size() * 7 + c.sends.size() * 3 + c.consumers.size();
    return (sum + salt) % 5 < 3 && c.sends.size() > salt % 4u && c.quiet_from_ms() > salt * 20;
  };
  const Case c = cases::generate(seed, {.messages_max = 20});
  RC_PRE(fails(c));
  cases::Walk walk(c, 100'000);
  while (const auto less = walk.next()) {
    if (fails(*less)) walk.accept(*less);
    else walk.reject();
  }
  const Case& left = walk.smallest();
  RC_ASSERT(fails(left));
  RC_ASSERT(walk.complete());
  for (const cases::Edit& edit : cases::all_edits())
    for (std::size_t place = 0; place < edit.places(left); ++place)
      if (const auto less = edit.at(left, place, 1)) RC_ASSERT(!fails(*less));
}

TEST(Shrink, AWalkEndsWhereItsCandidatesRunOut) {
  cases::Walk walk(with_faults(100), 10);
  std::size_t offered = 0;
  for (; walk.next(); walk.reject()) ++offered;
  EXPECT_EQ(offered, 10u);
  EXPECT_FALSE(walk.complete());
}

TEST(Shrink, ARapidCheckShrinkableWalksTheSameWayWithoutStartingAgain) {
  const Ids guilty = spread(100, 3);
  std::size_t runs = 0;
  const auto run = [&](const Case& c) { return ++runs, verdict(has_all(c, guilty) ? "planted" : ""); };
  const Shrunk plain = trials::shrink_with(with_faults(100), verdict("planted"), run);
  ASSERT_EQ(runs, plain.runs);

  runs = 0;
  rc::Shrinkable<Trial> best = shrinkable(with_faults(100), [&](const Case&) { return verdict("planted"); });
  for (bool shrinks = true; shrinks;) {  // what rc::check does
    shrinks = false;
    auto candidates = best.shrinks();
    while (const auto candidate = candidates.next()) {
      if (run(candidate->value().c).claim != "planted") continue;
      best = *candidate;
      shrinks = true;
      break;
    }
  }
  EXPECT_EQ(best.value().c, plain.smallest);
  EXPECT_EQ(best.value().like.claim, "planted");
  EXPECT_EQ(runs, plain.runs);
}

}  // namespace
}  // namespace gantry::properties
