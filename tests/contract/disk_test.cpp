#include <algorithm>
#include <string>
#include <vector>

#include "runtime/sync/task_group.h"
#include "tests/contract/streams.h"

namespace gantry::contract {

GANTRY_CONTRACT(DiskContract);

namespace {
Result<void> put(File& file, std::uint64_t offset, Bytes bytes) {
  return file.write_at(offset, std::span(&bytes, 1));
}
Result<void> put(File& file, std::uint64_t offset, std::string_view text) {
  return put(file, offset, as_bytes(text));
}
/// Up to `size` bytes from `offset`.
std::string get(const File& file, std::uint64_t offset, std::size_t size) {
  std::string text(size, '?');
  text.resize(file.read_at(offset, std::as_writable_bytes(std::span(text))).value());
  return text;
}
std::unique_ptr<File> fresh(Runtime rt, std::string_view path) {
  return rt.disk.open(path, OpenMode::must_create).value();
}
std::vector<std::string> names(Runtime rt, std::string_view path) {
  std::vector<std::string> found;
  const auto entries = rt.disk.list(path).value();
  for (const DirectoryEntry& entry : entries) found.push_back(entry.name + (entry.is_directory ? "/" : ""));
  return found;
}
using Names = std::vector<std::string>;
}  // namespace

TEST_P(DiskContract, ANewFileIsEmpty) {
  in_world([&](Runtime rt) {
    const auto file = fresh(rt, "f");
    EXPECT_EQ(file->size().value(), 0u);
    EXPECT_EQ(get(*file, 0, 10), "");
  });
}

TEST_P(DiskContract, OpenTreatsWhatIsThereAsAsked) {
  in_world([&](Runtime rt) {
    EXPECT_EQ(rt.disk.open("f", OpenMode::must_exist).error(), Error(Errc::not_found));
    EXPECT_TRUE(put(*rt.disk.open("f", OpenMode::create_if_missing).value(), 0, "kept"));
    EXPECT_EQ(rt.disk.open("f", OpenMode::must_create).error(), Error(Errc::exists));
    EXPECT_EQ(get(*rt.disk.open("f", OpenMode::create_if_missing).value(), 0, 9), "kept");
    EXPECT_EQ(get(*rt.disk.open("f", OpenMode::must_exist).value(), 0, 9), "kept");
  });
}

TEST_P(DiskContract, AFileNeedsItsFolder) {
  in_world([&](Runtime rt) {
    EXPECT_EQ(rt.disk.open("no/f", OpenMode::create_if_missing).error(), Error(Errc::not_found));
  });
}

TEST_P(DiskContract, AReadReturnsWhatWasWritten) {
  in_world([&](Runtime rt) {
    const auto file = fresh(rt, "f");
    EXPECT_TRUE(put(*file, 0, "hello"));
    EXPECT_EQ(get(*file, 0, 5), "hello");
    EXPECT_EQ(get(*file, 1, 3), "ell");
  });
}

TEST_P(DiskContract, AReadIsShortOnlyAtTheEnd) {
  in_world([&](Runtime rt) {
    const auto file = fresh(rt, "f");
    EXPECT_TRUE(put(*file, 0, "hello"));
    EXPECT_EQ(get(*file, 3, 10), "lo");
    EXPECT_EQ(get(*file, 5, 10), "");
    EXPECT_EQ(get(*file, 1'000'000, 10), "");
    EXPECT_EQ(get(*file, 0, 0), "");
  });
}

TEST_P(DiskContract, AWriteGathersItsBuffersInOrder) {
  in_world([&](Runtime rt) {
    const auto file = fresh(rt, "f");
    std::vector<std::string> pieces;
    std::string whole;
    for (int i = 0; i < 3000; ++i) {
      pieces.push_back(i % 5 == 0 ? "" : std::to_string(i) + ",");
      whole += pieces.back();
    }
    std::vector<Bytes> buffers;
    for (const std::string& piece : pieces) buffers.push_back(as_bytes(piece));
    EXPECT_TRUE(file->write_at(7, buffers));
    EXPECT_EQ(get(*file, 7, whole.size() + 1), whole);
    EXPECT_EQ(file->size().value(), whole.size() + 7);
  });
}

TEST_P(DiskContract, AWriteOfNothingChangesNothing) {
  in_world([&](Runtime rt) {
    const auto file = fresh(rt, "f");
    EXPECT_TRUE(file->write_at(100, {}));
    EXPECT_TRUE(put(*file, 100, ""));
    EXPECT_EQ(file->size().value(), 0u);
  });
}

TEST_P(DiskContract, AWriteReplacesWhatItCovers) {
  in_world([&](Runtime rt) {
    const auto file = fresh(rt, "f");
    EXPECT_TRUE(put(*file, 0, "aaaaaaaa"));
    EXPECT_TRUE(put(*file, 2, "bb"));
    EXPECT_TRUE(put(*file, 6, "cccc"));
    EXPECT_EQ(get(*file, 0, 99), "aabbaacccc");
  });
}

TEST_P(DiskContract, AHoleReadsAsZeros) {
  in_world([&](Runtime rt) {
    const auto file = fresh(rt, "f");
    EXPECT_TRUE(put(*file, 0, "a"));
    EXPECT_TRUE(put(*file, 100'000, "b"));
    EXPECT_EQ(file->size().value(), 100'001u);
    EXPECT_EQ(get(*file, 0, 200'000), "a" + std::string(99'999, '\0') + "b");
  });
}

TEST_P(DiskContract, LargeWritesReadBackAtEveryOffset) {
  in_world([&](Runtime rt) {
    const auto file = fresh(rt, "f");
    const Buffer bytes = pattern(3'000'000);
    EXPECT_TRUE(put(*file, 123, bytes));
    for (std::size_t at = 0; at + 10'007 < bytes.size(); at += 99'991)
      EXPECT_EQ(get(*file, 123 + at, 10'007), as_text(Bytes(bytes).subspan(at, 10'007)));
  });
}

TEST_P(DiskContract, TruncateCuts) {
  in_world([&](Runtime rt) {
    const auto file = fresh(rt, "f");
    EXPECT_TRUE(put(*file, 0, "hello"));
    EXPECT_TRUE(file->truncate(2));
    EXPECT_EQ(file->size().value(), 2u);
    EXPECT_EQ(get(*file, 0, 9), "he");
  });
}

TEST_P(DiskContract, TruncateExtendsWithZerosAndNotWithWhatWasCut) {
  in_world([&](Runtime rt) {
    const auto file = fresh(rt, "f");
    EXPECT_TRUE(put(*file, 0, pattern(20'000)));
    EXPECT_TRUE(file->truncate(10));
    EXPECT_TRUE(file->truncate(20'000));
    EXPECT_EQ(get(*file, 10, 30'000), std::string(19'990, '\0'));
  });
}

TEST_P(DiskContract, AWriteBehindACutFindsZerosInBetween) {
  in_world([&](Runtime rt) {
    const auto file = fresh(rt, "f");
    EXPECT_TRUE(put(*file, 0, "hello"));
    EXPECT_TRUE(file->truncate(1));
    EXPECT_TRUE(put(*file, 4, "x"));
    EXPECT_EQ(get(*file, 0, 9), std::string("h\0\0\0x", 5));
  });
}

TEST_P(DiskContract, AllocateExtendsWithZerosAndKeepsWhatIsThere) {
  in_world([&](Runtime rt) {
    const auto file = fresh(rt, "f");
    EXPECT_TRUE(put(*file, 0, "head"));
    EXPECT_TRUE(file->allocate(50'000));
    EXPECT_EQ(file->size().value(), 50'000u);
    EXPECT_EQ(get(*file, 0, 60'000), "head" + std::string(49'996, '\0'));
  });
}

TEST_P(DiskContract, AllocateNeverCuts) {
  in_world([&](Runtime rt) {
    const auto file = fresh(rt, "f");
    EXPECT_TRUE(put(*file, 0, "hello"));
    EXPECT_TRUE(file->allocate(2));
    EXPECT_EQ(get(*file, 0, 9), "hello");
  });
}

TEST_P(DiskContract, SyncSucceedsWithAndWithoutWrites) {
  in_world([&](Runtime rt) {
    const auto file = fresh(rt, "f");
    EXPECT_TRUE(file->sync());
    EXPECT_TRUE(put(*file, 0, "hello"));
    EXPECT_TRUE(file->sync());
    EXPECT_TRUE(file->sync());
    EXPECT_EQ(get(*file, 0, 9), "hello");
  });
}

TEST_P(DiskContract, AFileIsThereAfterItWasClosed) {
  in_world([&](Runtime rt) {
    EXPECT_TRUE(put(*fresh(rt, "f"), 0, "hello"));
    EXPECT_EQ(get(*rt.disk.open("f", OpenMode::must_exist).value(), 0, 9), "hello");
  });
}

TEST_P(DiskContract, AMappedFileIsARingOfItsBytes) {
  in_world([&](Runtime rt) {
    const auto file = fresh(rt, "f");
    EXPECT_TRUE(file->allocate(8192));
    EXPECT_TRUE(put(*file, 0, "begin"));
    {
      const auto mapped = rt.disk.map("f").value();
      const auto bytes = mapped->bytes();
      ASSERT_EQ(bytes.size(), 2u * 8192);
      EXPECT_EQ(as_text(bytes.first(5)), "begin");
      EXPECT_EQ(as_text(bytes.subspan(8192, 5)), "begin");
      std::ranges::copy(as_bytes("across"), bytes.begin() + 8192 - 3);
      EXPECT_EQ(as_text(bytes.first(5)), "ossin");
    }
    EXPECT_EQ(file->size().value(), 8192u);
    EXPECT_EQ(get(*file, 8192 - 3, 9), "acr");
    EXPECT_EQ(get(*file, 0, 5), "ossin");
  });
}

TEST_P(DiskContract, AFileOfPartOfAPageIsNotMapped) {
  in_world([&](Runtime rt) {
    EXPECT_EQ(rt.disk.map("f").error().code, Errc::not_found);
    const auto file = fresh(rt, "f");
    for (const std::uint64_t size : {0u, 1u, 4095u, 4097u}) {
      EXPECT_TRUE(file->truncate(size));
      EXPECT_EQ(rt.disk.map("f").error().code, Errc::invalid) << size;
    }
    EXPECT_TRUE(rt.disk.make_directories("d"));
    EXPECT_TRUE(rt.disk.map("d").has_error());
  });
}

// From memory that lies as in the file, a large write goes past the page cache where that is possible.
TEST_P(DiskContract, ALargeWriteFromMappedMemoryIsAWriteLikeAnyOther) {
  in_world([&](Runtime rt) {
    constexpr std::size_t size = 1u << 20;
    EXPECT_TRUE(fresh(rt, "ring")->allocate(size));
    const auto ring = rt.disk.map("ring").value();
    for (std::size_t i = 0; i < size; ++i) ring->bytes()[i] = static_cast<std::byte>(i * 31 / 7);
    const auto file = fresh(rt, "f");
    std::string model;
    for (const auto& [offset, length] : {std::pair<std::size_t, std::size_t>{0, size},
                                         {100, 300'000},
                                         {size - 5000, 700'001},
                                         {4096 * 30, 4096 * 70},
                                         {size + 17, size}}) {
      EXPECT_TRUE(put(*file, offset, ring->bytes().subspan(offset % size, length)));
      if (model.size() < offset + length) model.resize(offset + length);
      for (std::size_t i = 0; i < length; ++i)
        model[offset + i] = static_cast<char>((offset + i) % size * 31 / 7);
      EXPECT_TRUE(put(*file, offset + 5, "small"));
      model.replace(offset + 5, 5, "small");
      EXPECT_EQ(get(*file, 0, 10 * size), model) << offset;
      EXPECT_TRUE(file->sync());
    }
    EXPECT_EQ(get(*rt.disk.open("f", OpenMode::must_exist).value(), 0, 10 * size), model);
  });
}

TEST_P(DiskContract, AFileOpenedTwiceIsOneFile) {
  in_world([&](Runtime rt) {
    const auto writer = fresh(rt, "f");
    const auto reader = rt.disk.open("f", OpenMode::must_exist).value();
    EXPECT_TRUE(put(*writer, 0, "hello"));
    EXPECT_EQ(get(*reader, 0, 9), "hello");
    EXPECT_TRUE(writer->truncate(1));
    EXPECT_EQ(reader->size().value(), 1u);
  });
}

TEST_P(DiskContract, AFileThatIsUnlinkedLivesUntilItIsClosed) {
  in_world([&](Runtime rt) {
    const auto file = fresh(rt, "f");
    EXPECT_TRUE(put(*file, 0, "old"));
    EXPECT_TRUE(rt.disk.unlink("f"));
    EXPECT_EQ(rt.disk.open("f", OpenMode::must_exist).error(), Error(Errc::not_found));
    EXPECT_TRUE(put(*fresh(rt, "f"), 0, "new"));
    EXPECT_EQ(get(*file, 0, 9), "old");
    EXPECT_TRUE(put(*file, 3, "er"));
    EXPECT_EQ(get(*file, 0, 9), "older");
    EXPECT_EQ(get(*rt.disk.open("f", OpenMode::must_exist).value(), 0, 9), "new");
  });
}

TEST_P(DiskContract, RenameMovesTheFileAndItsOpenHandles) {
  in_world([&](Runtime rt) {
    const auto file = fresh(rt, "a");
    EXPECT_TRUE(put(*file, 0, "hello"));
    EXPECT_TRUE(rt.disk.rename("a", "b"));
    EXPECT_TRUE(put(*file, 5, "!"));
    EXPECT_EQ(get(*rt.disk.open("b", OpenMode::must_exist).value(), 0, 9), "hello!");
    EXPECT_EQ(names(rt, ""), Names{"b"});
  });
}

TEST_P(DiskContract, RenameReplacesWhatIsThere) {
  in_world([&](Runtime rt) {
    EXPECT_TRUE(put(*fresh(rt, "old"), 0, "old"));
    EXPECT_TRUE(put(*fresh(rt, "new"), 0, "new"));
    const auto replaced = rt.disk.open("old", OpenMode::must_exist).value();
    EXPECT_TRUE(rt.disk.rename("new", "old"));
    EXPECT_EQ(get(*rt.disk.open("old", OpenMode::must_exist).value(), 0, 9), "new");
    EXPECT_EQ(get(*replaced, 0, 9), "old");
    EXPECT_EQ(names(rt, ""), Names{"old"});
  });
}

TEST_P(DiskContract, RenameNeedsItsSourceAndItsFolders) {
  in_world([&](Runtime rt) {
    EXPECT_EQ(rt.disk.rename("no", "f").error(), Error(Errc::not_found));
    fresh(rt, "f");
    EXPECT_EQ(rt.disk.rename("f", "no/f").error(), Error(Errc::not_found));
    EXPECT_EQ(names(rt, ""), Names{"f"});
  });
}

TEST_P(DiskContract, RenameMovesBetweenFolders) {
  in_world([&](Runtime rt) {
    EXPECT_TRUE(rt.disk.make_directories("a"));
    EXPECT_TRUE(rt.disk.make_directories("b"));
    fresh(rt, "a/f");
    EXPECT_TRUE(rt.disk.rename("a/f", "b/g"));
    EXPECT_EQ(names(rt, "a"), Names{});
    EXPECT_EQ(names(rt, "b"), Names{"g"});
  });
}

TEST_P(DiskContract, UnlinkRemovesTheName) {
  in_world([&](Runtime rt) {
    fresh(rt, "f");
    EXPECT_TRUE(rt.disk.unlink("f"));
    EXPECT_EQ(rt.disk.unlink("f").error(), Error(Errc::not_found));
    EXPECT_EQ(names(rt, ""), Names{});
  });
}

TEST_P(DiskContract, UnlinkRemovesAnEmptyFolderOnly) {
  in_world([&](Runtime rt) {
    EXPECT_TRUE(rt.disk.make_directories("a"));
    fresh(rt, "a/f");
    EXPECT_EQ(rt.disk.unlink("a").error(), Error(Errc::denied));
    EXPECT_EQ(names(rt, "a"), Names{"f"});
    EXPECT_TRUE(rt.disk.unlink("a/f"));
    EXPECT_TRUE(rt.disk.unlink("a"));
    EXPECT_EQ(names(rt, ""), Names{});
  });
}

TEST_P(DiskContract, FoldersAreMadeWithThoseAboveThem) {
  in_world([&](Runtime rt) {
    EXPECT_TRUE(rt.disk.make_directories("a/b/c"));
    EXPECT_TRUE(rt.disk.make_directories("a/b/c"));
    EXPECT_TRUE(rt.disk.make_directories("a/b/d"));
    EXPECT_EQ(names(rt, "a/b"), (Names{"c/", "d/"}));
    fresh(rt, "a/b/c/f");
    EXPECT_EQ(rt.disk.make_directories("a/b/c/f").error(), Error(Errc::denied));
    EXPECT_EQ(rt.disk.make_directories("a/b/c/f/g").error(), Error(Errc::denied));
  });
}

TEST_P(DiskContract, AFolderIsNoFile) {
  in_world([&](Runtime rt) {
    EXPECT_TRUE(rt.disk.make_directories("a"));
    EXPECT_EQ(rt.disk.open("a", OpenMode::must_exist).error(), Error(Errc::denied));
    EXPECT_EQ(rt.disk.open("a", OpenMode::create_if_missing).error(), Error(Errc::denied));
    EXPECT_EQ(rt.disk.open("a", OpenMode::must_create).error(), Error(Errc::exists));
    EXPECT_EQ(rt.disk.lock("a").error(), Error(Errc::denied));
  });
}

TEST_P(DiskContract, AFileIsNoFolder) {
  in_world([&](Runtime rt) {
    fresh(rt, "f");
    const Error none(Errc::not_found);
    EXPECT_EQ(rt.disk.open("f/g", OpenMode::must_exist).error(), none);
    EXPECT_EQ(rt.disk.open("f/g", OpenMode::create_if_missing).error(), none);
    EXPECT_EQ(rt.disk.lock("f/g").error(), none);
    EXPECT_EQ(rt.disk.list("f").error(), none);
    EXPECT_EQ(rt.disk.list("f/g").error(), none);
    EXPECT_EQ(rt.disk.unlink("f/g").error(), none);
    EXPECT_EQ(rt.disk.sync_directory("f").error(), none);
    EXPECT_EQ(rt.disk.rename("f/g", "h").error(), none);
    EXPECT_EQ(rt.disk.rename("f", "f/g").error(), none);
    EXPECT_EQ(names(rt, ""), Names{"f"});
  });
}

TEST_P(DiskContract, RenameReplacesOnlyWhatItCan) {
  in_world([&](Runtime rt) {
    fresh(rt, "f");
    EXPECT_TRUE(rt.disk.make_directories("empty"));
    EXPECT_TRUE(rt.disk.make_directories("full/inner"));
    const Error denied(Errc::denied);
    EXPECT_EQ(rt.disk.rename("f", "empty").error(), denied);
    EXPECT_EQ(rt.disk.rename("empty", "f").error(), denied);
    EXPECT_EQ(rt.disk.rename("empty", "full").error(), denied);
    EXPECT_EQ(rt.disk.rename("full", "full/inner").error(), denied);
    EXPECT_EQ(rt.disk.rename("full", "full/new").error(), denied);
    EXPECT_EQ(rt.disk.rename("full/inner", "full").error(), denied);
    EXPECT_EQ(names(rt, ""), (Names{"empty/", "f", "full/"}));
    EXPECT_TRUE(rt.disk.rename("full", "empty"));
    EXPECT_TRUE(rt.disk.rename("f", "f"));
    EXPECT_EQ(names(rt, ""), (Names{"empty/", "f"}));
    EXPECT_EQ(names(rt, "empty"), Names{"inner/"});
  });
}

TEST_P(DiskContract, AListIsInOrderOfBytesAndSaysWhatIsAFolder) {
  in_world([&](Runtime rt) {
    for (const char* name : {"b", "a10", "B", "a9", "_", "00000000001073741824"}) fresh(rt, name);
    EXPECT_TRUE(rt.disk.make_directories("aa/inner"));
    EXPECT_EQ(names(rt, ""), (Names{"00000000001073741824", "B", "_", "a10", "a9", "aa/", "b"}));
    EXPECT_EQ(rt.disk.list("no").error(), Error(Errc::not_found));
  });
}

TEST_P(DiskContract, SyncDirectoryNeedsTheFolder) {
  in_world([&](Runtime rt) {
    EXPECT_TRUE(rt.disk.make_directories("a"));
    fresh(rt, "a/f");
    EXPECT_TRUE(rt.disk.sync_directory("a"));
    EXPECT_TRUE(rt.disk.sync_directory(""));
    EXPECT_EQ(rt.disk.sync_directory("no").error(), Error(Errc::not_found));
  });
}

TEST_P(DiskContract, SpaceIsPlausible) {
  in_world([&](Runtime rt) {
    const Space space = rt.disk.space("").value();
    EXPECT_GT(space.total, 0u);
    EXPECT_LE(space.free, space.total);
    EXPECT_EQ(rt.disk.space("no").error(), Error(Errc::not_found));
  });
}

TEST_P(DiskContract, ABootHasAName) {
  in_world([&](Runtime rt) {
    const std::string boot = rt.disk.boot_id().value();
    EXPECT_FALSE(boot.empty());
    EXPECT_LE(boot.size(), 64u);
    EXPECT_EQ(boot.find('\n'), std::string::npos);
    EXPECT_EQ(rt.disk.boot_id().value(), boot);
  });
}

TEST_P(DiskContract, ALockIsHeldByOneUntilItGoes) {
  in_world([&](Runtime rt) {
    auto held = rt.disk.lock("lock").value();
    EXPECT_EQ(rt.disk.lock("lock").error(), Error(Errc::in_use));
    EXPECT_TRUE(rt.disk.lock("other"));
    held.reset();
    EXPECT_TRUE(rt.disk.lock("lock"));
    EXPECT_EQ(names(rt, ""), (Names{"lock", "other"}));
  });
}

TEST_P(DiskContract, ALockKeepsNobodyFromTheFile) {
  in_world([&](Runtime rt) {
    const auto held = rt.disk.lock("lock").value();
    const auto file = rt.disk.open("lock", OpenMode::must_exist).value();
    EXPECT_TRUE(put(*file, 0, "pid"));
    EXPECT_EQ(get(*file, 0, 9), "pid");
  });
}

TEST_P(DiskContract, ManyFibersUseManyFiles) {
  in_world([&](Runtime rt) {
    sync::TaskGroup group(rt.tasks);
    for (unsigned i = 0; i < 40; ++i)
      group.spawn("user", [&, i] {
        const std::string name = "file" + std::to_string(i);
        const auto file = fresh(rt, name);
        for (unsigned part = 0; part < 3; ++part) {
          EXPECT_TRUE(put(*file, part * 5000, pattern(5000, i * 3 + part)));
          EXPECT_TRUE(file->sync());
        }
        for (unsigned part = 0; part < 3; ++part)
          EXPECT_EQ(get(*file, part * 5000, 5000), as_text(pattern(5000, i * 3 + part)));
      });
    EXPECT_TRUE(group.join());
    EXPECT_EQ(names(rt, "").size(), 40u);
  });
}

TEST_P(DiskContract, ReadersSeeAFileGrow) {
  in_world([&](Runtime rt) {
    const auto file = fresh(rt, "f");
    sync::TaskGroup group(rt.tasks);
    group.spawn("reader", [&] {
      std::size_t seen = 0;
      while (seen < 100) {
        const std::string text = get(*file, 0, 1000);
        EXPECT_GE(text.size(), seen);
        EXPECT_EQ(text, std::string(text.size(), 'x'));
        seen = text.size();
        rt.tasks.yield();
      }
    });
    for (std::uint64_t at = 0; at < 100; ++at) {
      EXPECT_TRUE(put(*file, at, "x"));
      if (at % 10 == 0) EXPECT_TRUE(file->sync());
      else rt.tasks.yield();
    }
    EXPECT_TRUE(group.join());
  });
}

TEST_P(DiskContract, ACrashUnwindsWhoeverSyncs) {
  bool returned = false;
  in_world([&](Runtime rt) {
    rt.tasks.spawn("syncer", [&returned, rt] {
      const auto file = fresh(rt, "f");
      for (;;) {
        if (!put(*file, 0, "x")) break;
        if (!file->sync()) break;
      }
      returned = true;
    });
    rt.tasks.yield();
    world->crash();
    for (;;) rt.tasks.park();
  });
  EXPECT_FALSE(returned);
}

}  // namespace gantry::contract
