#include "client/bench/options.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

namespace gantry::client::bench {
namespace {

Options good() {
  Options options;
  options.broker = "127.0.0.1:10911";
  return options;
}

/// What is said about the good options after a change; empty when they stay good.
std::string said_after(const std::function<void(Options&)>& change) {
  Options options = good();
  change(options);
  return contradiction_in(options).value_or("");
}

TEST(Options, TheDefaultsAndABrokerAreEnough) {
  EXPECT_EQ(contradiction_in(good()), std::nullopt);
}

TEST(Options, EitherANameServerOrABroker) {
  EXPECT_EQ(said_after([](Options& o) { o.broker.clear(), o.namesrvs = "a:1;b:2"; }), "");
  EXPECT_NE(said_after([](Options& o) { o.broker.clear(); }).find("--namesrv or --broker"),
            std::string::npos);
  EXPECT_NE(said_after([](Options& o) { o.namesrvs = "a:1"; }).find("--namesrv or --broker"),
            std::string::npos);
}

TEST(Options, WhatIsWrongIsNamed) {
  const std::pair<const char*, std::function<void(Options&)>> cases[] = {
      {"--broker", [](Options& o) { o.broker = "nowhere"; }},
      {"--broker", [](Options& o) { o.broker = "a:99999"; }},
      {"--broker", [](Options& o) { o.broker = "a:1;b:2"; }},
      {"--topic", [](Options& o) { o.topic = "../evil"; }},
      {"--connections", [](Options& o) { o.connections = 0; }},
      {"--in-flight", [](Options& o) { o.in_flight = 0; }},
      {"--in-flight", [](Options& o) { o.in_flight = 65537; }},
      {"--batch", [](Options& o) { o.batch = 0; }},
      {"--queues", [](Options& o) { o.queues = 0; }},
      {"--body", [](Options& o) { o.body_bytes = 5u << 20; }},
      {"--body", [](Options& o) { o.batch = 65536, o.body_bytes = 65536; }},
      {"--rate", [](Options& o) { o.rate = -1; }},
      {"--rate", [](Options& o) { o.rate = std::numeric_limits<double>::infinity(); }},
      {"--rate", [](Options& o) { o.rate = 1e300; }},
      {"--timeout", [](Options& o) { o.timeout_s = std::numeric_limits<double>::infinity(); }},
      {"--rate", [](Options& o) { o.rate = std::numeric_limits<double>::quiet_NaN(); }},
      {"--seconds", [](Options& o) { o.seconds = 0; }},
      {"--warm-up", [](Options& o) { o.warm_up_s = -1; }},
      {"--timeout", [](Options& o) { o.timeout_s = 0; }},
  };
  for (const auto& [option, change] : cases) EXPECT_TRUE(said_after(change).starts_with(option)) << option;
}

}  // namespace
}  // namespace gantry::client::bench
