#include <map>

#include <gtest/gtest.h>

#include "sim/faults/apply.h"
#include "sim/observer.h"
#include "sim/simulation.h"
#include "tests/broker/store/store_testing.h"

namespace gantry::broker::store {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using runtime::Runtime;

enum class Crash { kill, power };

/// A store that takes messages until it is crashed, and one book about what it promised.
class CrashingStore : sim::Observer {
 public:
  CrashingStore(FlushMode flush, std::uint64_t seed) : sim_(seed), config_(small_config(flush)), draw_(seed) {
    sim_.add_machine("m");
    sim_.observe(*this);
  }
  void on_event(const sim::Event&) override {}
  void on_log(runtime::Instant at, const sim::Actor&, runtime::Level, std::string_view text) override {
    log_ += std::to_string(at.ns) + " " + std::string(text) + "\n";
  }
  const std::string& log() const { return log_; }

  /// Opens, checks the promises, and takes messages for so long.
  void run_for(runtime::Duration time) {
    sim_.start("m", "broker", [this](Runtime runtime) { serve(runtime); });
    const runtime::Instant end = sim_.now() + time;
    sim_.run_until([] { return false; }, end);
  }
  void run_until_opened() {
    const int before = opened_;
    sim_.start("m", "broker", [this](Runtime runtime) { serve(runtime); });
    const bool opened = sim_.run_until([&] { return opened_ > before; }, sim_.now() + 1min);
    EXPECT_TRUE(opened);
  }
  void crash(Crash how) {
    if (how == Crash::kill) {
      sim_.kill("m", "broker");
      return;
    }
    sim_.lose_power("m");
    sim_.run_until(sim_.now() + 1ms);
    sim_.power_on("m");
  }
  /// Crashes by itself when `event` happens for the n-th time, and starts again.
  void crash_at(Crash how, std::string event, std::uint64_t n) {
    const auto kind = how == Crash::kill ? sim::faults::Kind::process_kill : sim::faults::Kind::power_loss;
    sim::faults::apply(sim_, sim::faults::Fault{.kind = kind,
                                                .target = "m",
                                                .anchor = {.event = std::move(event), .occurrence = n},
                                                .duration_ms = 2});
  }
  int opened() const { return opened_; }
  std::size_t promised() const {
    std::size_t all = 0;
    for (const auto& [queue, book] : books_) all += book.promised;
    return all;
  }
  bool keeps_all_on_power_loss() const { return config_.flush == FlushMode::sync_flush; }

 private:
  struct Book {
    std::vector<std::string> put;  // in order of queue offset
    std::size_t promised = 0;      // that many of them were acknowledged
  };

  std::uint64_t draw(std::uint64_t below) {
    draw_ = draw_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (draw_ >> 33) % below;
  }

  void serve(Runtime runtime) {
    auto store = MessageStore::open(runtime, config_);
    if (!store) {
      if (store.error().code != Errc::gone)
        ADD_FAILURE() << "open: " << name_of(store.error().code) << " " << store.error().detail;
      return;
    }
    check(runtime, **store);
    ++opened_;
    for (;;) {
      if (!put_some(**store)) return;
      if (full_) runtime.tasks.park(runtime.clock.now() + 1ms);
      else if (draw(4) == 0) runtime.tasks.park(runtime.clock.now() + 50us);
      else runtime.tasks.yield();
    }
  }

  void check(Runtime& runtime, MessageStore& store) {
    const auto differs = store.compare_with_rebuild();
    runtime.tasks.yield();  // a crash inside a read has answered `gone`: here it unwinds us
    ASSERT_TRUE(differs) << differs.error().detail;
    EXPECT_EQ(*differs, "") << "after " << opened_ << " starts";
    for (std::int32_t queue = 0; queue < queues; ++queue) {
      Book& book = books_[queue];
      const auto found = bodies(store, "T", queue);
      runtime.tasks.yield();
      ASSERT_GE(found.size(), book.promised) << "queue " << queue << " after " << opened_ << " starts";
      ASSERT_LE(found.size(), book.put.size()) << "queue " << queue;
      book.put.resize(found.size());
      ASSERT_EQ(found, book.put) << "queue " << queue;
    }
  }

  bool put_some(MessageStore& store) {
    const auto queue = static_cast<std::int32_t>(draw(queues));
    std::vector<std::string> texts;
    std::vector<PutMessage> batch;
    const auto count = 1 + draw(3);
    for (std::uint64_t i = 0; i < count; ++i)
      texts.push_back("n" + std::to_string(++number_) + std::string(draw(700), 'x'));
    for (const std::string& text : texts) batch.push_back(message("T", text, "TAGS\1a\2KEYS\1k", queue));
    const auto placed = store.append(batch);
    // More in memory than the disk has taken is refused.
    full_ = !placed && placed.error() == PutStatus::service_not_available && store.writable();
    if (full_) return true;
    if (!placed) {
      ADD_FAILURE() << "refused with " << static_cast<int>(placed.error()) << " " << count;
      return store.stop().has_error();
    }
    Book& book = books_[queue];
    EXPECT_EQ(static_cast<std::size_t>(value(placed->queue_offset)), book.put.size());
    book.put.insert(book.put.end(), texts.begin(), texts.end());
    store.when_stored(placed->end, true, [this, queue, upto = book.put.size()](PutStatus status) {
      if (status == PutStatus::ok) books_[queue].promised = std::max(books_[queue].promised, upto);
    });
    return true;
  }

  static constexpr std::int32_t queues = 3;
  sim::Simulation sim_;
  StoreConfig config_;
  std::uint64_t draw_;
  std::map<std::int32_t, Book> books_;
  int number_ = 0;
  int opened_ = 0;
  bool full_ = false;
  std::string log_;

 public:
  /// With async_flush a loss of power takes what was not synced: only the order remains promised.
  void forgive() {
    for (auto& [queue, book] : books_) book.promised = 0;
  }
};

void crash_often(FlushMode flush, Crash how, runtime::Duration step, int points) {
  std::size_t promised = 0;
  for (int point = 0; point < points; ++point) {
    CrashingStore store(flush, static_cast<std::uint64_t>(point) + 1);
    for (int life = 0; life < 4; ++life) {
      store.run_for(3ms + step * point / 4 + step * 40 * life);
      promised += store.promised();
      store.crash(how);
      if (how == Crash::power && !store.keeps_all_on_power_loss()) store.forgive();
      if (::testing::Test::HasFailure()) {
        ADD_FAILURE() << "at point " << point << ", life " << life << "\n" << store.log();
        return;
      }
    }
    store.run_until_opened();
    if (::testing::Test::HasFailure()) {
      ADD_FAILURE() << "at point " << point << ", at the end\n" << store.log();
      return;
    }
  }
  EXPECT_GT(promised, static_cast<std::size_t>(points));
}

void crash_at_every_call(FlushMode flush, Crash how) {
  int crashes = 0;
  for (const char* event :
       {"disk.open", "disk.map", "disk.write", "disk.sync", "disk.sync-directory", "disk.rename",
        "disk.truncate", "disk.allocate", "disk.unlink", "disk.list", "disk.read"}) {
    for (std::uint64_t n = 1; n <= 24; ++n) {
      CrashingStore store(flush, n * 31 + 7);
      store.crash_at(how, event, n);
      store.crash_at(how, event, n + n / 2 + 1);  // often in the recovery from the first
      store.run_for(80ms);
      crashes += store.opened() - 1;
      store.crash(how);
      store.run_until_opened();
      if (::testing::Test::HasFailure()) {
        ADD_FAILURE() << "at the " << n << ". " << event << "\n" << store.log();
        return;
      }
    }
  }
  EXPECT_GT(crashes, 100);
}

TEST(Crash, AKillAtAnyCallToTheDiskLosesNothingAcknowledged) {
  crash_at_every_call(FlushMode::async_flush, Crash::kill);
  crash_at_every_call(FlushMode::sync_flush, Crash::kill);
}

TEST(Crash, ALossOfPowerAtAnyCallToTheDiskLosesNothingAcknowledged) {
  crash_at_every_call(FlushMode::sync_flush, Crash::power);
}

TEST(Crash, AKillLosesNothingAcknowledgedWithAsyncFlush) {
  crash_often(FlushMode::async_flush, Crash::kill, 17us, 60);
}

TEST(Crash, AKillLosesNothingAcknowledgedWithSyncFlush) {
  crash_often(FlushMode::sync_flush, Crash::kill, 53us, 60);
}

TEST(Crash, ALossOfPowerLosesNothingAcknowledgedWithSyncFlush) {
  crash_often(FlushMode::sync_flush, Crash::power, 71us, 60);
}

TEST(Crash, ALossOfPowerLeavesAPrefixWithAsyncFlush) {
  crash_often(FlushMode::async_flush, Crash::power, 83us, 60);
}

}  // namespace
}  // namespace gantry::broker::store
