#include "model/message/properties.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace gantry::model::message {
namespace {

TEST(Properties, PiecesThatDoNotSplitDoNotCount) {
  const std::string_view text =
      "\x02KEYS\x01k1 k2\x02junk\x02\x01v\x02n\x01\x02TAGS\x01"
      "a\x01"
      "b\x02";
  EXPECT_EQ(property(text, "KEYS"), "k1 k2");
  EXPECT_EQ(property(text, "TAGS"),
            "a\x01"
            "b");
  EXPECT_EQ(property(text, "n"), std::nullopt);
  EXPECT_EQ(property(text, "junk"), std::nullopt);
  EXPECT_EQ(parse_properties(text).size(), 2u);
}

TEST(Properties, OfARepeatedNameTheLastCounts) {
  EXPECT_EQ(property("a\x01"
                     "1\x02"
                     "a\x01"
                     "2",
                     "a"),
            "2");
}

TEST(Properties, ASeparatorIsAddedOnlyWhereOneIsMissing) {
  std::string text;
  append_property(text, "a", "1");
  EXPECT_EQ(text,
            "a\x01"
            "1");
  append_property(text, "b", "2");
  EXPECT_EQ(text,
            "a\x01"
            "1\x02"
            "b\x01"
            "2");
  text += '\x02';
  append_properties(text,
                    "c\x01"
                    "3");
  EXPECT_EQ(text,
            "a\x01"
            "1\x02"
            "b\x01"
            "2\x02"
            "c\x01"
            "3");
}

TEST(Properties, RemovingLeavesEveryOtherByte) {
  EXPECT_EQ(without_property("a\x01"
                             "1\x02WAIT\x01true\x02"
                             "b\x01"
                             "2",
                             "WAIT"),
            "a\x01"
            "1\x02"
            "b\x01"
            "2");
  EXPECT_EQ(without_property("a\x01"
                             "1\x02WAIT\x01true",
                             "WAIT"),
            "a\x01"
            "1\x02");
  EXPECT_EQ(without_property("junk\x02WAIT\x01true\x02", "WAIT"), "junk\x02");
}

TEST(Properties, WaitIsReservedAndAUsersNameIsNot) {
  EXPECT_TRUE(property_name::is_reserved("WAIT"));
  EXPECT_FALSE(property_name::is_reserved("colour"));
}

RC_GTEST_PROP(Properties, WhatIsFormattedIsParsedBack, (const PropertyMap& any)) {
  PropertyMap carried;
  for (const auto& [name, value] : any)
    if (can_be_property(name, value)) carried.emplace(name, value);
  RC_ASSERT(parse_properties(format_properties(any)) == carried);
}

RC_GTEST_PROP(Properties, LookupAgreesWithTheParsedMapOnAnyBytes, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::element('a', 'b', '\x01', '\x02', '\xFF'));
  for (const auto& [name, value] : parse_properties(text)) RC_ASSERT(property(text, name) == value);
  const auto without = parse_properties(without_property(text, "a"));
  auto expected = parse_properties(text);
  expected.erase("a");
  RC_ASSERT(without == expected);
}

}  // namespace
}  // namespace gantry::model::message
