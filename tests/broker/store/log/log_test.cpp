// The log by itself: bytes, marks, and those who wait for them. It needs no topics and no queues.
#include "broker/store/log/log.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "model/layout/record.h"
#include "sim/faults/apply.h"
#include "sim/simulation.h"

namespace gantry::broker::store::log {
namespace {

using namespace std::chrono_literals;
using runtime::Runtime;

/// Notes what a log tells its follower.
struct Notes final : Follower {
  void advance(Mark to) override { seen.push_back(value(to.at)); }
  void taken_back() override { ++times_taken_back; }
  std::vector<std::int64_t> seen;
  int times_taken_back = 0;
};

/// A log with files of 4 KiB.
class Bench {
 public:
  explicit Bench(Runtime with, FlushMode flush = FlushMode::async_flush,
                 ReplicaMode replicas = ReplicaMode::alone)
      : runtime(with),
        open_files(with.disk, 16),
        log(with, open_files,
            {.root = "store",
             .file_bytes = 4096,
             .ring_bytes = 16384,
             .flush = flush,
             .replicas = replicas,
             .flush_interval = 500ms},
            notes) {
    EXPECT_TRUE(with.disk.make_directories("store"));
    EXPECT_TRUE(log.load(false));
    EXPECT_TRUE(log.begin_at({}));
  }

  /// A record with that body, laid out for the log's end.
  Buffer record(std::string_view body) const {
    model::layout::Record made;
    made.physical_offset = value(log.at(Reached::end));
    made.store_timestamp = 1000;
    made.topic = "T";
    made.body = as_bytes(body);
    Buffer bytes;
    append_record(made, bytes);
    return bytes;
  }
  PhysicalOffset append(std::string_view body) {
    const Buffer bytes = record(body);
    EXPECT_TRUE(log.append_raw(log.at(Reached::end), bytes, 1000));
    return log.at(Reached::end);
  }
  void pass(runtime::Duration time) { runtime.tasks.park(runtime.clock.now() + time); }

  Runtime runtime;
  OpenFiles open_files;
  Notes notes;
  Log log;
};

TEST(Log, WhoWaitsIsToldWhenHisMarkComes) {
  sim::in_simulation([](Runtime runtime) {
    Bench bench(runtime);
    const PhysicalOffset end = bench.append("one");
    std::vector<std::string> told;
    const auto tell = [&](Reached which, const char* name) {
      bench.log.when(which, end, runtime::Instant::never(), [&told, name](PutStatus status) {
        EXPECT_EQ(status, PutStatus::ok);
        told.emplace_back(name);
      });
    };
    tell(Reached::durable, "durable");
    tell(Reached::written, "written");
    tell(Reached::answerable, "answerable");
    EXPECT_TRUE(told.empty()) << "never inside when()";
    bench.pass(1ms);
    EXPECT_EQ(told, std::vector<std::string>{"answerable"});
    bench.pass(1s);
    EXPECT_EQ(told, (std::vector<std::string>{"answerable", "written", "durable"}));
    EXPECT_TRUE(bench.log.stop());
  });
}

TEST(Log, ADeadlineEndsAWaitForAnyMark) {
  sim::in_simulation([](Runtime runtime) {
    Bench bench(runtime);
    const PhysicalOffset end = bench.append("one");
    std::optional<PutStatus> late, early;
    bench.log.when(Reached::confirmed, end, runtime.clock.now() + 2s, [&](PutStatus s) { late = s; });
    bench.log.when(Reached::confirmed, end, runtime.clock.now() + 1s, [&](PutStatus s) { early = s; });
    bench.pass(1100ms);
    EXPECT_EQ(early, PutStatus::flush_disk_timeout);
    EXPECT_FALSE(late);
    bench.pass(1s);
    EXPECT_EQ(late, PutStatus::flush_disk_timeout);
    EXPECT_TRUE(bench.log.stop());
  });
}

TEST(Log, WithReplicasItIsVisibleWhenTheyHaveConfirmed) {
  sim::in_simulation([](Runtime runtime) {
    Bench bench(runtime, FlushMode::async_flush, ReplicaMode::confirmed);
    bench.append("one");
    const Mark first = bench.log.marks()[Reached::end];
    bench.append("two");
    bench.pass(1s);
    EXPECT_TRUE(bench.notes.seen.empty());
    bool told = false;
    bench.log.when(Reached::confirmed, first.at, runtime::Instant::never(), [&](PutStatus) { told = true; });
    bench.log.confirm(first);
    bench.pass(1ms);
    EXPECT_TRUE(told);
    EXPECT_EQ(bench.notes.seen, std::vector<std::int64_t>{value(first.at)});
    EXPECT_EQ(bench.log.visible(), first);
    bench.log.check_invariants();
    EXPECT_TRUE(bench.log.stop());
  });
}

TEST(Log, MemoryThatTheFollowerHasNotSeenIsNotOverwritten) {
  sim::in_simulation([](Runtime runtime) {
    Bench bench(runtime, FlushMode::async_flush, ReplicaMode::confirmed);
    const std::string body(1000, 'x');
    int taken = 0;
    for (; taken < 100; ++taken) {
      const Buffer bytes = bench.record(body);
      const auto appended = bench.log.append_raw(bench.log.at(Reached::end), bytes, 1000);
      if (!appended) {
        EXPECT_EQ(appended.error().code, Errc::busy);
        break;
      }
      bench.pass(1s);  // all of it is durable, and nothing confirmed
    }
    EXPECT_LT(taken, 16);
    bench.log.confirm(bench.log.marks()[Reached::durable]);
    bench.pass(1ms);
    bench.append(body);
    bench.log.check_invariants();
    EXPECT_TRUE(bench.log.stop());
  });
}

// A replica may be further than this disk.
TEST(Log, WhatTheDiskRefusedIsNotConfirmedAnyMore) {
  sim::Simulation world(1);
  world.add_machine("m");
  bool done = false;
  world.start("m", "p", [&](Runtime runtime) {
    Bench bench(runtime, FlushMode::async_flush, ReplicaMode::confirmed);
    sim::faults::apply(world, sim::faults::Fault{.kind = sim::faults::Kind::disk_error,
                                                 .target = "m",
                                                 .anchor = {.event = "disk.write"},
                                                 .duration_ms = 1000,
                                                 .part = "write"});
    for (int i = 0; i < 12; ++i) bench.append(std::string(1000, 'x'));
    EXPECT_GT(bench.log.at(Reached::end), bench.log.at(Reached::answerable));
    bench.log.confirm(bench.log.marks()[Reached::end]);
    bench.pass(100ms);
    EXPECT_EQ(bench.notes.times_taken_back, 1);
    EXPECT_EQ(bench.log.at(Reached::confirmed), bench.log.at(Reached::end));
    bench.log.check_invariants();
    bench.pass(2s);
    EXPECT_TRUE(bench.log.stop());
    done = true;
  });
  EXPECT_TRUE(world.run_until([&] { return done; }, runtime::Instant{60'000'000'000}));
}

TEST(Log, TakesBytesForItsEndAlone) {
  sim::in_simulation([](Runtime runtime) {
    Bench bench(runtime);
    const Buffer bytes = bench.record("one");
    EXPECT_EQ(bench.log.append_raw(PhysicalOffset{1}, bytes, 0).error().code, Errc::invalid);
    EXPECT_TRUE(bench.log.append_raw(PhysicalOffset{0}, bytes, 7));
    EXPECT_EQ(bench.log.marks()[Reached::end].stamp, 7);
    EXPECT_EQ(bench.log.append_raw(PhysicalOffset{0}, bytes, 0).error().code, Errc::invalid);
    EXPECT_TRUE(std::ranges::equal(bench.log.bytes().in_memory(PhysicalOffset{0}, bytes.size()), bytes));
    EXPECT_TRUE(bench.log.stop());
    EXPECT_EQ(bench.log.append_raw(bench.log.at(Reached::end), bytes, 0).error().code, Errc::stopped);
  });
}

TEST(Log, GoesOnAfterACut) {
  sim::in_simulation([](Runtime runtime) {
    Bench bench(runtime);
    const PhysicalOffset first = bench.append("one");
    const PhysicalOffset second = bench.append("two");
    std::optional<PutStatus> lost;
    bench.log.when(Reached::durable, second + 1, runtime::Instant::never(), [&](PutStatus s) { lost = s; });
    EXPECT_TRUE(bench.log.stop());
    EXPECT_EQ(lost, PutStatus::service_not_available);
    ASSERT_TRUE(bench.log.cut(first));
    ASSERT_TRUE(bench.log.begin_at({first, 1000}));
    EXPECT_EQ(bench.log.at(Reached::end), first);
    EXPECT_EQ(bench.append("2"), second + -2);
    bench.pass(1s);
    Buffer read(static_cast<std::size_t>(second - first));
    ASSERT_TRUE(bench.log.bytes().read(first, read));
    EXPECT_EQ(as_text(model::layout::read_record(read)->body), "2");
    EXPECT_TRUE(bench.log.stop());
  });
}

TEST(Log, TimeNeverRunsBackAcrossACut) {
  sim::in_simulation([](Runtime runtime) {
    Bench bench(runtime);
    const std::int64_t before = bench.log.stamp();
    EXPECT_TRUE(bench.log.stop());
    ASSERT_TRUE(bench.log.cut(PhysicalOffset{0}));
    ASSERT_TRUE(bench.log.begin_at({}));
    EXPECT_GE(bench.log.stamp(), before);
    EXPECT_TRUE(bench.log.stop());
  });
}

}  // namespace
}  // namespace gantry::broker::store::log
