#include "traces/story/blame.h"

#include <algorithm>

#include <fmt/format.h>

#include "traces/story/slice.h"
#include "traces/story/words.h"

namespace gantry::traces::story {

namespace {

bool of_clock(const Step& fault) {
  return fault.text.starts_with("clock_");
}

std::int64_t number_of(const Step& fault) {
  return fault.facts.empty() ? 0 : fault.facts[0];
}

/// The youngest of those that hold at that time on that lane.
const Step* youngest(const Timeline& t, std::int64_t at_ns, std::size_t lane) {
  const Step* found = nullptr;
  for (const std::size_t i : faults_at(t, at_ns, lane))
    if (!of_clock(t.steps[i])) found = &t.steps[i];
  return found;
}

/// "3 (half_open with c1 on broker-a)"
std::string name_of(const Timeline& t, const Step& fault) {
  return fmt::format("{} ({} on {})", number_of(fault), fault_words(fault), t.lanes[fault.lane].name);
}

/// Whether this fault is about nobody but those who take part in the two steps, and the NameServers.
bool is_between(const Timeline& t, const Step& fault, const Step& from, const Step& to, bool with_namesrvs) {
  if (of_clock(fault)) return false;
  if (fault.text.starts_with("disk_") && t.lanes[fault.lane].role != "broker") return false;
  const auto takes_part = [&](std::string_view machine) {
    const auto is = [&](std::size_t lane) { return t.lanes[lane].machine == machine; };
    for (const Step* const step : {&from, &to})
      if (is(step->lane) || (step->to && is(*step->to))) return true;
    const auto is_namesrv = [&](const Lane& lane) {
      return lane.role == "namesrv" && lane.machine == machine;
    };
    return with_namesrvs && std::ranges::any_of(t.lanes, is_namesrv);
  };
  const std::string_view peer = fault_value(fault, "peer");
  return takes_part(t.lanes[fault.lane].machine) && (peer.empty() || takes_part(peer));
}

}  // namespace

std::string fault_at(const Timeline& t, std::size_t step) {
  const Step* const fault = youngest(t, t.steps[step].at_ns, t.steps[step].lane);
  return fault == nullptr ? "" : fmt::format("fault {} ({})", number_of(*fault), fault_words(*fault));
}

std::string fault_to(const Timeline& t, std::size_t frame) {
  const Step& s = t.steps[frame];
  for (const auto lane : {s.to, std::optional(s.lane)})
    if (const Step* const fault = lane ? youngest(t, s.at_ns, *lane) : nullptr)
      return "fault " + name_of(t, *fault);
  return {};
}

std::string silence_of(const Timeline& t, std::size_t frame) {
  const auto found = silenced_by(t, frame);
  if (!found) return {};
  const Step& fault = t.steps[*found];
  return fmt::format(" Fault {} had made the connection silent at {}.", name_of(t, fault),
                     time_text(fault.at_ns));
}

std::string fault_between(const Timeline& t, std::size_t from, std::size_t to, bool with_namesrvs) {
  const Step* longest = nullptr;
  std::int64_t most = 0;
  for (const Step& s : t.steps) {
    if (s.what != What::fault_begin || !is_between(t, s, t.steps[from], t.steps[to], with_namesrvs)) continue;
    const std::int64_t begin = std::max(s.at_ns, t.steps[from].at_ns);
    const std::int64_t end = std::min(end_of(t, s), t.steps[to].at_ns);
    if (end - begin > most) most = end - begin, longest = &s;
  }
  if (longest == nullptr) return {};
  return fmt::format(
      " Fault {} held {}.", name_of(t, *longest),
      longest->ended ? "until " + time_text(longest->ended->at_ns) : "on to the end of the run");
}

}  // namespace gantry::traces::story
