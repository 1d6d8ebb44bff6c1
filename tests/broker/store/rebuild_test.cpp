// The log is the only truth: whatever becomes of the other files, a start makes them agree with it.
#include <fstream>
#include <iterator>
#include <map>

#include <gtest/gtest.h>

#include "sim/simulation.h"
#include "tests/broker/store/store_testing.h"

namespace gantry::broker::store {
namespace {

using namespace testing;
using runtime::OpenMode;
using runtime::Runtime;

void remove_tree(runtime::Disk& disk, const std::string& path) {
  const auto names = disk.list(path).value();
  for (const auto& entry : names) {
    if (entry.is_directory) remove_tree(disk, path + "/" + entry.name);
    else ASSERT_TRUE(disk.unlink(path + "/" + entry.name));
  }
  ASSERT_TRUE(disk.unlink(path));
}

std::string content(runtime::Disk& disk, const std::string& path) {
  auto file = disk.open(path, OpenMode::must_exist).value();
  Buffer bytes(static_cast<std::size_t>(file->size().value()));
  EXPECT_EQ(file->read_at(0, bytes).value(), bytes.size());
  return std::string(as_text(bytes));
}

/// Path and content of every file below a folder.
void collect(runtime::Disk& disk, const std::string& path, std::map<std::string, std::string>& into) {
  const auto names = disk.list(path).value();
  for (const auto& entry : names) {
    const std::string below = path + "/" + entry.name;
    if (entry.is_directory) collect(disk, below, into);
    else into[below] = content(disk, below);
  }
}

std::map<std::string, std::string> queue_files(Runtime runtime) {
  std::map<std::string, std::string> files;
  collect(runtime.disk, "store/consumequeue", files);
  return files;
}

void fill_queue(Runtime runtime) {
  auto store = open(runtime, small_config());
  for (int i = 0; i < 100; ++i) {
    const std::string body = std::to_string(i) + std::string(static_cast<std::size_t>(i * 37 % 500), 'x');
    ASSERT_TRUE(put(*store, runtime, message(i % 3 == 0 ? "T" : "U", body, "TAGS\1t", i % 4)));
  }
  ASSERT_TRUE(store->stop());
}

TEST(Rebuild, QueuesMadeAnewAreTheSameToTheByte) {
  sim::in_simulation([](Runtime runtime) {
    fill_queue(runtime);
    const auto before = queue_files(runtime);
    ASSERT_GE(before.size(), 12u);
    remove_tree(runtime.disk, "store/consumequeue");
    ASSERT_TRUE(open(runtime, small_config())->stop());
    EXPECT_EQ(queue_files(runtime), before);
  });
}

TEST(Rebuild, ADamagedQueueIsNotBelieved) {
  for (const bool crashed : {false, true}) {
    for (const char* damage : {"lost entry", "wrong entry", "lost file", "lost queue"}) {
      sim::in_simulation([&](Runtime runtime) {
        fill_queue(runtime);
        const auto before = queue_files(runtime);
        const std::string queue = "store/consumequeue/U/1";
        const std::string last = queue + "/" + runtime.disk.list(queue).value().back().name;
        auto file = runtime.disk.open(last, OpenMode::must_exist).value();
        const std::string_view kind = damage;
        const std::string held = content(runtime.disk, last);
        const std::size_t end = held.find(std::string(20, '\0'));
        ASSERT_NE(end, std::string::npos);
        ASSERT_GE(end, 20u);
        const Buffer zeros(20);
        if (kind == "lost entry") {
          ASSERT_TRUE(file->write_at(end / 20 * 20 - 20, std::array{Bytes(zeros)}));
        }
        if (kind == "wrong entry") {
          ASSERT_TRUE(file->write_at(end / 20 * 20 - 20, std::array{as_bytes(held).first(20)}));
        }
        if (kind == "lost file") {
          ASSERT_TRUE(runtime.disk.unlink(last));
        }
        if (kind == "lost queue") remove_tree(runtime.disk, queue);
        if (crashed) {
          ASSERT_TRUE(runtime.disk.open("store/abort", OpenMode::must_create));
        } else if (kind == "lost queue" || kind == "lost entry" || kind == "lost file") {
          return;  // a clean stop has synced them: who takes them away afterwards gets what is left
        }
        ASSERT_TRUE(open(runtime, small_config())->stop());
        EXPECT_EQ(queue_files(runtime), before) << kind;
      });
    }
  }
}

std::string golden(const std::string& name) {
  std::ifstream file(GANTRY_GOLDEN + name, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_FALSE(text.empty()) << name;
  return text;
}

TEST(Rebuild, AJavaStoreOpensAndItsQueuesAreEqualInBytes) {
  for (const bool crashed : {false, true}) {
    sim::in_simulation([&](Runtime runtime) {
      StoreConfig config = small_config();
      config.commit_log_file_bytes = 1 << 20;
      config.consume_queue_file_bytes = 6'000'000;
      const std::string log = golden("records.bin");
      const std::string checkpoint = golden("checkpoint.bin");
      ASSERT_TRUE(runtime.disk.make_directories("store/commitlog"));
      auto file = runtime.disk.open("store/commitlog/00000000000000000000", OpenMode::must_create).value();
      ASSERT_TRUE(file->allocate(1 << 20));
      ASSERT_TRUE(file->write_at(0, std::array{as_bytes(log)}));
      auto points = runtime.disk.open("store/checkpoint", OpenMode::must_create).value();
      ASSERT_TRUE(points->write_at(0, std::array{as_bytes(checkpoint)}));
      if (crashed) {
        ASSERT_TRUE(runtime.disk.open("store/abort", OpenMode::must_create));
      }

      auto store = open(runtime, config);
      EXPECT_EQ(value(store->max_physical_offset()), static_cast<std::int64_t>(log.size()));
      const std::string entries = golden("consume_queue.bin");
      EXPECT_EQ(value(store->max_offset("Golden", 0)), static_cast<std::int64_t>(entries.size() / 20));
      EXPECT_EQ(bodies(*store, "Golden")[0], "hello gantry");
      ASSERT_TRUE(store->stop());
      EXPECT_EQ(content(runtime.disk, "store/commitlog/00000000000000000000").substr(0, log.size()), log);
      const auto same = [&](const std::string& path, const std::string& expected) {
        EXPECT_EQ(content(runtime.disk, path).substr(0, expected.size() + 20),
                  expected + std::string(20, '\0'));
      };
      same("store/consumequeue/Golden/0/00000000000000000000", entries);
      same("store/consumequeue/SCHEDULE_TOPIC_XXXX/0/00000000000000000000", golden("schedule_queue.bin"));
      EXPECT_EQ(runtime.disk.open("store/abort", OpenMode::must_exist).error().code, Errc::not_found);
    });
  }
}

}  // namespace
}  // namespace gantry::broker::store
