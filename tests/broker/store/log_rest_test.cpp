// What lies after a damaged place of the log is given up, and never silently.
#include "broker/store/log/log_rest.h"

#include <array>

#include <gtest/gtest.h>

#include "sim/simulation.h"
#include "tests/broker/store/store_testing.h"

namespace gantry::broker::store {
namespace {

using namespace testing;
using runtime::OpenMode;
using runtime::Runtime;

constexpr int messages = 40;
constexpr int damaged = 5;  // the first one that is lost

/// Stores messages in files of 4 KiB and marks the store as crashed, without a checkpoint: the next start
/// reads all of the log. Returns where each message lies, and the end.
std::vector<PhysicalOffset> fill(Runtime runtime) {
  auto store = open(runtime, small_config());
  std::vector<PhysicalOffset> places;
  PhysicalOffset end{};
  for (int i = 0; i < messages; ++i) {
    const auto placed = put(*store, runtime, message("T", std::string(300, 'x')));
    EXPECT_TRUE(placed);
    places.push_back(placed->physical[0]);
    end = placed->end;
  }
  EXPECT_TRUE(store->stop());
  EXPECT_TRUE(runtime.disk.open("store/abort", OpenMode::must_create));
  EXPECT_TRUE(runtime.disk.unlink("store/checkpoint"));
  places.push_back(end);
  return places;
}

void overwrite(Runtime runtime, PhysicalOffset at, std::string_view with) {
  auto file = runtime.disk.open("store/commitlog/00000000000000000000", OpenMode::must_exist).value();
  ASSERT_TRUE(file->write_at(static_cast<std::uint64_t>(value(at)), std::array{as_bytes(with)}));
}

TEST(LogRest, WholeRecordsBehindAHoleAreCountedBeforeTheyAreCut) {
  for (const std::string& damage : {std::string(64, '\0'), std::string(200, '#')}) {
    std::vector<PhysicalOffset> places;
    const auto errors = errors_of([&](Runtime runtime) {
      places = fill(runtime);
      overwrite(runtime, places[damaged], damage);
      auto store = open(runtime, small_config());
      EXPECT_EQ(bodies(*store, "T").size(), static_cast<std::size_t>(damaged));
      EXPECT_EQ(store->max_physical_offset(), places[damaged]);
      ASSERT_TRUE(store->stop());
    });
    const auto at = [&](int message) {
      return std::to_string(value(places[static_cast<std::size_t>(message)]));
    };
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_NE(errors[0].find("cut at " + at(damaged)), std::string::npos) << errors[0];
    EXPECT_NE(errors[0].find(std::to_string(messages - damaged - 1) + " whole records"), std::string::npos)
        << errors[0];
    EXPECT_NE(errors[0].find("from " + at(damaged + 1) + " to " + at(messages)), std::string::npos)
        << errors[0];
  }
}

// What the checkpoint says is durable is not read by a start, so a disk that damages it later costs that
// message alone.
TEST(LogRest, ADamagedRecordBelowTheCheckpointIsPassedOverAndTheRestStays) {
  const auto errors = errors_of([&](Runtime runtime) {
    auto store = open(runtime, small_config());
    std::vector<PhysicalOffset> places;
    for (int i = 0; i < messages; ++i)
      places.push_back(put(*store, runtime, message("T", std::string(300, 'x')))->physical[0]);
    ASSERT_TRUE(store->stop());
    ASSERT_TRUE(runtime.disk.open("store/abort", OpenMode::must_create));
    overwrite(runtime, places[damaged], std::string(200, '#'));
    store = open(runtime, small_config());
    EXPECT_EQ(store->max_offset("T", 0), QueueOffset{messages});
    std::vector<std::int64_t> read;
    for (const Read& each : records_of(store->get("T", 0, QueueOffset{0}, 32, {})))
      read.push_back(each.queue_offset);
    EXPECT_GT(read.size(), static_cast<std::size_t>(damaged));
    for (std::size_t i = 0; i < read.size(); ++i)
      EXPECT_EQ(read[i], static_cast<std::int64_t>(i) + (i < damaged ? 0 : 1)) << "all but the damaged one";
    ASSERT_TRUE(store->stop());
  });
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_NE(errors[0].find("message 5 of queue 0 of T is damaged"), std::string::npos) << errors[0];
}

TEST(LogRest, AnUndamagedLogHasNone) {
  const auto errors = errors_of([](Runtime runtime) {
    fill(runtime);
    auto store = open(runtime, small_config());
    EXPECT_EQ(bodies(*store, "T").size(), static_cast<std::size_t>(messages));
    ASSERT_TRUE(store->stop());
  });
  EXPECT_TRUE(errors.empty());
}

TEST(LogRest, ARecordOfAnotherPlaceIsNone) {
  const auto errors = errors_of([](Runtime runtime) {
    auto store = open(runtime, small_config());
    const auto placed = put(*store, runtime, message("T", "copied"));
    ASSERT_TRUE(placed);
    const auto record = store->record_at(placed->physical[0]);
    ASSERT_TRUE(record);
    ASSERT_TRUE(store->stop());
    ASSERT_TRUE(runtime.disk.open("store/abort", OpenMode::must_create));
    overwrite(runtime, placed->end + 100, as_text(*record));
    ASSERT_TRUE(open(runtime, small_config())->stop());
  });
  EXPECT_TRUE(errors.empty());
}

}  // namespace
}  // namespace gantry::broker::store
