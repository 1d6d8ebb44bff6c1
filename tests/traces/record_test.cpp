#include "traces/record/record.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "traces/record/frame.h"

namespace gantry::traces::record {
namespace {

Record sample() {
  return {.build = "g++ 12.2.0",
          .hash = "00ff",
          .verdict = "a_claim: m1 is gone\nand so is m2",
          .case_text = "gantry-case 1\nnoise 4\n",
          .nodes = {{"broker", "broker-a/broker", "SYNC_FLUSH"}, {"consumer", "c1/main", "CG TopicTest"}},
          .messages = {{"0A01", "m1"}, {"-", "name with spaces"}},
          .events = {{1500, "broker-a/broker", 1, 4, "disk.sync", {4096, -1}, {}, "/store/000"},
                     {1600, "n1/namesrv", 2, 0, "start", {}, {}, {}},
                     {1700, "c1/main", 1, 3, "message.consumed", {1}, {0, 1}, "said \"\\n\"\nin two lines"},
                     {1800, "c1/main", 1, 3, "log.info", {}, {1}, {}}}};
}

ReadError error_of(const std::string& text) {
  const auto record = parse(text);
  return record.has_value() ? ReadError{} : record.error();
}

/// The error when `good` in the sample's text is replaced by `bad`.
ReadError damaged(const std::string& good, const std::string& bad) {
  std::string text = to_text(sample());
  text.replace(text.find(good), good.size(), bad);
  return error_of(text);
}

TEST(Record, TextFormKeepsEverything) {
  const auto back = parse(to_text(sample()));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, sample());
}

RC_GTEST_PROP(Record, AnyTextOfAnEventIsKept, (const std::string& text)) {
  Record r = sample();
  r.events[0].text = text;
  const auto back = parse(to_text(r));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == r);
}

RC_GTEST_PROP(Record, AFileThatWasCutOffIsAnError, ()) {
  const std::string whole = to_text(sample());
  const auto kept = *rc::gen::inRange<std::size_t>(0, whole.size());
  const auto record = parse(std::string_view(whole).substr(0, kept));
  RC_ASSERT(!record.has_value());
  RC_ASSERT(!record.error().message.empty());
}

RC_GTEST_PROP(Record, AnyBytesAreSurvived, (const std::string& bytes)) {
  const auto record = parse("gantry-record 2\n" + bytes);
  RC_ASSERT((!record.has_value() || record->build.size() <= bytes.size()));
}

// Bytes that are nearly right reach every branch of the reader.
RC_GTEST_PROP(Record, AFileWithAnyByteChangedIsReadOrNamesALine, (char byte)) {
  std::string text = to_text(sample());
  const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n'));
  text[*rc::gen::inRange<std::size_t>(0, text.size())] = byte;
  const auto record = parse(text);
  if (record.has_value()) return;
  RC_ASSERT(record.error().line >= 1u);
  RC_ASSERT(record.error().line <= lines + 2);
}

TEST(Record, ADamagedFactNamesItsLineAndWhatStoodThere) {
  const ReadError error = damaged("disk.sync 4096", "disk.sync 4o96");
  EXPECT_EQ(error.line, 15u);
  EXPECT_EQ(error.message, "expected a fact as a number, found `4o96`");
}

TEST(Record, AMessageThatIsNotInTheTableIsAnError) {
  const ReadError error = damaged("@0,1", "@0,2");
  EXPECT_EQ(error.line, 17u);
  EXPECT_EQ(error.message, "expected the number of a message below 2, found `2`");
}

TEST(Record, AnotherFormatIsRefusedWithWhatToDo) {
  const ReadError error = damaged("gantry-record 2", "gantry-record 1");
  EXPECT_EQ(error.line, 1u);
  EXPECT_NE(error.message.find("expected record format 2, found `1`"), std::string::npos) << error.message;
  EXPECT_NE(error.message.find("--record"), std::string::npos) << error.message;
}

TEST(Record, BytesBehindTheEndAreAnError) {
  const ReadError error = error_of(to_text(sample()) + "more\n");
  EXPECT_EQ(error.line, 20u);
  EXPECT_EQ(error.message, "expected nothing after `end`");
}

TEST(Frame, ItsFactsComeBack) {
  const Frame frame{7, 1, 100, 220, 310, 0, 9, 2, 41};
  const Event event{0, "p1/main", 1, 1, "frame.sent", facts_of(frame), {}, {}};
  EXPECT_EQ(frame_of(event), frame);
  EXPECT_EQ(frame_of(Event{0, "p1/main", 1, 1, "net.write", facts_of(frame), {}, {}}), std::nullopt);
}

TEST(Frame, IsCalledByRocketMQsNames) {
  EXPECT_EQ(label_of({.request = 310}), "SEND_MESSAGE_V2");
  EXPECT_EQ(label_of({.request = 11, .answer = 19}), "PULL_MESSAGE: PULL_NOT_FOUND");
  EXPECT_EQ(label_of({.request = -1, .answer = 0}), "answer: SUCCESS");
  EXPECT_EQ(label_of({.request = 9999}), "code 9999");
}

}  // namespace
}  // namespace gantry::traces::record
