#include "broker/config/properties.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gantry::broker::config {
namespace {

TEST(Properties, AreReadAsJavaReadsThem) {
  const auto properties = parse_properties(
      "# a comment\n"
      "! another\r\n"
      "\n"
      "listenPort = 9876  \n"
      "  brokerName: broker-a\n"
      "plain word\n"
      "empty\n"
      "path=/a/\\\n"
      "     b\r\n"
      "escaped\\ key=tab\\there\\u00e9\\u4e2d\n"
      "a=b=c");
  const std::vector<Property> expected{
      {"listenPort", "9876", 4}, {"brokerName", "broker-a", 5},
      {"plain", "word", 6},      {"empty", "", 7},
      {"path", "/a/b", 8},       {"escaped key", "tab\there\xC3\xA9\xE4\xB8\xAD", 10},
      {"a", "b=c", 11}};
  EXPECT_EQ(properties, expected);
}

RC_GTEST_PROP(Properties, SurviveAnyText, (const std::string& text)) {
  RC_ASSERT(parse_properties(text).size() <= text.size());
  RC_ASSERT(parse_properties(text + "\\").size() <= text.size() + 1);
}

RC_GTEST_PROP(Properties, ChangeOneValueAndNothingElse, (const std::string& text, std::string value)) {
  std::erase_if(value, [](char c) { return static_cast<unsigned char>(c) < ' '; });
  while (value.ends_with(' ')) value.pop_back();
  std::vector<Property> before = parse_properties(text);
  std::vector<Property> after = parse_properties(with_values(text, {{Property{"the.key", value, 0}}}));
  RC_ASSERT(!after.empty());
  RC_ASSERT(after.back().key == "the.key");
  RC_ASSERT(after.back().value == value);
  after.pop_back();
  RC_ASSERT(after == before);
  const std::string again = with_values(text + "\n\nthe.key=old", {{Property{"the.key", value, 0}}});
  RC_ASSERT(parse_properties(again).back().value == value);
}

enum class Role { master, slave };

struct KeyTableTest : testing::Test {
  int port = 10911;
  bool order = false;
  std::string home = "~";
  Role role = Role::master;
  KeyTable keys = KeyTable()
                      .number("listenPort", port, 1, 65535)
                      .flag("orderMessageEnable", order)
                      .text("storePathRootDir", home)
                      .choice("brokerRole", role, {{"ASYNC_MASTER", Role::master}, {"SLAVE", Role::slave}})
                      .without_effect({"serverWorkerThreads"});

  std::vector<std::string> problems(std::string_view text) const {
    std::vector<std::string> lines;
    for (const Diagnostic& diagnostic : keys.apply(parse_properties(text)))
      lines.push_back(to_line(diagnostic, "b.conf"));
    return lines;
  }
};

TEST_F(KeyTableTest, SetsWhatTheFileSays) {
  EXPECT_TRUE(
      problems("listenPort=9\norderMessageEnable=TRUE\nstorePathRootDir=/x\nbrokerRole=SLAVE").empty());
  EXPECT_EQ(port, 9);
  EXPECT_TRUE(order);
  EXPECT_EQ(home, "/x");
  EXPECT_EQ(role, Role::slave);
}

TEST_F(KeyTableTest, AWrongValueIsAnErrorWithFileLineAndKey) {
  EXPECT_EQ(
      problems("\nlistenPort=70000"),
      std::vector<std::string>{"b.conf:2: listenPort: expected a number from 1 to 65535, not \"70000\""});
  EXPECT_EQ(
      problems("brokerRole=MASTER"),
      std::vector<std::string>{"b.conf:1: brokerRole: expected one of ASYNC_MASTER, SLAVE, not \"MASTER\""});
  EXPECT_EQ(problems("orderMessageEnable=yes"),
            std::vector<std::string>{"b.conf:1: orderMessageEnable: expected true or false, not \"yes\""});
  EXPECT_TRUE(has_errors(keys.apply(parse_properties("listenPort=1x"))));
  EXPECT_EQ(port, 10911);
}

TEST_F(KeyTableTest, AnUnknownKeyIsAWarningThatNamesTheNearestKnownOne) {
  EXPECT_EQ(problems("listenport=1"),
            std::vector<std::string>{"b.conf:1: listenport: unknown key; did you mean listenPort?"});
  EXPECT_EQ(problems("zzz=1"), std::vector<std::string>{"b.conf:1: zzz: unknown key"});
  EXPECT_FALSE(has_errors(keys.apply(parse_properties("zzz=1"))));
}

TEST_F(KeyTableTest, AKeyWithoutEffectIsOnlyNoted) {
  const auto diagnostics = keys.apply(parse_properties("serverWorkerThreads=8"));
  ASSERT_EQ(diagnostics.size(), 1u);
  EXPECT_EQ(diagnostics[0].severity, Severity::note);
}

TEST_F(KeyTableTest, OfAKeyThatIsGivenTwiceTheLastCounts) {
  EXPECT_EQ(problems("listenPort=1\nlistenPort=2").size(), 1u);
  EXPECT_EQ(port, 2);
}

TEST_F(KeyTableTest, PrintsWhatItWouldReadBack) {
  const std::string printed = print_properties(keys.values());
  EXPECT_EQ(printed,
            "brokerRole=ASYNC_MASTER\nlistenPort=10911\norderMessageEnable=false\nstorePathRootDir=~\n");
  EXPECT_TRUE(problems(printed).empty());
}

TEST(Properties, AListNamesWholeKeysBetweenSemicolons) {
  EXPECT_TRUE(is_listed("configBlackList;brokerConfigPath", "configBlackList"));
  EXPECT_TRUE(is_listed("configBlackList;brokerConfigPath", "brokerConfigPath"));
  EXPECT_FALSE(is_listed("configBlackList;brokerConfigPath", "brokerConfig"));
  EXPECT_FALSE(is_listed("configBlackList;brokerConfigPath", "List;broker"));
  EXPECT_FALSE(is_listed("", "brokerName"));
}

}  // namespace
}  // namespace gantry::broker::config
