#include "model/protocol/json.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <boost/json.hpp>

namespace gantry::model::protocol {
namespace {

TEST(Json, BareKeysAndObjectKeysAreReadAndWritten) {
  for (const std::string_view text :
       {R"({0:"1.2.3.4:10911",1:"x"})", R"({{"brokerName":"b","queueId":0,"topic":"T"}:{"minOffset":0}})",
        R"({"a":[{-1:0},{}],"b":[]})"}) {
    const Json value = parse_json(text).value();
    EXPECT_EQ(write_json(value), text);
  }
  const Json quoted = parse_json(R"({0:"x"})").value();
  EXPECT_EQ(write_json(quoted, {.quote_all_keys = true}), R"({"0":"x"})");
  EXPECT_EQ(quoted, parse_json(R"({"0":"x"})").value());
  const Json by_object = parse_json(R"({{"queueId":0}:7})").value();
  EXPECT_EQ(by_object, parse_json(R"({"{\"queueId\":0}":7})").value());
}

TEST(Json, NumbersKeepTheirKind) {
  EXPECT_EQ(write_json(parse_json("[1,-9223372036854775808,0.0,1.5,1e3]").value()),
            "[1,-9223372036854775808,0.0,1.5,1000.0]");
  EXPECT_NE(parse_json("9223372036854775808").value().as_double(), nullptr);
}

TEST(Json, ControlCharactersAndNonAsciiCanBeEscaped) {
  const Json text = "a\x01\"\\\n\u4e2d\U0001F680";
  EXPECT_EQ(write_json(text), "\"a\\u0001\\\"\\\\\\n\u4e2d\U0001F680\"");
  EXPECT_EQ(write_json(text, {.escape_non_ascii = true}), R"("a\u0001\"\\\n\u4E2D\uD83D\uDE80")");
  EXPECT_EQ(parse_json(write_json(text, {.escape_non_ascii = true})).value(), text);
}

TEST(Json, PrettyTextHasALinePerMember) {
  EXPECT_EQ(write_json(parse_json(R"({"b":{1:[2]},"a":{}})").value(), {.pretty = true}),
            "{\n\t\"a\":{},\n\t\"b\":{\n\t\t1:[\n\t\t\t2\n\t\t]\n\t}\n}");
}

TEST(Json, LimitsAreKept) {
  EXPECT_EQ(parse_json(std::string(100'000, '[')).error().code, Errc::too_large);
  EXPECT_FALSE(parse_json(std::string(100'000, '{')));
  EXPECT_EQ(parse_json("[1,2,3]", {.values = 3}).error().code, Errc::too_large);
  EXPECT_EQ(parse_json("[1,2,3]", {.bytes = 6}).error().code, Errc::too_large);
  // Few bytes that would stand for much memory, where nobody has said that so many values are expected.
  std::string many = "[";
  while (many.size() < 8u << 20) many += "[],";
  EXPECT_EQ(parse_json(many + "0]").error().code, Errc::too_large);
  EXPECT_TRUE(parse_json(many + "0]", JsonLimits::own_file()));
  EXPECT_EQ(parse_json(many.substr(0, 20'000) + "0]", JsonLimits::small()).error().code, Errc::too_large);
  EXPECT_TRUE(parse_json("[[[1]]]", {.depth = 4}));
  EXPECT_FALSE(parse_json("[[[1]]]", {.depth = 3}));
}

TEST(Json, MalformedTextsAreRefused) {
  for (const std::string_view text :
       {"",  " ",  "{",   "[",    "[1",        "[1,]",       "{\"a\"}", "{\"a\":}", "{:1}", "nul", "tru",
        "-", "1x", "\"a", "\"\\", "\"\\u12\"", "{\"a\":1,}", "[] x",    "{{:1}",    "inf",  "nan", "-inf"})
    EXPECT_FALSE(parse_json(text)) << text;
}

boost::json::value tree(int depth) {
  switch (*rc::gen::inRange(0, depth > 0 ? 7 : 5)) {
    case 0: return nullptr;
    case 1: return *rc::gen::arbitrary<bool>();
    case 2: return *rc::gen::arbitrary<std::int64_t>();
    case 3: return static_cast<double>(*rc::gen::inRange(-1000, 1000)) / 8;
    case 4: return boost::json::value(*rc::gen::string<std::string>());
    case 5: {
      boost::json::array array;
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) array.push_back(tree(depth - 1));
      return array;
    }
    default: {
      boost::json::object object;
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
        object.insert_or_assign(*rc::gen::string<std::string>(), tree(depth - 1));
      return object;
    }
  }
}

RC_GTEST_PROP(Json, ReadsWhatAnotherLibraryWritesAndIsReadByIt, ()) {
  const boost::json::value value = tree(4);
  const Json ours = parse_json(boost::json::serialize(value)).value();
  RC_ASSERT(parse_json(write_json(ours)).value() == ours);
  RC_ASSERT(parse_json(write_json(ours, {.pretty = true})).value() == ours);
  boost::json::parse_options lenient;
  lenient.allow_invalid_utf8 = true;
  boost::json::error_code failed;
  const auto back = boost::json::parse(write_json(ours), failed, {}, lenient);
  RC_ASSERT(!failed);
  RC_ASSERT(parse_json(boost::json::serialize(back)).value() == ours);
}

RC_GTEST_PROP(Json, AnyTextIsSurvived, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::element('{', '}', '[', ']', '"', ':', ',', '\\', 'u', '0', '1', '-', 'e', '.', 'n', ' '));
  if (const auto value = parse_json(text)) RC_ASSERT(parse_json(write_json(*value)).has_value());
}

}  // namespace
}  // namespace gantry::model::protocol
