#include "broker/store/log/mark.h"

#include <gtest/gtest.h>

namespace gantry::broker::store::log {
namespace {

Marks marks(std::int64_t durable, std::int64_t answerable, std::int64_t confirmed) {
  Marks made;
  made[Reached::end] = {PhysicalOffset{900}, 9};
  made[Reached::answerable] = {PhysicalOffset{answerable}, 8};
  made[Reached::written] = {PhysicalOffset{durable}, 7};
  made[Reached::durable] = {PhysicalOffset{durable}, 6};
  made[Reached::confirmed] = {PhysicalOffset{confirmed}, 5};
  return made;
}

TEST(Mark, WhatIsVisibleIsWhatTheModesPromiseToKeep) {
  struct Row {
    FlushMode flush;
    ReplicaMode replicas;
    std::int64_t durable, answerable, confirmed, visible;
  };
  constexpr Row rows[] = {
      {FlushMode::async_flush, ReplicaMode::alone, 100, 500, 0, 500},
      {FlushMode::sync_flush, ReplicaMode::alone, 100, 500, 0, 100},
      {FlushMode::async_flush, ReplicaMode::confirmed, 100, 500, 300, 300},
      {FlushMode::sync_flush, ReplicaMode::confirmed, 100, 500, 300, 100},
      {FlushMode::sync_flush, ReplicaMode::confirmed, 100, 500, 50, 50},
      {FlushMode::async_flush, ReplicaMode::confirmed, 100, 500, 900, 500},
  };
  for (const Row& row : rows)
    EXPECT_EQ(value(visible(marks(row.durable, row.answerable, row.confirmed), row.flush, row.replicas).at),
              row.visible);
}

TEST(Mark, IsPrintedAsOffsetAndTime) {
  EXPECT_EQ(fmt::format("{}", Mark{PhysicalOffset{4096}, 17}), "4096 (17)");
  EXPECT_EQ(fmt::format("{:>6}", PhysicalOffset{4096}), "  4096");
}

}  // namespace
}  // namespace gantry::broker::store::log
