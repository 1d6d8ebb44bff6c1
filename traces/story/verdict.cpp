// What became of a message, in a sentence or two.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "traces/story/blame.h"
#include "traces/story/slice.h"
#include "traces/story/why.h"
#include "traces/story/words.h"

namespace gantry::traces::story {

namespace {

class Verdict {
 public:
  Verdict(const Timeline& t, std::size_t message, const Fate& fate)
      : t_(t), id_(t.messages[message].id), fate_(fate) {}

  std::string text() const {
    switch (fate_.verdict) {
      case Fate::Verdict::lost: return lost();
      case Fate::Verdict::missed: return missed();
      case Fate::Verdict::repeated: return repeated();
      case Fate::Verdict::late: return late();
      case Fate::Verdict::refused: return refused();
      case Fate::Verdict::unsent: return unsent();
      case Fate::Verdict::delivered: return delivered();
    }
    return {};
  }

 private:
  std::string at(std::size_t step) const { return time_text(t_.steps[step].at_ns); }
  std::string who(std::size_t step) const { return t_.lanes[t_.steps[step].lane].name; }
  std::string bytes_of(const Copy& copy) const {
    return fmt::format("log {}–{}", copy.place.physical_offset,
                       copy.place.physical_offset + copy.place.bytes);
  }

  std::string lost() const {
    std::string out = fmt::format("{} was acknowledged at {} and is lost", id_, at(*fate_.acknowledged));
    if (fate_.copies.empty()) return out + never_written();
    const Copy& copy = fate_.copies.back();
    const std::string& broker = t_.lanes[copy.lane].name;
    out += fmt::format(": {} wrote its bytes ({}) at {}", broker, bytes_of(copy), at(copy.written));
    if (copy.durable)
      return out + fmt::format(" and they were durable at {}: nothing that was recorded takes them away.",
                               at(*copy.durable));
    if (!copy.doubt) return out + ", and no sync covered them before the end.";
    const bool power = t_.steps[*copy.doubt].what == What::power_loss;
    out += fmt::format(" and had not synced them when {} at {}.{}",
                       power ? "the power went" : "a sync of the log failed", and_fault(*copy.doubt),
                       how_it_runs(copy.lane));
    if (const auto successor = successor_of(t_, copy))
      out += fmt::format(" Its place was given to {} at {}.", t_.names_of(t_.steps[*successor].messages),
                         at(*successor));
    return out;
  }

  /// When it was, and the fault that did it.
  std::string and_fault(std::size_t step) const {
    const std::string fault = fault_at(t_, step);
    return at(step) + (fault.empty() ? "" : ", " + fault);
  }

  std::string how_it_runs(std::size_t lane) const {
    const Lane& l = t_.lanes[lane];
    return l.detail.empty() ? "" : fmt::format(" {} runs with {}.", l.name, l.detail);
  }

  std::string never_written() const {
    if (!fate_.taken_from_memory) return ": no log was ever written with it.";
    const std::size_t loss = *fate_.taken_from_memory;
    return fmt::format(": {} had it in memory, and in no file yet, when the power went at {}.{}", who(loss),
                       and_fault(loss), how_it_runs(t_.steps[loss].lane));
  }

  std::string place_text() const {
    const Step& stored = t_.steps[*fate_.first_stored];
    return fmt::format("{}, queue {} offset {}", stored.text.substr(0, stored.text.find(' ')),
                       stored.facts.empty() ? -1 : stored.facts[0],
                       stored.facts.size() < 2 ? -1 : stored.facts[1]);
  }

  std::string missed() const {
    std::string groups;
    for (const std::string& group : fate_.missing_groups) groups += (groups.empty() ? "" : ", ") + group;
    std::string out = fmt::format("{} is stored ({}) and group {} never got it.", id_, place_text(), groups);
    const Step& stored = t_.steps[*fate_.first_stored];
    for (const Step& s : t_.steps)
      if (s.what == What::frame && s.frame.request == 11 && !s.frame.is_answer() && s.to &&
          stored.text.starts_with(t_.lanes[*s.to].name + " ") &&
          s.text.ends_with(" " + fate_.missing_groups[0]) && stored.facts.size() > 1 &&
          s.frame.queue == stored.facts[0] && s.frame.offset > stored.facts[1])
        return out +
               fmt::format(" {} pulled from behind it, offset {}, at {}.", t_.lanes[s.lane].name,
                           s.frame.offset, time_text(s.at_ns)) +
               who_had_the_offset();
    return out + " No pull went past it.";
  }

  std::string who_had_the_offset() const {
    for (const Copy& copy : fate_.copies)
      if (const auto before = predecessor_of(t_, copy))
        return fmt::format(" Its offset had been that of {}, written at {} and taken back by {}.",
                           t_.names_of(t_.steps[*before].messages), at(*before), fault_after(*before));
    for (const Copy& copy : fate_.copies)
      for (std::size_t i = 0; i < copy.written; ++i)
        if (gave_the_offset_of(copy, t_.steps[i]))
          return fmt::format(" Its offset had been that of {}, answered at {} and taken back by {}.",
                             t_.names_of(t_.steps[i].messages), at(i), fault_after(i));
    return {};
  }

  /// Whether the step tells the producer of another message of that topic that it has the copy's offset: such
  /// a message may have been in memory only.
  bool gave_the_offset_of(const Copy& copy, const Step& s) const {
    if (s.what != What::frame || s.lane != copy.lane || s.messages.size() != 1 || s.messages[0] == message())
      return false;
    if (!is_success_of_a_send(s) || s.frame.queue != copy.place.queue ||
        s.frame.offset != copy.place.queue_offset)
      return false;
    return std::ranges::any_of(t_.steps, [&](const Step& saw) {
      return saw.what == What::acknowledged && saw.messages == s.messages &&
             saw.text.ends_with(" " + copy.place.topic);
    });
  }

  /// What came first over the step's node after it: a loss of power or a failed sync.
  std::string fault_after(std::size_t step) const {
    for (std::size_t i = step; i < t_.steps.size(); ++i) {
      const Step& s = t_.steps[i];
      if (s.lane != t_.steps[step].lane) continue;
      if (s.what == What::power_loss) return "the loss of power at " + at(i);
      if (s.what == What::sync_failed) return "the failed sync at " + at(i);
    }
    return "the broker";
  }

  /// The first delivery that its group had before, and the one before it.
  std::pair<std::size_t, std::size_t> twice() const {
    for (std::size_t b = 1; b < fate_.deliveries.size(); ++b)
      for (std::size_t a = b; a-- > 0;)
        if (fate_.deliveries[a].group == fate_.deliveries[b].group)
          return {fate_.deliveries[a].step, fate_.deliveries[b].step};
    return {};
  }

  /// When the listener of a delivery had begun to read its queue: the step before it that says so.
  std::optional<std::size_t> taken_before(std::size_t delivery) const {
    const Step& d = t_.steps[delivery];
    for (std::size_t i = delivery; i-- > 0;) {
      const Step& s = t_.steps[i];
      const bool known = s.what == What::queue_taken && s.facts.size() > 1 && d.facts.size() > 1;
      const bool same_broker = !s.to || d.text.find(" " + t_.lanes[*s.to].name + " ") != std::string::npos;
      if (known && s.lane == d.lane && s.facts[0] == d.facts[0] && same_broker &&
          (s.text.empty() || s.text == fate_.topic))
        return i;
    }
    return std::nullopt;
  }

  std::string repeated() const {
    const auto [first, second] = twice();
    std::string out =
        fmt::format("{} was delivered more than once to one group: to {} at {} and to {} at {}.", id_,
                    who(first), at(first), who(second), at(second));
    const Step &a = t_.steps[first], &b = t_.steps[second];
    if (a.facts != b.facts || a.text != b.text) return out + " " + stored_twice();
    const auto taken = taken_before(second);
    const auto before = taken_before(first);
    if (taken && *taken > first)
      out += fmt::format(" {} began queue {} at offset {} at {}, at or before the message's offset {}.",
                         who(second), t_.steps[*taken].facts[0], t_.steps[*taken].facts[1], at(*taken),
                         b.facts[1]);
    else if (taken && before && a.lane != b.lane)
      out += fmt::format(" Both read queue {} then: {} since {}, {} since {}.", b.facts[0], who(first),
                         at(*before), who(second), at(*taken));
    return out + crash_between(first, second);
  }

  std::string stored_twice() const {
    std::string out = fmt::format("It is stored {} times, because its producer sent it {} times",
                                  fate_.copies.size(), fate_.attempts.size());
    if (fate_.attempts.empty()) return out + ".";
    const std::string fault = fault_to(t_, fate_.attempts.front());
    return out + fmt::format(": no answer to the attempt of {} came in time{}.", at(fate_.attempts.front()),
                             fault.empty() ? "" : ", " + fault);
  }

  /// Of the two who were given it, the first one before the other, or else of a broker that has it.
  std::string crash_between(std::size_t first, std::size_t second) const {
    std::vector<std::size_t> lanes{t_.steps[first].lane, t_.steps[second].lane};
    for (const Copy& copy : fate_.copies) lanes.push_back(copy.lane);
    for (const std::size_t lane : lanes)
      for (std::size_t i = second; i-- > first;) {
        const Step& s = t_.steps[i];
        if (s.lane == lane && (s.what == What::kill || s.what == What::power_loss))
          return fmt::format(" Between the two, {} at {}.",
                             t_.lanes[s.lane].name + (s.what == What::kill ? " was killed" : " lost power"),
                             time_text(s.at_ns));
      }
    return {};
  }

  std::string late() const {
    const std::size_t last = fate_.deliveries.back().step;
    const std::int64_t begun = t_.steps[*fate_.sending].at_ns;
    std::string out = fmt::format("{} took {} from the send to the listener of {}.", id_,
                                  span_text(t_.steps[last].at_ns - begun), fate_.deliveries.back().group);
    // The longest wait between two things that happened to it.
    std::size_t from = *fate_.sending, to = from;
    std::int64_t longest = -1;
    std::size_t before = from;
    for (const std::size_t i : slice_of(t_, message(), fate_)) {
      if (i <= before || i > last || !touches(i)) continue;
      if (t_.steps[i].at_ns - t_.steps[before].at_ns > longest) {
        longest = t_.steps[i].at_ns - t_.steps[before].at_ns;
        from = before, to = i;
      }
      before = i;
    }
    out +=
        fmt::format(" {} of it passed between \"{}\" ({}, {}) and \"{}\" ({}, {})", span_text(longest),
                    words(t_, t_.steps[from]), who(from), at(from), words(t_, t_.steps[to]), who(to), at(to));
    const std::string taken = who_took_it_late(from, to);
    std::string fault = fault_between(t_, from, to, !taken.empty());
    for (std::size_t i = to; fault.empty() && i-- > *fate_.sending;)
      if (touches(i) && t_.steps[i].what == What::frame) fault = silence_of(t_, i);
    return out + "." + taken + fault;
  }

  /// What a group's members did with the message's queue, when one of them took it only in this time.
  std::string who_took_it_late(std::size_t from, std::size_t to) const {
    const Delivery& delivery = fate_.deliveries.back();
    const auto taken = taken_before(delivery.step);
    if (!taken || *taken <= from || *taken > delivery.step || t_.steps[to].at_ns < t_.steps[*taken].at_ns)
      return {};
    const Step& took = t_.steps[*taken];
    const auto same_queue = [&](const Step& s) {
      return s.to == took.to && s.text == took.text && !s.facts.empty() && s.facts[0] == took.facts[0] &&
             group_of(s.lane) == delivery.group;
    };
    const std::string queue =
        fmt::format("queue {}{}", took.facts[0], took.to ? " of " + t_.lanes[*took.to].name : "");
    std::string before = fmt::format(" Nobody of {} had taken {}", delivery.group, queue);
    for (std::size_t i = *taken; i-- > 0;) {
      const Step& s = t_.steps[i];
      if (s.what != What::queue_taken && s.what != What::queue_lost) continue;
      if (!same_queue(s)) continue;
      before = fmt::format(" {} had {} {} at {}", who(i), s.what == What::queue_taken ? "taken" : "given up",
                           queue, at(i));
      break;
    }
    return fmt::format("{}; {} took it at {}.", before, who(*taken), at(*taken));
  }

  std::string group_of(std::size_t lane) const {
    const std::string& detail = t_.lanes[lane].detail;
    return detail.substr(0, detail.find(' '));
  }

  std::size_t message() const { return *t_.message(id_); }
  bool touches(std::size_t step) const {
    return std::ranges::find(t_.steps[step].messages, message()) != t_.steps[step].messages.end();
  }

  std::string refused() const {
    std::string out = fmt::format("{} was refused: its producer {} gave it up at {} after {} attempt{}", id_,
                                  who(*fate_.refused), at(*fate_.refused), fate_.attempts.size(),
                                  fate_.attempts.size() == 1 ? "" : "s");
    out += fate_.copies.empty() ? ", and no log was ever written with it." : "; it was written, and is gone.";
    const std::string fault =
        fate_.attempts.empty() ? fault_at(t_, *fate_.refused) : fault_to(t_, fate_.attempts.back());
    if (!fault.empty()) return out + " Just then " + fault + " held.";
    return fate_.attempts.empty() ? out : out + silence_of(t_, fate_.attempts.back());
  }

  std::string unsent() const {
    if (!fate_.sending) return id_ + " was never sent.";
    const auto death = death_of_sender(t_, fate_);
    if (!death)
      return fmt::format("The send of {} began at {} and never ended; it is on no log that was read back.",
                         id_, at(*fate_.sending));
    return fmt::format(
        "The send of {} began at {}, and its producer {} {} at {}; it is on no log that was read back.", id_,
        at(*fate_.sending), who(*death), t_.steps[*death].what == What::kill ? "was killed" : "lost power",
        at(*death));
  }

  std::string delivered() const {
    std::string out = id_;
    if (fate_.sending) out += fmt::format(" was sent by {} at {}", who(*fate_.sending), at(*fate_.sending));
    if (fate_.acknowledged) out += fmt::format(", acknowledged at {}", at(*fate_.acknowledged));
    if (!fate_.acknowledged) out += ", not acknowledged";
    for (const Delivery& d : fate_.deliveries)
      out += fmt::format(", delivered to {} ({}) at {}", who(d.step), d.group, at(d.step));
    return out + ": once to each group that reads its topic.";
  }

  const Timeline& t_;
  const std::string& id_;
  const Fate& fate_;
};

}  // namespace

std::string verdict_of(const Timeline& t, std::size_t message, const Fate& fate) {
  return Verdict(t, message, fate).text();
}

}  // namespace gantry::traces::story
