#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <optional>
#include <set>

#include "sim/disk/inode.h"
#include "tests/sim/world.h"

namespace gantry::sim {
namespace {
using disk::Inode;
using disk::Usage;

std::string content(const Inode& inode) {
  std::string text(inode.size(), '\0');
  inode.read(0, std::as_writable_bytes(std::span(text)));
  return text;
}

Inode file() {
  return {1, false, std::make_shared<Usage>()};
}

RC_GTEST_PROP(Inode, ReadsWhatWasWritten, ()) {
  Inode inode = file();
  std::string model;
  for (int step = *rc::gen::inRange(1, 12); step > 0; --step) {
    const auto offset = *rc::gen::inRange<std::size_t>(0, 20'000);
    if (*rc::gen::inRange(0, 4) == 0) {
      inode.resize(offset);
      model.resize(offset, '\0');
      continue;
    }
    const std::string text(*rc::gen::inRange<std::size_t>(1, 9000), static_cast<char>('a' + step));
    inode.write(offset, as_bytes(text));
    if (model.size() < offset + text.size()) model.resize(offset + text.size(), '\0');
    model.replace(offset, text.size(), text);
  }
  RC_ASSERT(content(inode) == model);
}

// What was synced is a floor under every byte that no unsynced write touched.
RC_GTEST_PROP(Inode, ALossOfPowerKeepsWhatWasSyncedAndNotWrittenAgain, ()) {
  Inode inode = file();
  const std::string synced(30'000, 's');
  inode.write(0, as_bytes(synced));
  inode.synced(inode.mark());
  std::set<std::size_t> touched;
  for (int step = *rc::gen::inRange(0, 6); step > 0; --step) {
    const auto offset = *rc::gen::inRange<std::size_t>(0, 40'000);
    const std::string text(*rc::gen::inRange<std::size_t>(1, 6000), 'n');
    inode.write(offset, as_bytes(text));
    for (std::size_t i = 0; i < text.size(); ++i) touched.insert(offset + i);
  }
  const std::uint64_t last = inode.size();
  inode.lose_power(Noise(*rc::gen::arbitrary<std::uint64_t>()), 1);
  const std::string left = content(inode);
  RC_ASSERT(left.size() >= synced.size());
  RC_ASSERT(left.size() <= last);
  for (std::size_t i = 0; i < synced.size(); ++i)
    if (!touched.contains(i)) RC_ASSERT(left[i] == 's');
}

TEST(PowerLoss, LeavesOldAnyVersionNewTornAndGarbagePages) {
  std::map<std::string, int> seen;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Inode inode = file();
    inode.write(0, as_bytes(std::string(4096, '0')));
    inode.synced(inode.mark());
    for (const char c : {'1', '2', '3'}) inode.write(0, as_bytes(std::string(4096, c)));
    inode.lose_power(Noise(seed), 1);
    const std::string left = content(inode);
    const std::set<char> bytes(left.begin(), left.end());
    if (bytes == std::set{'0'}) ++seen["old"];
    else if (bytes == std::set{'3'}) ++seen["new"];
    else if (bytes.size() == 1) ++seen["between"];
    else if (bytes == std::set{'0', '3'}) ++seen["torn"];
    else ++seen["garbage"];
  }
  for (const auto* kind : {"old", "new", "between", "torn", "garbage"}) EXPECT_GT(seen[kind], 20) << kind;
}

TEST(PowerLoss, TearsAtSectorsAndSpoilsAnyOfThem) {
  std::set<int> spoiled;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    Inode inode = file();
    inode.write(0, as_bytes(std::string(4096, '0')));
    inode.synced(inode.mark());
    inode.write(0, as_bytes(std::string(4096, '1')));
    inode.lose_power(Noise(seed), 1);
    const std::string left = content(inode);
    int garbage = 0;
    for (std::size_t at = 0; at < 4096; at += 512) {
      const std::set<char> sector(left.begin() + static_cast<std::ptrdiff_t>(at),
                                  left.begin() + static_cast<std::ptrdiff_t>(at + 512));
      if (sector.size() > 1) ++garbage;
    }
    spoiled.insert(garbage);
  }
  EXPECT_EQ(spoiled, (std::set<int>{0, 1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(PowerLoss, LeavesAnySizeBetweenTheDurableAndTheLast) {
  std::set<std::uint64_t> sizes;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Inode inode = file();
    inode.write(0, as_bytes(std::string(1000, 'x')));
    inode.synced(inode.mark());
    inode.write(1000, as_bytes(std::string(9000, 'y')));
    inode.lose_power(Noise(seed), 1);
    EXPECT_GE(inode.size(), 1000u);
    EXPECT_LE(inode.size(), 10'000u);
    sizes.insert(inode.size());
  }
  EXPECT_TRUE(sizes.contains(1000));
  EXPECT_TRUE(sizes.contains(10'000));
  EXPECT_GT(sizes.size(), 50u);
}

TEST(PowerLoss, PagesAreIndependent) {
  int mixed = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Inode inode = file();
    inode.write(0, as_bytes(std::string(8192, '0')));
    inode.synced(inode.mark());
    inode.write(0, as_bytes(std::string(8192, '1')));
    inode.lose_power(Noise(seed), 1);
    const std::string left = content(inode);
    mixed += left[0] != left[4096] ? 1 : 0;
  }
  EXPECT_GT(mixed, 20);
}

TEST(Sync, CoversExactlyTheWritesThatHadReturnedBefore) {
  int later_lost = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Simulation world(seed);
    world.add_machine("m");
    bool synced = false;
    world.start("m", "p", [&](Runtime runtime) {
      auto file = runtime.disk.open("f", OpenMode::must_create).value();
      ASSERT_TRUE(runtime.disk.sync_directory(""));
      ASSERT_TRUE(write(*file, 0, "first"));
      runtime.tasks.spawn("later", [&] {
        EXPECT_TRUE(write(*file, 5000, "later"));  // returns while the sync is going on
        EXPECT_FALSE(synced);
      });
      ASSERT_TRUE(file->sync());
      synced = true;
      for (;;) runtime.tasks.park();
    });
    ASSERT_TRUE(world.run_until([&] { return synced; }, at(10s)));
    world.lose_power("m");
    world.power_on("m");
    bool read = false;
    world.start("m", "p", [&](Runtime runtime) {
      auto file = runtime.disk.open("f", OpenMode::must_exist).value();
      std::string left = read_all(*file);
      EXPECT_EQ(left.substr(0, 5), "first");
      left.resize(5005);
      later_lost += left.substr(5000, 5) == "later" ? 0 : 1;
      read = true;
    });
    ASSERT_TRUE(world.run_until([&] { return read; }, at(20s)));
  }
  EXPECT_GT(later_lost, 10);
  EXPECT_LT(later_lost, 60);
}

TEST(Kill, KeepsThePageCacheAndTheNames) {
  Simulation world(1);
  world.add_machine("m");
  world.start("m", "p", [&](Runtime runtime) {
    ASSERT_TRUE(runtime.disk.make_directories("d"));
    auto file = runtime.disk.open("d/f", OpenMode::must_create).value();
    ASSERT_TRUE(write(*file, 0, "not synced"));
    for (;;) runtime.tasks.park();
  });
  world.run_until(at(1s));
  world.kill("m", "p");
  std::string left;
  world.start("m", "p", [&](Runtime runtime) {
    left = read_all(*runtime.disk.open("d/f", OpenMode::must_exist).value());
  });
  world.run_until(at(2s));
  EXPECT_EQ(left, "not synced");
}

TEST(Kill, KeepsWhatWasStoredInAMappedFile) {
  Simulation world(1);
  world.add_machine("m");
  std::unique_ptr<runtime::MappedFile> outlives;
  world.start("m", "p", [&](Runtime runtime) {
    ASSERT_TRUE(runtime.disk.open("f", OpenMode::must_create).value()->allocate(8192));
    outlives = runtime.disk.map("f").value();
    std::ranges::copy(as_bytes("stored"), outlives->bytes().begin() + 8190);
    for (;;) runtime.tasks.park();
  });
  world.run_until(at(1s));
  world.kill("m", "p");
  std::ranges::copy(as_bytes("too late"), outlives->bytes().begin());
  outlives.reset();
  std::string left;
  world.start("m", "p", [&](Runtime runtime) {
    left = read_all(*runtime.disk.open("f", OpenMode::must_exist).value());
  });
  world.run_until(at(2s));
  EXPECT_EQ(left.substr(8190), "st");
  EXPECT_EQ(left.substr(0, 5), std::string("ored\0", 5));
}

TEST(PowerLoss, TreatsWhatWasStoredInAMappedFileAsWritesThatWereNotSynced) {
  std::set<std::string> left;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Simulation world(seed);
    world.add_machine("m");
    std::unique_ptr<runtime::MappedFile> outlives;
    world.start("m", "p", [&](Runtime runtime) {
      auto file = runtime.disk.open("f", OpenMode::must_create).value();
      ASSERT_TRUE(file->allocate(8192));
      ASSERT_TRUE(file->sync());
      ASSERT_TRUE(runtime.disk.sync_directory("."));
      outlives = runtime.disk.map("f").value();
      std::ranges::copy(as_bytes("a"), outlives->bytes().begin());
      std::ranges::copy(as_bytes("b"), outlives->bytes().begin() + 4096);
      for (;;) runtime.tasks.park();
    });
    world.run_until(at(1s));
    world.lose_power("m");
    outlives.reset();
    world.run_until(at(2s));
    world.power_on("m");
    world.start("m", "p", [&](Runtime runtime) {
      const std::string text = read_all(*runtime.disk.open("f", OpenMode::must_exist).value());
      ASSERT_EQ(text.size(), 8192u);
      left.insert({text[0], text[4096]});
    });
    world.run_until(at(20s));
  }
  EXPECT_TRUE(left.contains("ab"));
  EXPECT_TRUE(left.contains(std::string("\0b", 2)));
  EXPECT_TRUE(left.contains(std::string("a\0", 2)));
  EXPECT_TRUE(left.contains(std::string("\0\0", 2)));
}

// A write that a kill interrupts is in the cache not at all, wholly or in part.
TEST(Kill, LeavesAnythingOfAWriteThatWasGoingOn) {
  std::set<std::size_t> sizes;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Simulation world(seed);
    world.add_machine("m");
    faults::apply(world, Fault{.kind = Kind::disk_slow, .target = "m", .duration_ms = 5000, .amount = 1000});
    world.start("m", "p", [&](Runtime runtime) {
      auto file = runtime.disk.open("f", OpenMode::must_create).value();
      (void)write(*file, 0, std::string(20'000, 'x'));
      FAIL() << "the node is gone by then";
    });
    world.run_until(at(500ms));
    world.kill("m", "p");
    world.start("m", "p", [&](Runtime runtime) {
      sizes.insert(read_all(*runtime.disk.open("f", OpenMode::must_exist).value()).size());
    });
    world.run_until(at(10s));
  }
  EXPECT_TRUE(sizes.contains(0));
  EXPECT_TRUE(sizes.contains(20'000));
  EXPECT_GT(sizes.size(), 3u);
}

TEST(PowerLoss, AnotherProcessThatStartsMakesNothingDurable) {
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Simulation world(seed);
    world.add_machine("m");
    world.start("m", "p",
                [](Runtime runtime) { (void)runtime.disk.open("f", OpenMode::must_create).value(); });
    world.run_until(at(1s));
    world.start("m", "q", [](Runtime) {});
    world.run_until(at(2s));
    world.lose_power("m");
    world.power_on("m");
    world.start("m", "p", [&](Runtime runtime) { lost += runtime.disk.list("").value().empty() ? 1 : 0; });
    world.run_until(at(3s));
  }
  EXPECT_GT(lost, 3);
}

TEST(FailedSync, DropsItsPagesAndTheNextOneSucceeds) {
  std::map<std::string, int> cached;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Simulation world(seed);
    world.add_machine("m");
    faults::apply(world, Fault{.kind = Kind::disk_error,
                               .target = "m",
                               .anchor = {0, "armed", 1},
                               .duration_ms = -1,
                               .amount = 1,
                               .part = "sync"});
    world.start("m", "p", [&](Runtime runtime) {
      auto file = runtime.disk.open("f", OpenMode::must_create).value();
      ASSERT_TRUE(runtime.disk.sync_directory(""));
      ASSERT_TRUE(write(*file, 0, "old"));
      ASSERT_TRUE(file->sync());
      ASSERT_TRUE(write(*file, 0, "new"));
      runtime.events.probe("armed");
      EXPECT_EQ(file->sync().error().code, Errc::io);
      ++cached[read_all(*file)];
      EXPECT_TRUE(file->sync());
    });
    world.run_until(at(1s));
    world.lose_power("m");
    world.power_on("m");
    world.start("m", "p", [&](Runtime runtime) {
      EXPECT_EQ(read_all(*runtime.disk.open("f", OpenMode::must_exist).value()), "old");
    });
    world.run_until(at(2s));
  }
  EXPECT_GT(cached["old"], 0);
  EXPECT_GT(cached["new"], 0);
}

TEST(FailedSync, APageThatIsWrittenAgainGoesWhole) {
  Inode inode = file();
  inode.write(0, as_bytes("aaaa"));
  inode.sync_failed(inode.mark(), false);
  inode.write(4, as_bytes("bbbb"));
  inode.synced(inode.mark());
  inode.lose_power(Noise(1), 1);
  EXPECT_EQ(content(inode), "aaaabbbb");
}

// Which of four unsynced changes of names survive, each way.
TEST(PowerLoss, UndoesUnsyncedNamesIndependently) {
  std::map<std::string, int> outcomes;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Simulation world(seed);
    world.add_machine("m");
    world.start("m", "p", [&](Runtime runtime) {
      const auto put = [&](std::string_view name) {
        auto file = runtime.disk.open(name, OpenMode::must_create).value();
        EXPECT_TRUE(write(*file, 0, name));
        EXPECT_TRUE(file->sync());
      };
      put("removed");
      put("from");
      put("kept");
      EXPECT_TRUE(runtime.disk.sync_directory(""));
      put("created");
      EXPECT_TRUE(runtime.disk.unlink("removed"));
      EXPECT_TRUE(runtime.disk.rename("from", "to"));
    });
    world.run_until(at(1s));
    world.lose_power("m");
    world.power_on("m");
    world.start("m", "p", [&](Runtime runtime) {
      std::string names;
      for (const auto& entry : runtime.disk.list("").value()) names += entry.name + " ";
      ++outcomes[names];
      EXPECT_NE(names.find("kept "), std::string::npos);
      EXPECT_NE(names.find("from ") == std::string::npos, names.find("to ") == std::string::npos);
    });
    world.run_until(at(2s));
  }
  EXPECT_EQ(outcomes.size(), 8u);
}

TEST(PowerLoss, WhatIsBuiltUponAnUndoneNameGoesWithIt) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Simulation world(seed);
    world.add_machine("m");
    world.start("m", "p", [&](Runtime runtime) {
      auto file = runtime.disk.open("a", OpenMode::must_create).value();
      EXPECT_TRUE(write(*file, 0, "content"));
      EXPECT_TRUE(file->sync());
      EXPECT_TRUE(runtime.disk.rename("a", "b"));
      EXPECT_TRUE(runtime.disk.rename("b", "c"));
      EXPECT_TRUE(runtime.disk.sync_directory(""));
      EXPECT_TRUE(runtime.disk.rename("c", "d"));
    });
    world.run_until(at(1s));
    world.lose_power("m");
    world.power_on("m");
    world.start("m", "p", [&](Runtime runtime) {
      const auto entries = runtime.disk.list("").value();
      ASSERT_EQ(entries.size(), 1u);
      EXPECT_TRUE(entries[0].name == "c" || entries[0].name == "d");
      EXPECT_EQ(read_all(*runtime.disk.open(entries[0].name, OpenMode::must_exist).value()), "content");
    });
    world.run_until(at(2s));
  }
}

TEST(DiskFull, StopsWhatExtendsAndNothingElse) {
  Simulation world(1);
  world.add_machine("m");
  faults::apply(world,
                Fault{.kind = Kind::disk_full, .target = "m", .anchor = {1000, {}, 1}, .duration_ms = 1000});
  bool done = false;
  world.start("m", "p", [&](Runtime runtime) {
    auto file = runtime.disk.open("f", OpenMode::must_create).value();
    ASSERT_TRUE(file->allocate(100));
    sleep(runtime, 1500ms);
    EXPECT_TRUE(write(*file, 0, "within"));
    EXPECT_EQ(write(*file, 98, "over").error().code, Errc::no_space);
    EXPECT_EQ(file->allocate(200).error().code, Errc::no_space);
    EXPECT_EQ(file->size().value(), 100u);
    EXPECT_EQ(runtime.disk.space("").value().free, 0u);
    EXPECT_EQ(runtime.disk.open("g", OpenMode::must_create).error().code, Errc::no_space);
    sleep(runtime, 1s);
    EXPECT_TRUE(write(*file, 98, "over"));
    done = true;
  });
  world.run_until(at(1min));
  EXPECT_TRUE(done);
}

TEST(DiskFaults, SlowStalledAndFailing) {
  Simulation world(1);
  world.add_machine("m");
  const auto plan = [&](Fault fault) { faults::apply(world, fault); };
  plan({.kind = Kind::disk_slow, .target = "m", .anchor = {1000, {}, 1}, .duration_ms = 5000, .amount = 200});
  plan({.kind = Kind::disk_stall, .target = "m", .anchor = {10'000, {}, 1}, .duration_ms = 3000});
  plan({.kind = Kind::disk_error,
        .target = "m",
        .anchor = {20'000, {}, 1},
        .duration_ms = -1,
        .amount = 1,
        .part = "read"});
  plan({.kind = Kind::disk_error,
        .target = "m",
        .anchor = {20'000, {}, 1},
        .duration_ms = -1,
        .amount = 2,
        .part = "write"});
  bool done = false;
  world.start("m", "p", [&](Runtime runtime) {
    auto file = runtime.disk.open("f", OpenMode::must_create).value();
    sleep(runtime, 2s);
    Instant before = world.now();
    EXPECT_TRUE(file->sync());
    EXPECT_GE(world.now() - before, 200ms);
    sleep(runtime, 8500ms);
    EXPECT_TRUE(write(*file, 0, "stalled"));
    EXPECT_GE(world.now(), at(13s));
    sleep(runtime, 8s);
    std::array<std::byte, 10> room;
    EXPECT_EQ(file->read_at(0, room).error().code, Errc::io);
    EXPECT_TRUE(file->read_at(0, room));
    EXPECT_EQ(write(*file, 0, "x").error().code, Errc::io);
    EXPECT_EQ(write(*file, 0, "x").error().code, Errc::io);
    EXPECT_TRUE(write(*file, 0, "x"));
    done = true;
  });
  world.run_until(at(1min));
  EXPECT_TRUE(done);
}

TEST(DiskFaults, AnEndedPlanOfFailuresTakesBackItsOwnRestAlone) {
  Simulation world(1);
  world.add_machine("m");
  const auto plan = [&](std::int64_t at_ms, std::int64_t duration_ms) {
    faults::apply(world, Fault{.kind = Kind::disk_error,
                               .target = "m",
                               .anchor = {at_ms, {}, 1},
                               .duration_ms = duration_ms,
                               .amount = 1,
                               .part = "sync"});
  };
  plan(1000, 2000);
  plan(1500, 10'000);
  std::vector<bool> synced;
  world.start("m", "p", [&](Runtime runtime) {
    auto file = runtime.disk.open("f", OpenMode::must_create).value();
    for (const auto until : {2s, 4s, 6s}) {
      sleep(runtime, at(until) - world.now());
      synced.push_back(file->sync().has_value());
    }
  });
  world.run_until(at(1min));
  EXPECT_EQ(synced, (std::vector{false, false, true}));
}

TEST(Disk, NamesBehaveAsOnPosix) {
  in_simulation([](Runtime runtime) {
    auto& disk = runtime.disk;
    EXPECT_EQ(disk.open("none", OpenMode::must_exist).error().code, Errc::not_found);
    EXPECT_EQ(disk.open("no/folder", OpenMode::must_create).error().code, Errc::not_found);
    EXPECT_TRUE(disk.make_directories("a/b/c"));
    EXPECT_TRUE(disk.make_directories("a/b/c"));
    auto file = disk.open("a/b/f", OpenMode::create_if_missing).value();
    EXPECT_TRUE(write(*file, 0, "kept by its handle"));
    EXPECT_EQ(disk.open("a/b/f", OpenMode::must_create).error().code, Errc::exists);
    EXPECT_EQ(disk.unlink("a/b").error().code, Errc::denied);
    EXPECT_TRUE(disk.unlink("a/b/f"));
    EXPECT_EQ(disk.unlink("a/b/f").error().code, Errc::not_found);
    EXPECT_EQ(read_all(*file), "kept by its handle");
    auto next = disk.open("a/./b//f", OpenMode::must_create).value();
    EXPECT_EQ(next->size().value(), 0u);
    EXPECT_TRUE(disk.rename("a/b/f", "a/g"));
    EXPECT_EQ(disk.list("a").value(), (std::vector<runtime::DirectoryEntry>{{"b", true}, {"g", false}}));
    EXPECT_TRUE(disk.unlink("a/b/c"));
    EXPECT_EQ(disk.list("nowhere").error().code, Errc::not_found);
  });
}

TEST(Disk, AFileOfAGibibyteCostsNothingUntilItIsWritten) {
  in_simulation([](Runtime runtime) {
    auto file = runtime.disk.open("log", OpenMode::must_create).value();
    ASSERT_TRUE(file->allocate(std::uint64_t{1} << 30));
    ASSERT_TRUE(write(*file, (std::uint64_t{1} << 30) - 4, "tail"));
    std::array<std::byte, 8> room;
    EXPECT_EQ(file->read_at((std::uint64_t{1} << 30) - 8, room).value(), 8u);
    EXPECT_EQ(as_text(room), std::string_view("\0\0\0\0tail", 8));
    ASSERT_TRUE(file->truncate(10));
    EXPECT_EQ(file->size().value(), 10u);
  });
}

}  // namespace
}  // namespace gantry::sim
