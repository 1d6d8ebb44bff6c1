#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "properties/trials/workers.h"

namespace gantry::properties::trials {

/// How many of many runs exercised what: a generator that never reaches something proves nothing.
class Coverage {
 public:
  /// Counts one more run, also one that failed, and every mark of it.
  void add(const Verdict& verdict);

  std::uint64_t runs() const { return runs_; }
  /// In how many runs; see cluster/marks.h for the names.
  std::uint64_t count(const std::string& mark) const;
  /// What no run has shown, a line for people each: which kinds of fault met nothing, in which phases none
  /// struck.
  std::vector<std::string> missing() const;
  /// The report: faults by kind and phase, anchors, options, probes.
  std::string text() const;

 private:
  /// A section of the report: under its title each mark that begins with `prefix`, printed without it, and in
  /// how many runs it was.
  std::string list(std::string_view title, std::string_view prefix) const;

  std::uint64_t runs_ = 0;
  std::uint64_t excused_runs_ = 0;
  std::map<std::string, std::uint64_t> counts_;
};

}  // namespace gantry::properties::trials
