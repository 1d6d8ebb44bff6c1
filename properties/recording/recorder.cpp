#include "properties/recording/recorder.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/layout/file_names.h"
#include "model/layout/record.h"
#include "traces/record/sort.h"

namespace gantry::properties::recording {

using traces::record::Event;

namespace {

std::string node_of(const sim::Actor& actor) {
  return actor.machine.empty() ? "world" : fmt::format("{}/{}", actor.machine, actor.process);
}

std::string main_of(std::string_view machine) {
  return fmt::format("{}/main", machine);
}

std::set<std::string, std::less<>> ids_of(const cases::Case& c) {
  std::set<std::string, std::less<>> ids;
  for (const auto& send : c.sends) ids.insert(send.id);
  return ids;
}

std::vector<traces::record::Node> nodes_of(const cases::Case& c) {
  std::vector<traces::record::Node> nodes;
  for (const auto& p : c.producers) nodes.push_back({"producer", main_of(p.name), {}});
  for (const auto& n : c.namesrvs) nodes.push_back({"namesrv", main_of(n.name), {}});
  for (const auto& b : c.brokers) {
    const auto flush = b.config.find("flushDiskType");
    nodes.push_back({"broker", main_of(b.name), flush == b.config.end() ? "ASYNC_FLUSH" : flush->second});
  }
  for (const auto& k : c.consumers) nodes.push_back({"consumer", main_of(k.name), k.group + " " + k.topic});
  for (const char* process : {"main", "watcher"})
    nodes.push_back({"auditor", fmt::format("{}/{}", cases::auditor, process), {}});
  return nodes;
}

constexpr const char* build =
#if defined(__clang__)
    "clang " __clang_version__;
#else
    "g++ " __VERSION__;
#endif

}  // namespace

Recorder::Recorder(const cases::Case& c, bool print_log, bool keep_events)
    : case_(c), print_log_(print_log), keep_events_(keep_events), names_(ids_of(c)) {}

Event& Recorder::add(runtime::Instant at, const sim::Actor& actor, std::string_view kind) {
  record_.events.push_back(
      {at.ns, node_of(actor), actor.incarnation, actor.fiber, std::string(kind), {}, {}, {}});
  return record_.events.back();
}

void Recorder::on_event(const sim::Event& event) {
  if (!keep_events_) return;
  Event& e = add(event.at, event.actor, event.kind);
  e.facts.assign(event.facts.begin(), event.facts.end());
  e.text = event.text;
  if (event.kind == "process.start") node_names_[event.actor.node] = e.node;
  if (event.kind == "process.kill" && event.facts.size() == 2) {
    // Done by nobody, but to somebody: that is the lane it belongs to.
    e.node = node_names_[static_cast<std::uint32_t>(event.facts[0])];
    e.incarnation = static_cast<std::uint64_t>(event.facts[1]);
  }
  if (event.kind.starts_with("fault.") && event.facts.size() == 1) e.text = fault_line(event.facts[0]);
  if (event.kind == "disk.write") add_log_records(event);
  for (Frames::Seen& seen : frames_.completed_by(event)) {
    Event& frame = add(event.at, event.actor, event.kind == "net.write" ? "frame.sent" : "frame.received");
    frame.facts = facts_of(seen.frame);
    frame.messages = std::move(seen.messages);
    frame.text = std::move(seen.text);
  }
}

// The commit log is written in whole records from where it ended; a blank may stand between them.
void Recorder::add_log_records(const sim::Event& event) {
  if (event.text.find("/commitlog/") == std::string_view::npos || event.facts.size() != 2) return;
  Buffer all;
  for (const Bytes piece : event.bytes) all.insert(all.end(), piece.begin(), piece.end());
  Bytes rest(all);
  while (const auto found = model::layout::read_record(rest)) {
    const auto message = names_.number_of(found->properties, found->body, found->sys_flag);
    Event& e = add(event.at, event.actor, "log.record");
    e.facts = {found->physical_offset, static_cast<std::int64_t>(found->size), found->queue_id,
               found->queue_offset};
    if (message) e.messages.push_back(*message);
    e.text = found->topic;
    rest = rest.subspan(std::min(found->size, rest.size()));
  }
}

std::string Recorder::fault_line(std::int64_t id) const {
  const std::string begin = fmt::format("fault {} ", id);
  const std::string text = cases::to_text(case_);
  const std::size_t at = text.find("\n" + begin);
  if (at == std::string::npos) return {};
  const std::size_t first = at + 1 + begin.size();
  return text.substr(first, text.find('\n', first) - first);
}

void Recorder::on_log(runtime::Instant at, const sim::Actor& actor, runtime::Level level,
                      std::string_view text) {
  static constexpr const char* words[] = {"debug", "info", "warn", "error"};
  const char* const word = words[static_cast<int>(level)];
  if (print_log_)
    fmt::print("{:>12.3f} ms {}#{} {}: {}\n", static_cast<double>(at.ns) / 1e6, node_of(actor),
               actor.incarnation, word, text);
  if (keep_events_ && level != runtime::Level::debug) add(at, actor, fmt::format("log.{}", word)).text = text;
}

void Recorder::add_what_was_seen(const cluster::Outcome& outcome) {
  const auto say = [&](runtime::Instant at, const std::string& machine, const char* kind,
                       const std::string& id, std::vector<std::int64_t> facts, std::string text) {
    record_.events.push_back(
        {at.ns, main_of(machine), 0, 0, kind, std::move(facts), {names_.number_of_id(id)}, std::move(text)});
  };
  for (const cluster::Sent& sent : outcome.sent) {
    say(sent.begun, sent.producer, "message.sending", sent.id, {}, {});
    if (sent.acknowledged)
      say(sent.ended, sent.producer, "message.acknowledged", sent.id, {sent.place.queue, sent.place.offset},
          sent.place.broker + " " + sent.place.topic);
    else if (sent.ended != runtime::Instant::never())
      say(sent.ended, sent.producer, "message.refused", sent.id, {}, {});
  }
  for (const cluster::Consumed& got : outcome.consumed)
    say(got.at, got.consumer, "message.consumed", got.id,
        {got.place.queue, got.place.offset, got.intact ? 1 : 0},
        got.group + " " + got.place.broker + " " + got.place.topic);
  for (const cluster::Stored& stored : outcome.stored)
    say(outcome.end, "auditor", "message.stored", stored.id,
        {stored.place.queue, stored.place.offset, stored.physical_offset, stored.intact ? 1 : 0},
        stored.place.broker + " " + stored.place.topic);
  record_.events.push_back(
      {outcome.end.ns, main_of("auditor"), 0, 0, "audit.end", {outcome.audited ? 1 : 0}, {}, {}});
}

traces::record::Record Recorder::finish(const cluster::Outcome& outcome, std::string verdict) {
  record_.build = build;
  record_.case_text = cases::to_text(case_);
  record_.hash = fmt::format("{:016x}{:016x}", outcome.hash.high, outcome.hash.low);
  record_.verdict = std::move(verdict);
  record_.nodes = nodes_of(case_);
  add_what_was_seen(outcome);
  // Stable: what happened at the same moment stays in the order in which it happened. A producer is asked
  // before it does anything about it.
  traces::record::sort_stably(record_.events,
                              [](const Event& e) { return std::pair(e.at_ns, e.kind != "message.sending"); });
  std::map<std::string, std::uint64_t> life;
  for (Event& e : record_.events) {
    if (e.incarnation != 0) life[e.node] = e.incarnation;
    else e.incarnation = life[e.node];
  }
  record_.messages = names_.all();
  return std::move(record_);
}

}  // namespace gantry::properties::recording
