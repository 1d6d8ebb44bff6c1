#include "broker/statistics/statistics.h"

#include <gtest/gtest.h>

namespace gantry::broker::statistics {
namespace {

using namespace std::chrono_literals;
using runtime::Instant;

constexpr Instant at(std::int64_t seconds) {
  return Instant{seconds * 1'000'000'000};
}

TEST(Latencies, PercentilesAreRightToAnEighth) {
  Latencies latencies;
  EXPECT_EQ(latencies.percentile(at(1), 0.99), 0);
  for (int ms = 1; ms <= 1000; ++ms) latencies.add(at(1), std::chrono::milliseconds(ms));
  for (const auto& [share, right] :
       {std::pair(0.5, 500.0), std::pair(0.99, 990.0), std::pair(0.999, 999.0)}) {
    EXPECT_GE(latencies.percentile(at(1), share), right);
    EXPECT_LE(latencies.percentile(at(1), share), right * 1.125 + 1);
  }
  EXPECT_GE(latencies.percentile(at(1), 1.0), 1000);
  EXPECT_LE(latencies.percentile(at(1), 1.0), 1126);
}

TEST(Latencies, ForgetWhatIsTwoMinutesOld) {
  Latencies latencies;
  latencies.add(at(10), 10s);
  latencies.add(at(70), 1ms);
  EXPECT_GT(latencies.percentile(at(70), 1.0), 9000);
  EXPECT_LT(latencies.percentile(at(130), 1.0), 2);
  EXPECT_EQ(latencies.percentile(at(600), 1.0), 0);
}

TEST(Latencies, TakeAnyDuration) {
  Latencies latencies;
  for (const runtime::Duration took :
       {runtime::Duration(-5s), runtime::Duration(0), runtime::Duration::max()})
    latencies.add(at(1), took);
  EXPECT_GT(latencies.percentile(at(1), 1.0), 1e9);
  EXPECT_LT(latencies.percentile(at(1), 0.5), 1);
}

}  // namespace
}  // namespace gantry::broker::statistics
