#include "traces/story/timeline.h"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "traces/story/durability.h"

namespace gantry::traces::story {

using record::Event;
using record::Record;

namespace {

constexpr std::string_view roles[] = {"producer", "namesrv", "broker", "consumer", "", "auditor"};

Lane lane_of(const record::Node& node) {
  const std::size_t slash = node.name.find('/');
  const std::string machine = node.name.substr(0, slash);
  const bool main = slash == std::string::npos || node.name.substr(slash) == "/main";
  return {main ? machine : node.name, node.name, machine, node.role, node.detail};
}

std::vector<Lane> lanes_of(const Record& r) {
  std::vector<record::Node> nodes = r.nodes;
  std::map<std::string, bool> known;
  for (const auto& n : nodes) known[n.name] = true;
  for (const Event& e : r.events)
    if (e.node != "world" && known.emplace(e.node, true).second) nodes.push_back({"", e.node, ""});
  std::vector<Lane> lanes;
  for (const std::string_view role : roles)
    for (const auto& n : nodes)
      if (n.role == role) lanes.push_back(lane_of(n));
  for (const auto& n : nodes)
    if (std::ranges::find(roles, n.role) == std::end(roles)) lanes.push_back(lane_of(n));
  if (lanes.empty()) lanes.push_back(lane_of({"", "world", ""}));
  return lanes;
}

struct Plain {
  std::string_view kind;
  What what;
};
constexpr Plain plain_kinds[] = {
    {"process.start", What::start},
    {"process.end", What::end},
    {"process.kill", What::kill},
    {"message.sending", What::sending},
    {"message.acknowledged", What::acknowledged},
    {"message.refused", What::refused},
    {"message.consumed", What::consumed},
    {"message.stored", What::stored},
    {"audit.end", What::audit},
    {"consumer.queue-taken", What::queue_taken},
    {"consumer.queue-lost", What::queue_lost},
    {"log.info", What::log},
    {"log.warn", What::log},
    {"log.error", What::log},
};

class Builder {
 public:
  explicit Builder(const Record& r) : record_(r) {
    out_.lanes = lanes_of(r);
    out_.messages = r.messages;
    out_.verdict = r.verdict;
    out_.hash = r.hash;
    out_.events = r.events.size();
    for (std::size_t i = 0; i < out_.lanes.size(); ++i) lane_of_node_[out_.lanes[i].node] = i;
    if (!r.events.empty()) out_.end_ns = r.events.back().at_ns;
  }

  Timeline build() {
    for (at_ = 0; at_ < record_.events.size(); ++at_) add(record_.events[at_]);
    return std::move(out_);
  }

 private:
  Step& step(What what, const Event& e, std::size_t lane) {
    out_.steps.push_back({what, e.at_ns, lane, at_, e.messages, e.text, e.facts, {}, {}, {}, {}, {}});
    return out_.steps.back();
  }
  std::size_t lane(const Event& e) const {
    const auto found = lane_of_node_.find(e.node);
    return found == lane_of_node_.end() ? 0 : found->second;
  }

  void add(const Event& e) {
    if (const auto* const plain = std::ranges::find(plain_kinds, e.kind, &Plain::kind);
        plain != std::end(plain_kinds)) {
      step(plain->what, e, lane(e));
      if (plain->what == What::queue_taken || plain->what == What::queue_lost)
        add_whose_queue(out_.steps.back());
    } else if (e.kind.starts_with("frame.")) {
      frame(e);
    } else if (e.kind.starts_with("disk.") || e.kind == "log.record") {
      disk(e);
    } else if (e.kind.starts_with("machine.")) {
      machine(e);
    } else if (e.kind.starts_with("fault.")) {
      fault(e);
    } else if ((e.kind == "net.accept" || e.kind == "net.connected") && e.facts.size() == 2) {
      ends_[{e.facts[1], e.kind == "net.connected" ? 0 : 1}] = lane(e);
    }
  }

  /// The event tells of it as "broker topic".
  void add_whose_queue(Step& handed) {
    const std::size_t space = handed.text.find(' ');
    if (space == std::string::npos) return;
    const auto broker = lane_of_node_.find(handed.text.substr(0, space) + "/main");
    if (broker != lane_of_node_.end()) handed.to = broker->second;
    handed.text.erase(0, space + 1);
  }

  void frame(const Event& e) {
    const auto frame = frame_of(e);
    if (!frame) return;
    const auto key = std::tuple(frame->connection, frame->side, frame->end);
    if (e.kind == "frame.sent") {
      Step& s = step(What::frame, e, lane(e));
      s.frame = *frame;
      if (const auto peer = ends_.find({frame->connection, 1 - frame->side}); peer != ends_.end())
        s.to = peer->second;
      on_the_way_[key] = out_.steps.size() - 1;
    } else if (const auto sent = on_the_way_.find(key); sent != on_the_way_.end()) {
      Step& s = out_.steps[sent->second];
      s.to = lane(e);
      s.arrival = Arrival{lane(e), e.at_ns, at_};
      on_the_way_.erase(sent);
    }
  }

  void disk(const Event& e) {
    if (e.kind == "log.record" && e.facts.size() == 4) return log_record(e);
    if (e.text.find("/commitlog/") == std::string::npos) return;
    if (e.kind == "disk.write") {
      durability_.write_begins(e);
    } else if (e.kind == "disk.written") {
      durability_.write_returned(e);
    } else if (e.kind == "disk.write-failed") {
      step(What::write_failed, e, lane(e));
    } else if (e.kind == "disk.sync") {
      durability_.sync_begins(e);
    } else if (e.kind == "disk.synced") {
      if (auto durable = durability_.synced(e); !durable.empty())
        step(What::sync, e, lane(e)).messages = std::move(durable);
    } else if (e.kind == "disk.sync-failed") {
      auto hopeless = durability_.sync_failed(e);
      step(What::sync_failed, e, lane(e)).messages = std::move(hopeless);
    }
  }

  // All records of one write are one step.
  void log_record(const Event& e) {
    durability_.record_written(e);
    const bool same_write = !out_.steps.empty() && out_.steps.back().what == What::write &&
                            out_.steps.back().lane == lane(e) && out_.steps.back().event + 1 == at_;
    if (!same_write) step(What::write, e, lane(e)).messages.clear();
    Step& s = out_.steps.back();
    s.event = at_;
    for (const std::size_t m : e.messages) {
      s.messages.push_back(m);
      s.places.push_back({m, e.facts[0], e.facts[1], e.facts[2], e.facts[3], e.text});
    }
  }

  void machine(const Event& e) {
    const bool loss = e.kind == "machine.power-loss";
    if (!loss && e.kind != "machine.power-on") return;
    for (std::size_t i = 0; i < out_.lanes.size(); ++i) {
      if (out_.lanes[i].machine != e.text) continue;
      Step& s = step(loss ? What::power_loss : What::power_on, e, i);
      if (loss) s.messages = durability_.lost_power(e.text);
    }
  }

  void fault(const Event& e) {
    const bool begins = e.kind == "fault.begin";
    const std::int64_t id = e.facts.empty() ? 0 : e.facts[0];
    if (const auto begun = begun_faults_.find(id); !begins && begun != begun_faults_.end()) {
      Step& begin = out_.steps[begun->second];
      begin.ended = Arrival{begin.lane, e.at_ns, at_};
      begun_faults_.erase(begun);
      if (is_momentary(begin)) return;
    }
    Step& s = step(begins ? What::fault_begin : What::fault_end, e, 0);
    for (std::size_t i = 0; i < out_.lanes.size(); ++i)
      if (is_about(s, out_.lanes[i])) s.lane = i;
    if (begins) begun_faults_[id] = out_.steps.size() - 1;
  }

  const Record& record_;
  Timeline out_;
  std::size_t at_ = 0;
  std::map<std::string, std::size_t, std::less<>> lane_of_node_;
  std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> ends_;  // connection and side: lane
  std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t>, std::size_t> on_the_way_;
  std::map<std::int64_t, std::size_t> begun_faults_;  // those that hold: their steps
  Durability durability_;
};

}  // namespace

Timeline timeline_of(const Record& record) {
  return Builder(record).build();
}

bool is_about(const Step& fault, const Lane& lane) {
  return fault.text.find(" target=" + lane.machine + " ") != std::string::npos ||
         fault.text.find(" target=" + lane.machine + "/") != std::string::npos;
}

bool is_momentary(const Step& fault) {
  return fault.ended && fault.ended->at_ns == fault.at_ns;
}

std::optional<std::size_t> Timeline::message(std::string_view name) const {
  for (std::size_t i = 0; i < messages.size(); ++i)
    if (messages[i].id == name || messages[i].key == name) return i;
  return std::nullopt;
}

std::string Timeline::names_of(const std::vector<std::size_t>& of) const {
  if (of.size() > 3)
    return fmt::format("{} … {} ({})", messages[of.front()].id, messages[of.back()].id, of.size());
  std::string out;
  for (const std::size_t m : of) out += (out.empty() ? "" : " ") + messages[m].id;
  return out;
}

}  // namespace gantry::traces::story
