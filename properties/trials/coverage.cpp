#include "properties/trials/coverage.h"

#include <algorithm>

#include <fmt/format.h>

#include "properties/cluster/marks.h"
#include "sim/faults/fault.h"

namespace gantry::properties::trials {

void Coverage::add(const Verdict& verdict) {
  ++runs_;
  if (!verdict.excused.empty()) ++excused_runs_;
  const std::string_view marks = verdict.marks;
  for (std::size_t at = 0; at < marks.size();) {
    const std::size_t end = std::min(marks.find('\n', at), marks.size());
    ++counts_[std::string(marks.substr(at, end - at))];
    at = end + 1;
  }
}

std::uint64_t Coverage::count(const std::string& mark) const {
  const auto found = counts_.find(mark);
  return found == counts_.end() ? 0 : found->second;
}

std::vector<std::string> Coverage::missing() const {
  std::vector<std::string> never;
  for (const sim::faults::Kind kind : sim::faults::all_kinds())
    if (count(fmt::format("fault {} hit", name_of(kind))) == 0)
      never.push_back(fmt::format("{} meets anything", name_of(kind)));
  for (const std::string& phase : cluster::phase_names())
    if (std::ranges::none_of(counts_, [&](const auto& entry) {
          return entry.first.starts_with("phase ") && entry.first.ends_with(" " + phase);
        }))
      never.push_back(fmt::format("a fault strikes in phase {}", phase));
  return never;
}

std::string Coverage::list(std::string_view title, std::string_view prefix) const {
  std::string out = fmt::format("\n{}\n", title);
  for (const auto& [mark, runs] : counts_)
    if (mark.starts_with(prefix)) out += fmt::format("  {:<46} {:>8}\n", mark.substr(prefix.size()), runs);
  return out;
}

std::string Coverage::text() const {
  const std::vector<std::string> phases = cluster::phase_names();
  std::string out =
      fmt::format("{} runs, in {} of them something was excused; each number counts runs\n\n{:<14}", runs_,
                  excused_runs_, "fault");
  for (const char* column : {"planned", "begun", "hit"}) out += fmt::format(" {:>7}", column);
  for (const std::string& phase : phases) out += fmt::format(" {:>12}", phase);
  for (const sim::faults::Kind kind : sim::faults::all_kinds()) {
    out += fmt::format("\n{:<14}", name_of(kind));
    for (const char* column : {"planned", "begun", "hit"})
      out += fmt::format(" {:>7}", count(fmt::format("fault {} {}", name_of(kind), column)));
    for (const std::string& phase : phases)
      out += fmt::format(" {:>12}", count(fmt::format("phase {} {}", name_of(kind), phase)));
  }
  return out + "\n" + list("faults began at", "anchor ") + list("options", "option ") +
         list("probes", "probe ");
}

}  // namespace gantry::properties::trials
