#include "client/bench/report.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "client/bench/plot.h"

namespace gantry::client::bench {
namespace {

Period period(double from, double seconds, std::uint64_t requests, bool warm_up) {
  Period made{
      .from_s = from, .seconds = seconds, .warm_up = warm_up, .requests = requests, .messages = requests};
  for (std::uint64_t i = 0; i < requests; ++i)
    made.latency.record(static_cast<std::int64_t>(100'000 + i * 1'000));
  return made;
}

Measured measured() {
  Measured made;
  made.periods = {period(0, 1, 50, true), period(1, 1, 100, false), period(2, 1, 300, false)};
  made.total = period(1, 2, 400, false);
  return made;
}

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++found;
  return found;
}

TEST(Report, TimesAreReadable) {
  EXPECT_EQ(text_of_ns(870), "870 ns");
  EXPECT_EQ(text_of_ns(12'340), "12.3 us");
  EXPECT_EQ(text_of_ns(4'560'000), "4.56 ms");
  EXPECT_EQ(text_of_ns(1'200'000'000), "1.20 s");
}

TEST(Report, TheCsvHasARowPerPeriodAndATotal) {
  const std::string csv = to_csv(measured());
  EXPECT_TRUE(
      csv.starts_with("phase,from_s,seconds,requests,messages,failed,messages_per_s,behind,mean_us,p50_us,"
                      "p90_us,p99_us,p99.9_us,p99.99_us,max_us\n"));
  EXPECT_EQ(count(csv, "\n"), 5u);
  EXPECT_EQ(count(csv, "\nwarm-up,0.000,1.000,50,50,0,50.0,0,"), 1u);
  EXPECT_EQ(count(csv, "\nmeasured,"), 2u);
  EXPECT_EQ(count(csv, "\ntotal,1.000,2.000,400,400,0,200.0,0,"), 1u);
  EXPECT_EQ(count(csv, ","), 5u * 14u);
}

TEST(Report, TheSummaryTellsWhatWentWrong) {
  Measured broken = measured();
  broken.failures[2] = {3, "[TIMEOUT_CLEAN_QUEUE]broker busy"};
  broken.unanswered = 7;
  broken.total.behind = 12;
  Options options;
  options.rate = 1000;
  const std::string text = summary(options, broken);
  EXPECT_NE(text.find("3 x 2 SYSTEM_BUSY: [TIMEOUT_CLEAN_QUEUE]broker busy"), text.npos) << text;
  EXPECT_NE(text.find("unanswered  7 requests"), text.npos) << text;
  EXPECT_NE(text.find("not kept: up to 12 requests (12.0 ms) behind"), text.npos) << text;
  broken.total.behind = 9;
  EXPECT_NE(summary(options, broken).find("schedule    kept: up to 9 requests (9.0 ms) behind"), text.npos);
  EXPECT_EQ(text.find("broke off"), text.npos);
  broken.broken_off = "the broker closed the connection";
  EXPECT_NE(summary(options, broken).find("broke off   2.0 of 10 s were measured: the broker closed"),
            text.npos)
      << summary(options, broken);
  EXPECT_EQ(summary(Options{}, measured()).find("failed"), std::string::npos);
}

TEST(Report, TheProgressLineNamesTheWarmUpAndTheBacklog) {
  Period late = period(0, 1, 10, true);
  late.behind = 5;
  const std::string line = progress_line(late, true);
  EXPECT_NE(line.find("behind 5"), line.npos);
  EXPECT_NE(line.find("(warm-up)"), line.npos);
  EXPECT_EQ(progress_line(late, false).find("behind"), std::string::npos);
}

TEST(Plot, IsWellFormedAndHoldsBothCurves) {
  const std::string svg = to_svg("a < b & c", measured());
  EXPECT_TRUE(svg.starts_with("<svg "));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_NE(svg.find("a &lt; b &amp; c"), svg.npos);
  EXPECT_EQ(count(svg, "<polyline"), 2u);
  EXPECT_NE(svg.find(">p99 "), svg.npos);
  EXPECT_EQ(count(svg, ">p99.9 "), 0u);  // 400 values do not know the thousandth
  EXPECT_EQ(svg.find("nan"), svg.npos);
  EXPECT_EQ(svg.find("inf"), svg.npos);
}

TEST(Plot, OfNothingIsStillAPicture) {
  const std::string svg = to_svg("nothing", Measured{});
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_EQ(svg.find("nan"), svg.npos);
  EXPECT_EQ(svg.find("inf"), svg.npos);
}

}  // namespace
}  // namespace gantry::client::bench
