#include "runtime/log.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace gantry::runtime {
namespace {

TEST(Format, AnErrorIsItsNameAndItsDetail) {
  EXPECT_EQ(fmt::format("{}", Error(Errc::io)), "io");
  EXPECT_EQ(fmt::format("({})", Error(Errc::in_use, "port 9876")), "(in_use, port 9876)");
}

TEST(Format, AnEndpointIsHostAndPort) {
  EXPECT_EQ(fmt::format("{}", Endpoint{"127.0.0.1", 9876}), "127.0.0.1:9876");
}

class Lines final : public Events {
 public:
  void log(Level, std::string_view text) override { lines.emplace_back(text); }
  void record(std::string_view, std::string_view, std::span<const std::int64_t>) override {}
  void probe(std::string_view) override {}
  void count(std::string_view, std::int64_t) override {}
  std::vector<std::string> lines;
};

TEST(Complaint, IsLoggedWhenItBeginsAndNotWhileItLasts) {
  Lines events;
  Complaint unreadable;
  unreadable.raise(events, Level::error, "cannot read at {}", 1);
  unreadable.raise(events, Level::error, "cannot read at {}", 2);
  EXPECT_EQ(events.lines, std::vector<std::string>{"cannot read at 1"});
  EXPECT_TRUE(unreadable.settle());
  EXPECT_FALSE(unreadable.settle());
  unreadable.raise(events, Level::error, "cannot read at {}", 3);
  EXPECT_EQ(events.lines.back(), "cannot read at 3");
}

}  // namespace
}  // namespace gantry::runtime
