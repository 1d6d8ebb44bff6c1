#include "model/base/histogram.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace gantry {
namespace {

using Fine = Histogram<8, 44>;
using Coarse = Histogram<4, 42>;

constexpr double percents[] = {0, 10, 50, 90, 99, 99.9, 99.99, 100};

/// Below 2^`bits`; of all sizes, not only of large ones.
std::vector<std::int64_t> durations(int bits = 44) {
  return *rc::gen::nonEmpty(rc::gen::container<std::vector<std::int64_t>>(
      rc::gen::map(rc::gen::pair(rc::gen::inRange(0, bits - 1), rc::gen::arbitrary<std::uint32_t>()),
                   [](std::pair<int, std::uint32_t> p) {
                     const std::int64_t top = std::int64_t{1} << p.first;
                     return top + static_cast<std::int64_t>(p.second) % top;
                   })));
}

std::int64_t exact_value_at(std::vector<std::int64_t> values, double percent) {
  std::ranges::sort(values);
  const double wanted = percent / 100 * static_cast<double>(values.size());
  const auto rank = std::max(1.0, std::ceil(wanted - 1e-6));
  return values[static_cast<std::size_t>(rank) - 1];
}

TEST(Histogram, IsEmptyAtFirst) {
  const Fine histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.max(), 0);
  EXPECT_EQ(histogram.mean(), 0);
  for (const double percent : percents) EXPECT_EQ(histogram.value_at(percent), 0);
}

template <class Histogram>
void expect_buckets_without_a_gap(int buckets) {
  std::int64_t next = 0;
  for (int i = 0; i < buckets; ++i) {
    const auto bucket = Histogram::bucket_of(next);
    ASSERT_EQ(bucket.from, next);
    ASSERT_GE(bucket.to, bucket.from);
    next = bucket.to + 1;
  }
  EXPECT_EQ(next, Histogram::largest + 1);
}

TEST(Histogram, BucketsFollowEachOtherWithoutAGap) {
  expect_buckets_without_a_gap<Fine>(4864);
  expect_buckets_without_a_gap<Coarse>(320);
}

/// The bound that the type's first parameter promises, for buckets and for percentiles.
template <class Histogram, std::int64_t Part>
void expect_precision(const std::vector<std::int64_t>& values) {
  Histogram histogram;
  for (const std::int64_t value : values) {
    const auto bucket = Histogram::bucket_of(value);
    RC_ASSERT(bucket.from <= value && value <= bucket.to);
    RC_ASSERT((bucket.to - bucket.from) * Part <= value);
    histogram.record(value);
  }
  for (const double percent : percents) {
    const std::int64_t exact = exact_value_at(values, percent);
    const std::int64_t told = histogram.value_at(percent);
    RC_ASSERT(told >= exact);
    RC_ASSERT((told - exact) * Part <= exact);
  }
  RC_ASSERT(histogram.max() == *std::ranges::max_element(values));
  RC_ASSERT(histogram.value_at(100) == histogram.max());
}

RC_GTEST_PROP(Histogram, APercentileIsNeverTooLittleAndAtMostA128thTooMuch, ()) {
  expect_precision<Fine, 128>(durations());
}

RC_GTEST_PROP(Histogram, ACoarserOneIsPreciseToItsEighth, ()) {
  expect_precision<Coarse, 8>(durations(42));
}

RC_GTEST_PROP(Histogram, TwoAddedAreOneThatSawAll, ()) {
  const auto some = durations();
  const auto others = durations();
  Fine one, other, both;
  for (const auto value : some) one.record(value), both.record(value);
  for (const auto value : others) other.record(value), both.record(value);
  one.add(other);
  RC_ASSERT(one.count() == both.count());
  RC_ASSERT(one.max() == both.max());
  RC_ASSERT(std::abs(one.mean() - both.mean()) <= both.mean() * 1e-9);
  for (const double percent : percents) RC_ASSERT(one.value_at(percent) == both.value_at(percent));
}

TEST(Histogram, ThePercentileOfThousandsIsTheOneAtItsRank) {
  Fine histogram;
  for (std::int64_t value = 1; value <= 1000; ++value) histogram.record(value % 200);
  EXPECT_EQ(histogram.value_at(50), 99);
  EXPECT_EQ(histogram.value_at(99.5), 198);
  EXPECT_EQ(histogram.value_at(99.9), 199);
}

TEST(Histogram, WhatIsOutOfRangeCountsAtTheEnds) {
  Fine histogram;
  histogram.record(-5);
  histogram.record(std::int64_t{1} << 60, 3);
  EXPECT_EQ(histogram.count(), 4u);
  EXPECT_EQ(histogram.value_at(25), 0);
  EXPECT_EQ(histogram.max(), Fine::largest);
}

TEST(Histogram, ClearForgetsAll) {
  Fine histogram;
  histogram.record(7, 9);
  histogram.clear();
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.max(), 0);
  EXPECT_EQ(histogram.value_at(50), 0);
}

}  // namespace
}  // namespace gantry
