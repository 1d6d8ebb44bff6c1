#include "traces/record/record.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gantry::traces::record {
namespace {

Record sample() {
  return {.build = "g++ 12.2.0",
          .hash = "00ff",
          .verdict = "every claim held",
          .case_text = "gantry-case 1\nnoise 4\n",
          .events = {{1500, "broker-a/broker", 1, 4, "disk.sync", {4096, -1}},
                     {1600, "n1/namesrv", 2, 0, "start", {}}}};
}

TEST(Record, TextFormKeepsEverything) {
  const auto back = parse(to_text(sample()));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, sample());
}

RC_GTEST_PROP(Record, AFileThatWasCutOffIsAnError, ()) {
  const std::string whole = to_text(sample());
  const auto kept = *rc::gen::inRange<std::size_t>(0, whole.size());
  const auto record = parse(std::string_view(whole).substr(0, kept));
  RC_ASSERT(!record.has_value());
  RC_ASSERT(!record.error().message.empty());
}

RC_GTEST_PROP(Record, AnyBytesAreSurvived, (const std::string& bytes)) {
  const auto record = parse("gantry-record 1\n" + bytes);
  RC_ASSERT((!record.has_value() || record->build.size() <= bytes.size()));
}

TEST(Record, ADamagedEventNamesItsLine) {
  std::string text = to_text(sample());
  text.replace(text.find("disk.sync 4096"), 14, "disk.sync 4o96");
  const auto record = parse(text);
  ASSERT_FALSE(record.has_value());
  EXPECT_EQ(record.error().line, 9u);
  EXPECT_NE(record.error().message.find("4o96"), std::string::npos);
}

}  // namespace
}  // namespace gantry::traces::record
