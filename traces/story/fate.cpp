#include "traces/story/fate.h"

#include <algorithm>
#include <array>
#include <set>

namespace gantry::traces::story {

namespace {

/// The n-th word of a step's text.
std::string word(const Step& step, std::size_t n) {
  std::string_view rest = step.text;
  for (; n > 0; --n) {
    const std::size_t space = rest.find(' ');
    if (space == std::string_view::npos) return {};
    rest.remove_prefix(space + 1);
  }
  return std::string(rest.substr(0, rest.find(' ')));
}

bool is_about_a_send(const Step& step) {
  const std::int64_t code = step.frame.request;
  return code == 10 || code == 310 || code == 320;
}
bool is_send(const Step& step) {
  return is_about_a_send(step) && !step.frame.is_answer();
}

void add_copies(const Step& step, std::size_t at, std::size_t message, Fate& fate) {
  for (const LogPlace& place : step.places)
    if (place.message == message) fate.copies.push_back({step.lane, at, place, {}, {}, false});
}

void settle_copies(const Step& step, std::size_t at, Fate& fate) {
  for (Copy& copy : fate.copies) {
    if (copy.lane != step.lane || copy.durable || copy.doubt) continue;
    if (step.what == What::sync) copy.durable = at;
    else copy.doubt = at;
  }
}

void find_stored(const Timeline& t, const Step& step, std::size_t at, Fate& fate) {
  if (!fate.first_stored) fate.first_stored = at;
  fate.topic = word(step, 1);
  for (Copy& copy : fate.copies)
    if (t.lanes[copy.lane].name == word(step, 0) && step.facts.size() == 4 &&
        copy.place.physical_offset == step.facts[2])
      copy.found = true;
}

void add(const Timeline& t, const Step& step, std::size_t at, std::size_t message, Fate& fate) {
  switch (step.what) {
    case What::sending: fate.sending = at; break;
    case What::acknowledged:
      fate.acknowledged = at;
      fate.topic = word(step, 1);
      break;
    case What::refused: fate.refused = at; break;
    case What::frame:
      if (is_send(step)) fate.attempts.push_back(at);
      if (is_success_of_a_send(step)) fate.answered = at;
      break;
    case What::write: add_copies(step, at, message, fate); break;
    case What::sync:
    case What::sync_failed:
    case What::power_loss: settle_copies(step, at, fate); break;
    case What::consumed:
      fate.deliveries.push_back({word(step, 0), at});
      fate.topic = word(step, 2);
      break;
    case What::stored: find_stored(t, step, at, fate); break;
    default: break;
  }
}

void find_missing_groups(const Timeline& t, Fate& fate) {
  std::set<std::string> missing;
  for (const Lane& lane : t.lanes) {
    const std::size_t space = lane.detail.find(' ');
    if (lane.role == "consumer" && space != std::string::npos && lane.detail.substr(space + 1) == fate.topic)
      missing.insert(lane.detail.substr(0, space));
  }
  for (const Delivery& d : fate.deliveries) missing.erase(d.group);
  fate.missing_groups.assign(missing.begin(), missing.end());
}

bool repeats(const Fate& fate) {
  std::set<std::string> groups;
  for (const Delivery& d : fate.deliveries)
    if (!groups.insert(d.group).second) return true;
  return false;
}

Fate::Verdict judge(const Timeline& t, const Fate& fate) {
  if (fate.acknowledged && fate.audited && !fate.first_stored) return Fate::Verdict::lost;
  if (!fate.first_stored && fate.deliveries.empty())
    return fate.refused ? Fate::Verdict::refused : Fate::Verdict::unsent;
  if (repeats(fate)) return Fate::Verdict::repeated;
  if (fate.first_stored && !fate.missing_groups.empty()) return Fate::Verdict::missed;
  if (fate.sending && !fate.deliveries.empty() &&
      t.steps[fate.deliveries.back().step].at_ns - t.steps[*fate.sending].at_ns > late_ns)
    return Fate::Verdict::late;
  return Fate::Verdict::delivered;
}

}  // namespace

bool is_success_of_a_send(const Step& frame) {
  return is_about_a_send(frame) && frame.frame.answer == 0;
}

std::string_view name_of(Fate::Verdict verdict) {
  switch (verdict) {
    case Fate::Verdict::lost: return "lost";
    case Fate::Verdict::missed: return "missed";
    case Fate::Verdict::repeated: return "repeated";
    case Fate::Verdict::late: return "late";
    case Fate::Verdict::refused: return "refused";
    case Fate::Verdict::unsent: return "unsent";
    case Fate::Verdict::delivered: return "delivered";
  }
  return "?";
}

std::vector<Fate> fates_of(const Timeline& t) {
  std::vector<Fate> fates(t.messages.size());
  bool audited = false;
  for (std::size_t i = 0; i < t.steps.size(); ++i) {
    const Step& step = t.steps[i];
    for (const std::size_t m : step.messages) add(t, step, i, m, fates[m]);
    if (step.what == What::power_loss)
      for (Fate& fate : fates)
        if (fate.answered && fate.copies.empty() && !fate.taken_from_memory &&
            t.steps[*fate.answered].lane == step.lane)
          fate.taken_from_memory = i;
    if (step.what == What::audit) audited = !step.facts.empty() && step.facts[0] == 1;
  }
  for (Fate& fate : fates) {
    fate.audited = audited;
    find_missing_groups(t, fate);
    fate.verdict = judge(t, fate);
  }
  return fates;
}

std::vector<std::size_t> troubled(const Timeline& t) {
  std::array<std::vector<std::size_t>, 5> by_verdict;
  const std::vector<Fate> fates = fates_of(t);
  for (std::size_t m = 0; m < fates.size(); ++m) {
    const auto verdict = static_cast<std::size_t>(fates[m].verdict);
    if (verdict < by_verdict.size()) by_verdict[verdict].push_back(m);
  }
  std::vector<std::size_t> all;
  for (const auto& some : by_verdict) all.insert(all.end(), some.begin(), some.end());
  return all;
}

}  // namespace gantry::traces::story
