#include "properties/trials/shrink.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

namespace gantry::properties::trials {

namespace {

// A case takes some ten milliseconds; what takes this long will not end.
constexpr std::chrono::seconds candidate_limit{5};

/// Without what differs between two runs of the same crash: addresses, "==PID==".
std::string signature(const std::string& what) {
  std::istringstream words(what);
  std::string out, word;
  while (words >> word)
    if (!word.starts_with("==") && word.find("0x") == std::string::npos) out += word + " ";
  return out;
}

std::string counted(std::size_t n, std::string_view what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

}  // namespace

bool same_bug(const Verdict& one, const Verdict& other) {
  if (one.claim != other.claim) return false;
  return one.claim != crash || signature(one.what) == signature(other.what);
}

Manner manner_for(const Verdict& failed, bool sealed) {
  Manner manner{.sealed = sealed, .limit = candidate_limit, .quiet = true};
  if (failed.claim != crash) manner.only = failed.claim;
  return manner;
}

Shrunk shrink(const cases::Case& c, const Verdict& failed, bool sealed) {
  const Manner manner = manner_for(failed, sealed);
  return shrink_with(c, failed,
                     [&](const cases::Case& candidate) { return run_one(candidate, failed.seed, manner); });
}

Shrunk shrink_with(const cases::Case& c, const Verdict& failed,
                   const std::function<Verdict(const cases::Case&)>& run) {
  cases::Walk walk(c);
  Shrunk out{c, failed};
  while (auto candidate = walk.next()) {
    ++out.runs;
    Verdict verdict = run(*candidate);
    if (same_bug(failed, verdict)) {
      out.verdict = std::move(verdict);
      walk.accept(std::move(*candidate));
    } else {
      walk.reject();
    }
  }
  out.smallest = walk.smallest();
  out.complete = walk.complete();
  return out;
}

std::string size_of(const cases::Case& c) {
  return fmt::format(
      "{}, {}, {}", counted(c.faults.size(), "fault"), counted(c.sends.size(), "operation"),
      counted(c.namesrvs.size() + c.brokers.size() + c.producers.size() + c.consumers.size(), "node"));
}

std::string case_file(const cases::Case& c, const Verdict& verdict) {
  std::string what = fmt::format("{}: {}", verdict.claim, verdict.what).substr(0, 400);
  std::ranges::replace(what, '\n', ' ');
  return fmt::format("# {}\n{}", what, to_text(c));
}

}  // namespace gantry::properties::trials
