// Every case in properties/regressions once failed. It holds now, and gives the same run twice.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "properties/claims.h"
#include "properties/cluster/run.h"
#include "properties/trials/shrink.h"
#include "properties/trials/workers.h"

namespace gantry::properties {
namespace {

std::vector<std::string> case_files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(GANTRY_REGRESSIONS))
    files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

std::string read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Regressions : public testing::TestWithParam<std::string> {};

TEST_P(Regressions, HoldsAndRepeatsItself) {
  const std::string text = read(GetParam());
  EXPECT_LE(text.size(), trials::small_bytes_max) << "a case to keep is a small one";
  const auto c = cases::parse(text);
  ASSERT_TRUE(c.has_value()) << GetParam() << ":" << c.error().line << ": " << c.error().message;
  const trials::Verdict first = trials::run_one(*c, 1);
  const trials::Verdict second = trials::run_one(*c, 1);
  EXPECT_EQ(first.claim, "") << first.what;
  EXPECT_EQ(first.hash, second.hash);
  EXPECT_GT(first.events, 0u);
}

INSTANTIATE_TEST_SUITE_P(All, Regressions, testing::ValuesIn(case_files()),
                         [](const auto& file) { return std::filesystem::path(file.param).stem().string(); });

}  // namespace
}  // namespace gantry::properties
