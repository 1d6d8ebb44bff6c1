#include "model/delivery/stored_properties.h"

#include <gtest/gtest.h>

namespace gantry::model::delivery {
namespace {

/// Properties with `=` and `;` in the place of the two marks, which no name and no value here has.
std::string marked(std::string_view readable) {
  std::string text(readable);
  for (char& c : text) c = c == '=' ? '\x01' : c == ';' ? '\x02' : c;
  return text;
}

TEST(StoredProperties, ARecordGetsWhatIsWellFormedButWhatTheBrokerSaysItself) {
  struct Row {
    const char* sent;
    bool drop_delay;
    const char* stored;
  };
  const Row rows[] = {
      {"", false, ""},
      {"TAGS=a;KEYS=k;", false, "TAGS=a;KEYS=k;"},
      {"TAGS=a", false, "TAGS=a;"},
      {"TAGS=a;WAIT=true;", false, "TAGS=a;"},
      {"CLUSTER=other;TAGS=a;", false, "TAGS=a;"},
      {"TAGS=;KEYS=k;=v;novalue;", false, "KEYS=k;"},
      {"DELAY=3;TAGS=a;", false, "DELAY=3;TAGS=a;"},
      {"DELAY=3;TAGS=a;", true, "TAGS=a;"},
  };
  for (const Row& row : rows) {
    std::string text = "before";
    append_stored(marked(row.sent), row.drop_delay, text);
    EXPECT_EQ(text, "before" + marked(row.stored)) << row.sent;
  }
}

TEST(StoredProperties, TheBrokerReadsWhatConcernsItself) {
  const auto read = [](const char* sent, bool drop_delay = false) {
    static std::string source;
    source = marked(sent);
    std::string text;
    return append_stored(source, drop_delay, text);
  };
  EXPECT_TRUE(read("TAGS=a;").wait) << "the default";
  EXPECT_FALSE(read("WAIT=false;").wait);
  EXPECT_FALSE(read("TAGS=a;").half);
  EXPECT_TRUE(read("TRAN_MSG=true;").half);
  EXPECT_EQ(read("DELAY=3;").delay, "3");
  EXPECT_EQ(read("DELAY=3;", true).delay, "") << "a dead letter is not delayed";
}

TEST(StoredProperties, ClusterComesLastAndWithoutAnEndMark) {
  std::string text = marked("TAGS=a;");
  append_cluster("DefaultCluster", text);
  EXPECT_EQ(text, marked("TAGS=a;CLUSTER=DefaultCluster"));
}

}  // namespace
}  // namespace gantry::model::delivery
