#include "traces/draw/choose.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "traces/story/fate.h"
#include "traces/story/slice.h"
#include "traces/story/words.h"

namespace gantry::traces::draw {

using story::Step;
using story::Timeline;
using story::What;

namespace {

bool of_auditor(const Timeline& t, const Step& s) {
  return t.lanes[s.lane].role == "auditor" || (s.to && t.lanes[*s.to].role == "auditor");
}

bool tells_of_a_run(const Timeline& t, const Step& s) {
  if (of_auditor(t, s)) return false;
  switch (s.what) {
    case What::frame: return !s.messages.empty();
    case What::write: return !s.messages.empty();
    case What::start: return !s.facts.empty() && s.facts[0] > 1;
    case What::queue_taken: return !s.text.starts_with('%');  // a retry topic's
    case What::log: return false;
    case What::power_on:
    case What::sending:  // the frame tells it
    case What::acknowledged:
    case What::stored:
    case What::audit: return false;
    default: return true;
  }
}

/// Turning points: never one of several.
bool stands_alone(const Step& s) {
  switch (s.what) {
    case What::start:
    case What::end:
    case What::kill:
    case What::power_loss:
    case What::power_on:
    case What::fault_begin:
    case What::fault_end:
    case What::sync_failed:
    case What::audit: return true;
    default: return false;
  }
}

Shown single(const Timeline& t, std::size_t step) {
  const Step& s = t.steps[step];
  return {{step}, s, s.event, s.at_ns, {}};
}

void merge(const Timeline& t, std::size_t step, Shown& into) {
  into.steps.push_back(step);
  const Step& s = t.steps[step];
  into.until_event = s.event;
  into.until_ns = s.at_ns;
  for (const std::size_t m : s.messages)
    if (std::ranges::find(into.all.messages, m) == into.all.messages.end()) into.all.messages.push_back(m);
  into.all.places.insert(into.all.places.end(), s.places.begin(), s.places.end());
  if (into.all.frame.queue != s.frame.queue) into.all.frame.queue = -1;
  into.all.frame.offset = -1;
  if (s.arrival) into.all.arrival = s.arrival;
}

/// Windows of `width` steps between turning points; in each, what looks the same is one.
std::vector<Shown> condensed(const Timeline& t, const std::vector<std::size_t>& steps,
                             const std::set<std::size_t>& single_messages, std::size_t width) {
  using Look = std::tuple<What, std::size_t, std::size_t, std::int64_t, std::int64_t, bool>;
  std::vector<Shown> shown;
  std::map<Look, std::size_t> open;  // in this window: where it is in `shown`
  std::size_t in_window = 0;
  for (const std::size_t i : steps) {
    const Step& s = t.steps[i];
    const bool alone = stands_alone(s) || std::ranges::any_of(s.messages, [&](std::size_t m) {
                         return single_messages.contains(m);
                       });
    if (stands_alone(s) || ++in_window > width) open.clear(), in_window = 1;
    const Look look{s.what,          s.lane,         s.to.value_or(t.lanes.size()),
                    s.frame.request, s.frame.answer, s.arrival.has_value()};
    const auto known = open.find(look);
    if (!alone && known != open.end()) {
      merge(t, i, shown[known->second]);
      continue;
    }
    if (!alone) open[look] = shown.size();
    shown.push_back(single(t, i));
  }
  return shown;
}

std::vector<Shown> at_most_so_many(const Timeline& t, const std::vector<std::size_t>& steps,
                                   const std::set<std::size_t>& single_messages, std::size_t at_most) {
  std::vector<Shown> shown = condensed(t, steps, single_messages, 1);
  for (std::size_t width = 2; shown.size() > at_most && width < 2 * steps.size(); width *= 2)
    shown = condensed(t, steps, single_messages, width);
  return shown;
}

/// Names only the message whose life it is, and says how many others there are.
void speak_of(const Timeline& t, std::size_t message, Shown& shown) {
  Step& s = shown.all;
  if (s.messages.size() < 2 || std::ranges::find(s.messages, message) == s.messages.end()) return;
  const std::size_t others = s.messages.size() - 1;
  s.messages = {message};
  std::erase_if(s.places, [&](const story::LogPlace& p) { return p.message != message; });
  shown.note = fmt::format("{} (and {} more)", shown.label(t), others);
}

}  // namespace

std::string Shown::label(const Timeline& t) const {
  if (!note.empty()) return note;
  if (steps.size() == 1) return words(t, all);
  const std::string names = all.messages.empty() ? "" : " " + t.names_of(all.messages);
  switch (all.what) {
    case What::consumed: return fmt::format("consumes{}", names);
    case What::queue_taken: return fmt::format("takes {} queues", steps.size());
    case What::queue_lost: return fmt::format("gives up {} queues", steps.size());
    case What::refused: return fmt::format("{} sends fail:{}", steps.size(), names);
    case What::write_failed: return fmt::format("{} writes to the log fail", steps.size());
    case What::log: return fmt::format("{} lines, the first: {}", steps.size(), all.text);
    default: return fmt::format("{} × {}", steps.size(), words(t, all));
  }
}

std::vector<Shown> whole_run(const Timeline& t, std::size_t at_most) {
  const auto fates = fates_of(t);
  // Of a probe that fared well there is nothing to show.
  const auto is_quiet_probe = [&](std::size_t m) {
    return t.messages[m].id.starts_with(record::probe_prefix) &&
           fates[m].verdict == story::Fate::Verdict::delivered;
  };
  std::vector<std::size_t> steps;
  for (std::size_t i = 0; i < t.steps.size(); ++i) {
    const auto& messages = t.steps[i].messages;
    const bool nothing_new = !messages.empty() && std::ranges::all_of(messages, is_quiet_probe);
    if (tells_of_a_run(t, t.steps[i]) && !nothing_new) steps.push_back(i);
  }
  std::set<std::size_t> in_trouble;
  for (const std::size_t m : troubled(t))
    if (in_trouble.size() < 3 && fates[m].verdict < story::Fate::Verdict::late) in_trouble.insert(m);
  return at_most_so_many(t, steps, in_trouble, at_most);
}

std::string title_of(const Timeline& t) {
  std::map<story::Fate::Verdict, std::vector<std::size_t>> harmed;
  const auto fates = fates_of(t);
  for (const std::size_t m : troubled(t)) harmed[fates[m].verdict].push_back(m);
  std::string title = t.verdict;
  for (const auto& [verdict, messages] : harmed)
    title += fmt::format("; {}: {}", name_of(verdict), t.names_of(messages));
  return title;
}

std::vector<Shown> life_of(const Timeline& t, std::size_t message, std::size_t at_most) {
  const story::Fate fate = fates_of(t)[message];
  std::vector<Shown> shown = at_most_so_many(t, slice_of(t, message, fate), {}, at_most);
  for (Shown& s : shown) {
    speak_of(t, message, s);
    if (s.all.what != What::audit || fate.copies.empty()) continue;
    // What is missing is missing there where it had been.
    s.all.lane = fate.copies.back().lane;
    s.note = fmt::format("all queues are read back: {} is not there", t.messages[message].id);
  }
  return shown;
}

}  // namespace gantry::traces::draw
