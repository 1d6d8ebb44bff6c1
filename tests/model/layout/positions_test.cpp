#include "model/layout/positions.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gantry::model::layout {
namespace {

constexpr Checkpoint times{1000, 900, 0};

Positions some() {
  return {.log = {4096, 1000}, .projections = {{"queues", {4000, 900}, 17}, {"index", {100, 5}, -1}}};
}

TEST(Positions, ReadBackAsTheyWereWritten) {
  const Buffer file = encode(times, some());
  EXPECT_EQ(file.size(), Checkpoint::bytes);
  EXPECT_EQ(read_positions(file), some());
  EXPECT_EQ(read_checkpoint(file).value(), times) << "RocketMQ's times stand in front";
  const Buffer plain = encode(times);
  EXPECT_TRUE(std::equal(plain.begin(), plain.begin() + Positions::begin, file.begin()))
      << "and nothing else does";
}

TEST(Positions, OfACheckpointWithoutThemThereAreNone) {
  EXPECT_FALSE(read_positions(encode(times)));
  EXPECT_FALSE(read_positions({}));
  EXPECT_FALSE(read_positions(Buffer(24)));
}

TEST(Positions, DoNotCountWhenTheTimesWereChanged) {
  Buffer file = encode(times, some());
  const Buffer later = encode(Checkpoint{2000, 900, 0});
  std::copy_n(later.begin(), 24, file.begin());  // as a Java broker writes them, and leaves the rest
  EXPECT_FALSE(read_positions(file));
}

RC_GTEST_PROP(Positions, AnyDamageMakesThemNone, ()) {
  Buffer file = encode(times, some());
  const auto end = Positions::begin + 8 + 8 + 24 + 16 + some().projections.size() * (32 + 24) + 4;
  const auto at = *rc::gen::inRange<std::size_t>(Positions::begin, end);
  file[at] ^= std::byte(*rc::gen::inRange(1, 256));
  RC_ASSERT(!read_positions(file));
}

RC_GTEST_PROP(Positions, AnyBytesAreReadOrRefused, (std::vector<std::uint8_t> bytes)) {
  Buffer file = encode(times);
  for (std::size_t i = 0; i < std::min(bytes.size(), file.size() - Positions::begin); ++i)
    file[Positions::begin + i] = std::byte(bytes[i]);
  RC_ASSERT(!read_positions(file));
}

}  // namespace
}  // namespace gantry::model::layout
