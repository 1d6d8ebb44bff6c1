// The generator is watched: what it never really exercises would be claimed and not tested.

#include "properties/trials/coverage.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace gantry::properties::trials {
namespace {

TEST(Coverage, EveryKindOfFaultMeetsSomethingWithin300Seeds) {
  Coverage coverage;
  ASSERT_TRUE(run({.seeds = 300}, [&](const Verdict& v) { coverage.add(v); }));
  EXPECT_EQ(coverage.runs(), 300u);
  EXPECT_EQ(coverage.missing(), std::vector<std::string>()) << coverage.text();
}

TEST(Coverage, WhatNeverHappenedIsMissing) {
  Coverage coverage;
  coverage.add({.marks = "fault cut hit\nphase cut recovering\n"});
  const auto missing = coverage.missing();
  const auto has = [&](const std::string& what) {
    return std::find(missing.begin(), missing.end(), what) != missing.end();
  };
  EXPECT_FALSE(has("cut meets anything"));
  EXPECT_TRUE(has("half_open meets anything"));
  EXPECT_FALSE(has("a fault strikes in phase recovering"));
  EXPECT_TRUE(has("a fault strikes in phase rebalancing"));
}

}  // namespace
}  // namespace gantry::properties::trials
