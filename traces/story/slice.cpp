#include "traces/story/slice.h"

#include <algorithm>
#include <set>

#include "traces/story/words.h"

namespace gantry::traces::story {

namespace {

constexpr std::int64_t query_consumer_offset = 14, update_consumer_offset = 15, pull_message = 11;
/// How long after a crash the broker's log lines belong to it.
constexpr std::int64_t recovery_ns = 30'000'000'000;

bool touches(const Step& step, std::size_t message) {
  return std::ranges::find(step.messages, message) != step.messages.end();
}

bool hits(const Step& fault, const Lane& lane) {
  return is_about(fault, lane) || fault_value(fault, "peer") == lane.machine;
}

bool same_queue_offset(const LogPlace& a, const LogPlace& b) {
  return a.topic == b.topic && a.queue == b.queue && a.queue_offset == b.queue_offset;
}

class Slicer {
 public:
  Slicer(const Timeline& t, std::size_t message, const Fate& fate) : t_(t), message_(message), fate_(fate) {}

  std::vector<std::size_t> slice() {
    for (std::size_t i = 0; i < t_.steps.size(); ++i)
      if (touches(t_.steps[i], message_)) add_touching(i);
    if (kept_.empty()) return {};
    add_disturbances();
    for (const Copy& copy : fate_.copies) {
      if (!copy.doubt) continue;
      add_way_back(*copy.doubt);
      if (const auto successor = successor_of(t_, copy)) kept_.insert(*successor);
    }
    if (fate_.taken_from_memory) add_way_back(*fate_.taken_from_memory);
    if (fate_.verdict == Fate::Verdict::repeated || fate_.verdict == Fate::Verdict::missed ||
        fate_.verdict == Fate::Verdict::late)
      for (const Copy& copy : fate_.copies) add_queue_story(copy);
    if (fate_.verdict == Fate::Verdict::lost)
      for (std::size_t i = 0; i < t_.steps.size(); ++i)
        if (t_.steps[i].what == What::audit) kept_.insert(i);
    add_silences();
    add_ends_of_faults();
    return {kept_.begin(), kept_.end()};
  }

 private:
  void add_touching(std::size_t i) {
    const Step& s = t_.steps[i];
    // The last reading back is a delivery like any other for the wire, and says nothing new.
    if (s.what == What::frame && (is_auditor(s.lane) || (s.to && is_auditor(*s.to)))) return;
    if (kept_.empty()) from_ns_ = s.at_ns;
    kept_.insert(i);
    lanes_.insert(s.lane);
    if (s.to) lanes_.insert(*s.to);
    if (s.what != What::stored) to_ns_ = std::max(to_ns_, s.arrival ? s.arrival->at_ns : s.at_ns);
  }

  bool is_auditor(std::size_t lane) const { return t_.lanes[lane].role == "auditor"; }

  bool involved(const Step& s) const {
    if (s.what != What::fault_begin && s.what != What::fault_end) return lanes_.contains(s.lane);
    return std::ranges::any_of(lanes_, [&](std::size_t lane) { return hits(s, t_.lanes[lane]); });
  }

  void add_disturbances() {
    std::int64_t until = fate_.verdict == Fate::Verdict::missed ? t_.end_ns : to_ns_;
    if (fate_.taken_from_memory) until = std::max(until, t_.steps[*fate_.taken_from_memory].at_ns);
    if (const auto death = fate_.verdict == Fate::Verdict::unsent ? death_of_sender(t_, fate_) : std::nullopt)
      until = t_.steps[*death].at_ns;
    for (std::size_t i = 0; i < t_.steps.size(); ++i) {
      const Step& s = t_.steps[i];
      if (s.at_ns > until || !involved(s)) continue;
      switch (s.what) {
        case What::fault_begin:
          if (end_of(t_, s) >= from_ns_) kept_.insert(i);
          break;
        case What::start:
        case What::end:
        case What::kill:
        case What::power_loss:
        case What::write_failed:
        case What::sync_failed:
          if (s.at_ns >= from_ns_ && !is_auditor(s.lane)) kept_.insert(i);
          break;
        default: break;
      }
    }
  }

  /// What broke a connection before the message came to it.
  void add_silences() {
    const std::set<std::size_t> kept = kept_;
    for (const std::size_t i : kept)
      if (t_.steps[i].what == What::frame)
        if (const auto fault = silenced_by(t_, i)) kept_.insert(*fault);
  }

  /// Of the broker that was struck in that step.
  void add_way_back(std::size_t struck) {
    const std::int64_t until = t_.steps[struck].at_ns + recovery_ns;
    kept_.insert(struck);
    bool back = false;
    for (std::size_t i = struck; i < t_.steps.size(); ++i) {
      const Step& s = t_.steps[i];
      const bool same = s.lane == t_.steps[struck].lane;
      if (same && s.what == What::kill) kept_.insert(i);
      if (same && s.what == What::start && !back) back = true, kept_.insert(i);
      if (same && back && s.what == What::log && s.at_ns <= until) kept_.insert(i);
    }
  }

  void add_ends_of_faults() {
    const std::size_t last = *kept_.rbegin();
    for (std::size_t i = 0; i < last; ++i) {
      const bool ends = t_.steps[i].what == What::fault_end;
      if (ends && std::ranges::any_of(kept_, [&](std::size_t begin) {
            return t_.steps[begin].what == What::fault_begin && t_.steps[begin].facts == t_.steps[i].facts;
          }))
        kept_.insert(i);
    }
  }

  /// Whether a frame is about the queue that the copy is in.
  bool is_about_queue(const Step& s, const Copy& copy) const {
    return s.what == What::frame && s.frame.queue == copy.place.queue && s.messages.empty() &&
           (s.lane == copy.lane || s.to == copy.lane) && s.text.starts_with(copy.place.topic + " ") &&
           !is_auditor(s.lane) && !(s.to && is_auditor(*s.to));
  }

  bool hands_over(const Step& s, const Copy& copy) const {
    if (s.what != What::queue_taken && s.what != What::queue_lost) return false;
    if (s.facts.empty() || s.facts[0] != copy.place.queue) return false;
    return (s.text.empty() || s.text == copy.place.topic) && (!s.to || *s.to == copy.lane);
  }

  // Who read the queue, and from where: up to the last delivery, or of a miss to the end.
  void add_queue_story(const Copy& copy) {
    const std::size_t last = fate_.deliveries.empty() || fate_.verdict == Fate::Verdict::missed
                                 ? t_.steps.size()
                                 : fate_.deliveries.back().step;
    std::optional<std::size_t> last_update;
    for (std::size_t i = 0; i < last; ++i) {
      const Step& s = t_.steps[i];
      if (hands_over(s, copy)) kept_.insert(i);
      if (!is_about_queue(s, copy)) continue;
      const record::Frame& f = s.frame;
      if (f.request == query_consumer_offset && f.is_answer() && f.answer == 0) kept_.insert(i);
      if (f.request == update_consumer_offset && !f.is_answer()) last_update = i;
      if (f.request == pull_message && !f.is_answer() && f.offset > copy.place.queue_offset &&
          skipped_.insert(s.lane).second)
        kept_.insert(i);
    }
    if (last_update) kept_.insert(*last_update);
    if (const auto before = predecessor_of(t_, copy)) add_taking_back(*before);
  }

  // An earlier message had the place, until a fault took the log back.
  void add_taking_back(std::size_t write) {
    kept_.insert(write);
    for (std::size_t i = write; i < t_.steps.size(); ++i) {
      const Step& s = t_.steps[i];
      const bool takes = s.what == What::power_loss || s.what == What::sync_failed;
      if (!takes || s.lane != t_.steps[write].lane) continue;
      kept_.insert(i);
      for (const std::size_t fault : faults_at(t_, s.at_ns, s.lane)) kept_.insert(fault);
      return;
    }
  }

  const Timeline& t_;
  const std::size_t message_;
  const Fate& fate_;
  std::set<std::size_t> kept_, lanes_, skipped_;
  std::int64_t from_ns_ = 0, to_ns_ = 0;
};

}  // namespace

std::vector<std::size_t> slice_of(const Timeline& t, std::size_t message, const Fate& fate) {
  return Slicer(t, message, fate).slice();
}

std::optional<std::size_t> silenced_by(const Timeline& t, std::size_t frame) {
  const Step& s = t.steps[frame];
  if (s.arrival || !s.to) return std::nullopt;
  const std::string_view here = t.lanes[s.lane].machine, there = t.lanes[*s.to].machine;
  for (std::size_t i = frame; i-- > 0;) {
    const Step& fault = t.steps[i];
    if (fault.what != What::fault_begin || !fault.text.starts_with("half_open ")) continue;
    const std::string_view target = t.lanes[fault.lane].machine, peer = fault_value(fault, "peer");
    const auto is = [&](std::string_view a, std::string_view b) {
      return target == a && (peer.empty() || peer == b);
    };
    if (is(here, there) || is(there, here)) return i;
  }
  return std::nullopt;
}

std::optional<std::size_t> death_of_sender(const Timeline& t, const Fate& fate) {
  if (!fate.sending) return std::nullopt;
  for (std::size_t i = *fate.sending; i < t.steps.size(); ++i)
    if ((t.steps[i].what == What::kill || t.steps[i].what == What::power_loss) &&
        t.steps[i].lane == t.steps[*fate.sending].lane)
      return i;
  return std::nullopt;
}

std::int64_t end_of(const Timeline& t, const Step& fault) {
  return fault.ended ? fault.ended->at_ns : t.end_ns;
}

std::vector<std::size_t> faults_at(const Timeline& t, std::int64_t at_ns, std::size_t lane) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < t.steps.size() && t.steps[i].at_ns <= at_ns; ++i)
    if (t.steps[i].what == What::fault_begin && hits(t.steps[i], t.lanes[lane]) &&
        end_of(t, t.steps[i]) >= at_ns)
      found.push_back(i);
  return found;
}

std::optional<std::size_t> successor_of(const Timeline& t, const Copy& copy) {
  if (!copy.doubt) return std::nullopt;
  const LogPlace& mine = copy.place;
  for (std::size_t i = *copy.doubt; i < t.steps.size(); ++i) {
    if (t.steps[i].what != What::write || t.steps[i].lane != copy.lane) continue;
    for (const LogPlace& place : t.steps[i].places) {
      const bool bytes = place.physical_offset < mine.physical_offset + mine.bytes &&
                         mine.physical_offset < place.physical_offset + place.bytes;
      const bool offset = same_queue_offset(place, mine);
      if (place.message != mine.message && (bytes || offset)) return i;
    }
  }
  return std::nullopt;
}

std::optional<std::size_t> predecessor_of(const Timeline& t, const Copy& copy) {
  for (std::size_t i = 0; i < copy.written; ++i) {
    if (t.steps[i].what != What::write || t.steps[i].lane != copy.lane) continue;
    for (const LogPlace& place : t.steps[i].places)
      if (place.message != copy.place.message && same_queue_offset(place, copy.place)) return i;
  }
  return std::nullopt;
}

}  // namespace gantry::traces::story
