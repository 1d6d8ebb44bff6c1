// What a start after a crash reads of the log.
#include <gtest/gtest.h>

#include "sim/observer.h"
#include "sim/simulation.h"
#include "tests/broker/store/store_testing.h"

namespace gantry::broker::store {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using runtime::Runtime;

/// Counts the bytes that are read from the log's files.
struct Reads : sim::Observer {
  void on_event(const sim::Event& event) override {
    if (event.kind != "disk.read" || event.text.find("/commitlog/") == std::string_view::npos) return;
    for (const Bytes& each : event.bytes) bytes += static_cast<std::int64_t>(each.size());
  }
  std::int64_t bytes = 0;
};

/// Stores `messages` of 1 KB, waits for so long, stores `late` more, is killed, and starts again. Returns how
/// many bytes of the log that start has read.
std::int64_t read_by_a_start(int messages, runtime::Duration wait, int late) {
  sim::Simulation world(1);
  world.add_machine("m");
  StoreConfig config = small_config();
  config.commit_log_file_bytes = 1 << 20;
  config.message_bytes_max = 64 << 10;
  const std::string body(1000, 'x');
  std::unique_ptr<MessageStore> store;
  bool done = false;
  world.start("m", "broker", [&](Runtime runtime) {
    store = open(runtime, config);
    for (int i = 0; i < messages; ++i) EXPECT_TRUE(put(*store, runtime, message("T", body)));
    runtime.tasks.park(runtime.clock.now() + wait);
    for (int i = 0; i < late; ++i) EXPECT_TRUE(put(*store, runtime, message("T", body)));
    done = true;
    for (;;) runtime.tasks.park();
  });
  EXPECT_TRUE(world.run_until([&] { return done; }, world.now() + 10min));
  world.kill("m", "broker");
  world.run_until(world.now() + 1ms);
  store.reset();

  Reads reads;
  world.observe(reads);
  std::int64_t read = 0;
  done = false;
  world.start("m", "broker", [&](Runtime runtime) {
    store = open(runtime, config);
    read = reads.bytes;
    EXPECT_EQ(store->max_offset("T", 0), QueueOffset{messages + late});
    EXPECT_EQ(store->compare_with_rebuild().value(), "");
    done = true;
    EXPECT_TRUE(store->stop());
  });
  EXPECT_TRUE(world.run_until([&] { return done; }, world.now() + 10min));
  world.run_until([&] { return !world.running("m", "broker"); }, world.now() + 1min);
  return read;
}

TEST(Start, AfterAKillReadsWhatCameSinceTheCheckpointWhateverTheLogHolds) {
  const std::int64_t little = read_by_a_start(200, 3s, 20);
  const std::int64_t much = read_by_a_start(4000, 3s, 20);
  EXPECT_GT(little, 0);
  // Both look at the rest of the last file for records that a hole would have hidden.
  EXPECT_LE(much, little + (1 << 20));
  EXPECT_LE(much, 3 << 20) << "and the log has more than 4 MB";
}

}  // namespace
}  // namespace gantry::broker::store
