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
  void add(const Verdict& verdict);

  std::uint64_t runs() const { return runs_; }
  /// In how many runs; see cluster/marks.h for the names.
  std::uint64_t count(const std::string& mark) const;
  /// Kinds of fault that never met anything, and phases in which no fault ever struck.
  std::vector<std::string> missing() const;
  /// The report: faults by kind and phase, anchors, options, probes.
  std::string text() const;

 private:
  std::string list(std::string_view title, std::string_view prefix) const;

  std::uint64_t runs_ = 0;
  std::uint64_t excused_runs_ = 0;
  std::map<std::string, std::uint64_t> counts_;
};

}  // namespace gantry::properties::trials
