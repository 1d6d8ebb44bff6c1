#include "broker/namesrv/kv_config.h"

#include <gtest/gtest.h>

#include "sim/simulation.h"

namespace gantry::broker::namesrv {
namespace {

constexpr std::string_view path = "conf/kvConfig.json";

void write(runtime::Disk& disk, std::string_view to, std::string_view text) {
  ASSERT_TRUE(disk.make_directories("conf"));
  const auto file = disk.open(to, runtime::OpenMode::create_if_missing).value();
  ASSERT_TRUE(file->truncate(0));
  ASSERT_TRUE(file->write_at(0, std::vector<Bytes>{as_bytes(text)}));
}

TEST(KvConfig, KeepsWhatWasPutAcrossARestart) {
  sim::in_simulation([](runtime::Runtime runtime) {
    {
      KvConfig kv(runtime, std::string(path));
      ASSERT_TRUE(kv.load());
      ASSERT_TRUE(kv.put("NS", "key", "value \"quoted\""));
      ASSERT_TRUE(kv.put("NS", "gone", "x"));
      ASSERT_TRUE(kv.remove("NS", "gone"));
      ASSERT_TRUE(kv.remove("NS", "never there"));
      ASSERT_TRUE(kv.remove("other", "never there"));
    }
    KvConfig kv(runtime, std::string(path));
    ASSERT_TRUE(kv.load());
    EXPECT_EQ(kv.get("NS", "key"), "value \"quoted\"");
    EXPECT_FALSE(kv.get("NS", "gone"));
    EXPECT_FALSE(kv.get("other", "key"));
    ASSERT_NE(kv.values("NS"), nullptr);
    EXPECT_EQ(kv.values("NS")->size(), 1u);
    EXPECT_EQ(kv.values("other"), nullptr);
  });
}

TEST(KvConfig, ReadsAFileOfRocketmqAndItsBackupWhenTheFileIsDamaged) {
  sim::in_simulation([](runtime::Runtime runtime) {
    write(runtime.disk, path, R"({"configTable":{"ORDER_TOPIC_CONFIG":{"TopicA":"broker-a:4"}}})");
    {
      KvConfig kv(runtime, std::string(path));
      ASSERT_TRUE(kv.load());
      EXPECT_EQ(kv.get("ORDER_TOPIC_CONFIG", "TopicA"), "broker-a:4");
      ASSERT_TRUE(kv.put("a", "b", "c"));
    }
    write(runtime.disk, path, R"({"configTable":{"a")");
    KvConfig kv(runtime, std::string(path));
    ASSERT_TRUE(kv.load());
    EXPECT_EQ(kv.get("ORDER_TOPIC_CONFIG", "TopicA"), "broker-a:4");
  });
}

TEST(KvConfig, ADamagedFileWithoutBackupIsAnErrorAndNotAnEmptyTable) {
  sim::in_simulation([](runtime::Runtime runtime) {
    write(runtime.disk, path, "{");
    KvConfig kv(runtime, std::string(path));
    EXPECT_EQ(kv.load().error().code, Errc::invalid);
  });
}

TEST(KvConfig, WhatWasAcknowledgedSurvivesALossOfPower) {
  sim::Simulation world(3);
  world.add_machine("ns");
  int acknowledged = 0;
  std::optional<std::string> after;
  bool second = false;
  world.start("ns", "namesrv", [&](runtime::Runtime runtime) {
    KvConfig kv(runtime, std::string(path));
    ASSERT_TRUE(kv.load());
    if (second) {
      after = kv.get("NS", "n");
      return;
    }
    for (int i = 1;; ++i) {
      ASSERT_TRUE(kv.put("NS", "n", std::to_string(i)));
      acknowledged = i;
    }
  });
  world.run_until([&] { return acknowledged >= 20; }, {60'000'000'000});
  world.lose_power("ns");
  world.power_on("ns");
  second = true;
  world.restart("ns", "namesrv");
  world.run_until([&] { return after.has_value(); }, {120'000'000'000});
  ASSERT_TRUE(after);
  EXPECT_TRUE(*after == std::to_string(acknowledged) || *after == std::to_string(acknowledged + 1)) << *after;
}

}  // namespace
}  // namespace gantry::broker::namesrv
