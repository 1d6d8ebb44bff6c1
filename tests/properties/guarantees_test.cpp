// docs/guarantees.md and the excuses say the same. The page is read here; what the code excuses is asked of
// the excuses themselves, for every kind of fault, flush mode and target.

#include "properties/guarantees.h"

#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "properties/claims.h"
#include "properties/cluster/configured.h"
#include "properties/excuses.h"
#include "tests/properties/guarantees_page.h"

namespace gantry::properties {
namespace {

using cluster::Instant;
using sim::faults::Fault;
using sim::faults::Kind;
using testing::AnyOf;
using testing::Contains;
using testing::ElementsAreArray;

constexpr const char* flush_modes[] = {"ASYNC_FLUSH", "SYNC_FLUSH"};

constexpr Instant at(std::int64_t ms) {
  return {ms * 1'000'000};
}

// ---------------------------------------------------------------------------- the code

/// One producer, one broker, a group of two, and a fault of the target between 10 and 11 seconds. What the
/// fault may have done to them is asked of every excuse.
class Trial {
 public:
  Trial(const std::string& flush_mode, Fault fault) {
    c_ = *cases::parse("gantry-case 1\nnamesrv n\nbroker b flushDiskType=" + flush_mode +
                       "\ntopic T 1\nproducer p\nconsumer c1 G T\nconsumer c2 G T\nsend 10000 p T m 20\n");
    outcome_.limits = cluster::limits_of(c_);
    outcome_.struck.push_back({std::move(fault), at(10'000), at(11'000), true, 0});
  }
  Trial() : Trial("ASYNC_FLUSH", {}) { outcome_.struck.clear(); }

  const cases::Case& the_case() const { return c_; }

  /// The broker's disk forgot everything at 10.1 seconds.
  void lose(Kind cause) { outcome_.losses.push_back({.broker = "b", .at = at(10'100), .cause = cause}); }
  void start(const std::string& machine, Instant when) { outcome_.started.push_back({machine, 1, when}); }

  /// Everything that is excused, as "ROW HARM". The send, and the first sight of its message, begin at
  /// `when`.
  Words excused(Instant when = at(10'050)) {
    Words all;
    const auto add = [&](const std::optional<Excuse>& excuse) {
      if (excuse) all.insert(std::string(name_of(excuse->row)) + " " + std::string(name_of(excuse->harm)));
    };
    const cluster::Place place{"b", "T", 0, 0};
    const Instant ended{when.ns + 1'000'000};
    cluster::Sent sent{"m", "p", when, ended, true, place, 0, "T"};
    outcome_.sent = {sent, {"m2", "p", at(15'000), at(15'001), true, place, 0, "T"}};
    const cluster::Consumed before{"G", "c1", 1, "m", place, ended, ended, true};
    const cluster::Consumed again{"G", "c2", 1, "m", place, at(12'000), at(12'001), true};
    outcome_.consumed = {before};
    outcome_.taken = {{"c1", 1, place.in(), 0, Instant{when.ns - 1}, at(11'500)},
                      {"c2", 1, place.in(), 0, at(11'900)}};
    add(excuse_for_loss(c_, outcome_, sent));
    add(excuse_for_reuse(c_, outcome_, place, ended, at(15'000)));
    add(excuse_for_skip(c_, outcome_, "G", {"m2", place}));
    add(excuse_for_redelivery(c_, outcome_, before, again));
    sent.acknowledged = false;
    sent.error = Errc::timed_out;
    add(excuse_for_copy(c_, outcome_, sent, "b"));
    add(excuse_for_refusal(c_, outcome_, sent));
    return all;
  }

 private:
  cases::Case c_;
  cluster::Outcome outcome_;
};

/// Every fault that there is, at every sort of machine.
std::vector<Fault> all_faults() {
  std::vector<Fault> all;
  for (const Kind kind : sim::faults::all_kinds())
    for (const char* target : {"b", "n", "p", "c1"})
      for (const char* part : {"sync", "write", "read"})
        if (kind == Kind::disk_error || std::string_view(part) == "sync")
          all.push_back(
              {.id = 1, .kind = kind, .target = target, .part = kind == Kind::disk_error ? part : ""});
  return all;
}

/// All that the code can excuse, as "ROW HARM".
Words all_excused() {
  Words all;
  for (const char* mode : flush_modes)
    for (const Fault& fault : all_faults()) {
      Trial trial(mode, fault);
      const bool forgets =
          fault.kind == Kind::power_loss || (fault.kind == Kind::disk_error && fault.part == "sync");
      if (fault.target == "b" && forgets) trial.lose(fault.kind);
      all.merge(trial.excused());
    }
  all.merge(Trial().excused(at(500)));  // while the cluster starts
  Trial joining;
  joining.start("c2", at(11'000));
  all.merge(joining.excused(at(11'000)));
  return all;
}

// ---------------------------------------------------------------------------- both

class Guarantees : public testing::Test {
 protected:
  /// The promise of this row; one that promises nothing when the page has no such row.
  Promise promise(std::string_view row) const {
    const auto found = page_.promises().find(std::string(row));
    return found == page_.promises().end() ? Promise{} : found->second;
  }
  const GuaranteesPage page_;
};

TEST_F(Guarantees, HaveTheRowsThatExcusesCanName) {
  EXPECT_THAT(page_.names(), ElementsAreArray(row_names()));
}

TEST_F(Guarantees, HaveARowForEveryFaultUnderEachFlushMode) {
  for (const char* mode : flush_modes)
    for (const Fault& fault : all_faults()) {
      const std::string_view row = name_of(row_of(Trial(mode, fault).the_case(), fault));
      EXPECT_THAT(promise(row).faults, Contains(std::string(name_of(fault.kind)))) << row;
      EXPECT_THAT(promise(row).flush_mode, AnyOf("both", mode)) << row;
    }
}

TEST_F(Guarantees, NameNoFaultInARowToWhichItDoesNotBelong) {
  std::map<std::string, Words> kinds;  // by row
  for (const char* mode : flush_modes)
    for (const Fault& fault : all_faults())
      kinds[std::string(name_of(row_of(Trial(mode, fault).the_case(), fault)))].emplace(name_of(fault.kind));
  for (const auto& [row, promise] : page_.promises()) EXPECT_EQ(promise.faults, kinds[row]) << row;
}

TEST_F(Guarantees, TolerateWhatTheCodeExcusesAndNothingElse) {
  Words explained;  // as "ROW WORD"
  for (const Cells& row : page_.table("| row | word | why no excuse is needed |")) {
    ASSERT_EQ(row.size(), 3u);
    EXPECT_FALSE(row[2].empty()) << row[0];
    const bool all = row[0] == "all";
    const std::vector<std::string> names = all ? page_.names() : std::vector{*in_backticks(row[0]).begin()};
    for (const std::string& word : words_of(row[1]))
      for (const std::string& name : names) {
        EXPECT_TRUE(all || promise(name).all().contains(word)) << name << " does not tolerate " << word;
        explained.insert(name + " " + word);
      }
  }
  const Words excused = all_excused();
  for (const auto& [row, promise] : page_.promises())
    for (const std::string& word : promise.all())
      EXPECT_NE(excused.contains(row + " " + word), explained.contains(row + " " + word))
          << row << " tolerates " << word
          << ": either an excuse names it, or the page says why none is needed";
  for (const std::string& excuse : excused) {
    const std::size_t space = excuse.find(' ');
    EXPECT_THAT(promise(excuse.substr(0, space)).all(), Contains(excuse.substr(space + 1))) << excuse;
  }
}

TEST_F(Guarantees, ExplainEachWordAndNameTheClaimsThatTolerateIt) {
  std::map<std::string, Words> in_column, claims;
  for (const Cells& row : page_.table("| word | column | meaning | claim |")) {
    ASSERT_EQ(row.size(), 4u);
    in_column[row[1]].insert(row[0]);
    claims[row[0]] = in_backticks(row[3]);
  }
  for (const auto& [row, promise] : page_.promises()) {
    EXPECT_TRUE(std::ranges::includes(in_column["lost"], promise.lost)) << row;
    EXPECT_TRUE(std::ranges::includes(in_column["repeated"], promise.repeated)) << row;
    EXPECT_TRUE(std::ranges::includes(in_column["late"], promise.late)) << row;
  }
  for (std::size_t i = 0; i < harm_names().size(); ++i) {
    Words tolerant;
    for (const Claim& claim : all_claims())
      if (claim.tolerates.contains(static_cast<Harm>(i))) tolerant.emplace(claim.name);
    EXPECT_EQ(claims[std::string(harm_names()[i])], tolerant) << harm_names()[i];
  }
}

TEST_F(Guarantees, NameEveryClaim) {
  const Words named = in_backticks(page_.text());
  for (const Claim& claim : all_claims()) EXPECT_THAT(named, Contains(std::string(claim.name)));
}

TEST(ClaimFiles, SayWhatTheClaimTolerates) {
  for (const Claim& claim : all_claims()) {
    const std::string text = read_source("properties/" + std::string(claim.name) + ".cpp");
    constexpr std::string_view key = "\n// Excuse: ";
    const std::size_t begin = text.find(key);
    ASSERT_NE(begin, std::string::npos) << claim.name;
    const std::size_t from = begin + key.size();
    Words tolerated;
    for (std::size_t i = 0; i < harm_names().size(); ++i)
      if (claim.tolerates.contains(static_cast<Harm>(i))) tolerated.emplace(harm_names()[i]);
    EXPECT_EQ(words_of(text.substr(from, text.find_first_of(".(\n", from) - from)), tolerated) << claim.name;
  }
}

}  // namespace
}  // namespace gantry::properties
