#include "broker/files/json_file.h"

#include <array>

#include <gtest/gtest.h>

#include "tests/broker/store/store_testing.h"

namespace gantry::broker::files {
namespace {

using runtime::OpenMode;
using runtime::Runtime;
using store::testing::errors_of;

constexpr const char* path = "config/topics.json";
constexpr std::uint64_t bytes_max = 100;

void lay(runtime::Disk& disk, const std::string& to, std::string_view text) {
  ASSERT_TRUE(disk.make_directories("config"));
  const auto file = disk.open(to, OpenMode::create_if_missing).value();
  ASSERT_TRUE(file->truncate(0));
  ASSERT_TRUE(file->write_at(0, std::array{as_bytes(text)}));
}

bool is_text(std::string_view text) {
  return text.starts_with("{");
}

std::string text_of(std::size_t bytes) {
  return "{" + std::string(bytes - 1, 'x');
}

TEST(JsonFile, WhatIsWrittenCanBeReadAndTheRestIsRefused) {
  const auto errors = errors_of([](Runtime runtime) {
    JsonFile file(runtime.disk, runtime.events, path, bytes_max);
    ASSERT_TRUE(file.write(text_of(bytes_max)));
    EXPECT_EQ(file.write(text_of(bytes_max + 1)).error().code, Errc::too_large);
    EXPECT_EQ(file.write(text_of(bytes_max + 2)).error().code, Errc::too_large);
    const auto read = file.read(is_text);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->text, text_of(bytes_max));
    EXPECT_FALSE(read->from_backup);
  });
  EXPECT_EQ(errors,
            std::vector<std::string>{"config/topics.json is not written: 101 bytes are more than 100, "
                                     "its older content stays"});
}

TEST(JsonFile, AnOlderTextStandsInForADamagedOneAndTheOperatorIsTold) {
  for (const char* damage : {"", "half of a te"}) {
    const auto errors = errors_of([&](Runtime runtime) {
      JsonFile file(runtime.disk, runtime.events, path, bytes_max);
      ASSERT_TRUE(file.write("{1"));
      ASSERT_TRUE(file.write("{2"));
      lay(runtime.disk, path, damage);
      const auto read = file.read(is_text);
      ASSERT_TRUE(read);
      EXPECT_EQ(read->text, "{1");
      EXPECT_TRUE(read->from_backup);
    });
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_NE(errors[0].find("config/topics.json cannot be understood"), std::string::npos) << errors[0];
  }
}

TEST(JsonFile, AnOlderTextStandsInForAMissingOneAndTheOperatorIsTold) {
  const auto errors = errors_of([&](Runtime runtime) {
    const JsonFile file(runtime.disk, runtime.events, path, bytes_max);
    lay(runtime.disk, std::string(path) + ".bak", "{1");
    const auto read = file.read(is_text);
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->from_backup);
  });
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_NE(errors[0].find("config/topics.json is missing"), std::string::npos) << errors[0];
}

TEST(JsonFile, AnOlderTextDoesNotStandInForOneThatIsTooLargeToRead) {
  const auto errors = errors_of([](Runtime runtime) {
    JsonFile file(runtime.disk, runtime.events, path, bytes_max);
    ASSERT_TRUE(file.write("{1"));
    ASSERT_TRUE(file.write("{2"));
    lay(runtime.disk, path, text_of(bytes_max + 1));
    EXPECT_EQ(file.read(is_text).error().code, Errc::too_large);
  });
  EXPECT_TRUE(errors.empty());
}

TEST(JsonFile, NothingAtAllIsNotFoundAndNoTrouble) {
  const auto errors = errors_of([](Runtime runtime) {
    EXPECT_EQ(JsonFile(runtime.disk, runtime.events, path).read(is_text).error().code, Errc::not_found);
  });
  EXPECT_TRUE(errors.empty());
}

}  // namespace
}  // namespace gantry::broker::files
