#include "properties/cluster/witness.h"

#include <algorithm>
#include <charconv>

namespace gantry::properties::cluster {

using sim::faults::Fault;
using sim::faults::Kind;

namespace {

constexpr std::string_view store_folder = "/main/store/";
constexpr std::string_view tables_folder = "/main/store/config";
constexpr std::string_view log_folder = "/main/store/commitlog/";

}  // namespace

Witness::Witness(const cases::Case& c, Outcome& into) : case_(c), out_(into) {}

std::uint32_t Witness::incarnation_of(std::string_view machine) const {
  const auto found = nodes_.find(machine);
  return found == nodes_.end() ? 0 : found->second.incarnation;
}

void Witness::on_event(const sim::Event& event) {
  const std::string_view kind = event.kind;
  if (kind.starts_with("net.")) return on_network(event);
  if (kind.starts_with("disk.")) return on_disk(event);
  if (kind.starts_with("consumer.queue-")) return on_consumer(event);
  if (kind.starts_with("fault.")) return on_fault(event);
  if (kind.starts_with("process.") || kind.starts_with("machine.")) return on_process(event);
  if (kind == "probe" && !out_.probes.contains(std::string(event.text)))
    out_.probes.insert(std::string(event.text));
}

template <class Meets>
void Witness::hit(Meets meets) {
  for (const std::size_t place : open_)
    if (Struck& struck = out_.struck[place]; !struck.hit && meets(struck.fault)) struck.hit = true;
}

bool Witness::is_server(std::string_view machine) const {
  const auto has = [&](const auto& specs) {
    return std::ranges::any_of(specs, [&](const auto& spec) { return spec.name == machine; });
  };
  return has(case_.brokers) || has(case_.namesrvs);
}

unsigned Witness::phases_now(const Fault& fault, Instant at) const {
  unsigned phases = 0;
  const auto add = [&](Phase phase) { phases |= static_cast<unsigned>(phase); };
  if (out_.sent.empty()) add(Phase::before_sends);
  else if (out_.sent.size() < case_.sends.size()) add(Phase::within_sends);
  else add(Phase::after_sends);
  const auto node = nodes_.find(fault.target);
  if (node == nodes_.end() || !node->second.running) add(Phase::down);
  else if (!node->second.serving) add(node->second.incarnation > 1 ? Phase::recovering : Phase::starting);
  if (at - rebalanced_ <= std::chrono::seconds(2)) add(Phase::rebalancing);
  if (!open_.empty()) add(Phase::overlapping);
  return phases;
}

void Witness::on_fault(const sim::Event& event) {
  const std::int64_t id = event.facts[0];
  if (event.kind == "fault.begin") {
    const auto fault = std::ranges::find(case_.faults, id, &Fault::id);
    if (fault == case_.faults.end()) return;
    Struck struck{*fault, event.at, Instant::never(), false, phases_now(*fault, event.at)};
    if (fault->kind == Kind::pause || fault->kind == Kind::clock_step || fault->kind == Kind::clock_drift)
      struck.hit = nodes_[fault->target].running;
    out_.struck.push_back(std::move(struck));
    open_.push_back(out_.struck.size() - 1);
    return;
  }
  std::erase_if(open_, [&](std::size_t place) {
    Struck& struck = out_.struck[place];
    if (struck.fault.id != id) return false;
    struck.ended = event.at;
    return true;
  });
}

void Witness::on_process(const sim::Event& event) {
  if (event.kind == "process.start") {
    Node& node = nodes_[std::string(event.actor.machine)];
    node.number = event.actor.node;
    node.incarnation = event.actor.incarnation;
    node.running = true;
    node.serving = false;
    for (auto& [name, file] : node.log) file.syncing.clear();
    for (Loss& loss : out_.losses)
      if (loss.broker == event.actor.machine) loss.until = std::min(loss.until, event.at);
    machine_of_[node.number] = event.actor.machine;
    out_.started.push_back({std::string(event.actor.machine), node.incarnation, event.at});
  } else if (event.kind == "process.kill") {
    const auto machine = machine_of_.find(static_cast<std::uint32_t>(event.facts[0]));
    if (machine == machine_of_.end()) return;
    nodes_[machine->second].running = false;
    died(machine->second, event.at);
    hit([&](const Fault& f) {
      return (f.kind == Kind::process_kill || f.kind == Kind::process_stop) && f.target == machine->second;
    });
  } else if (event.kind == "process.end") {
    const auto node = nodes_.find(event.actor.machine);
    if (node == nodes_.end() || node->second.incarnation != event.actor.incarnation) return;
    node->second.running = false;
    died(event.actor.machine, event.at);
    hit([&](const Fault& f) { return f.kind == Kind::process_stop && f.target == event.actor.machine; });
  } else if (event.kind == "machine.power-loss") {
    Node& node = nodes_[std::string(event.text)];
    node.running = false;
    died(event.text, event.at);
    hit([&](const Fault& f) { return f.kind == Kind::power_loss && f.target == event.text; });
    lost(std::string(event.text), event.at, Kind::power_loss);
  }
}

// ---------------------------------------------------------------------------- disks

void Witness::on_disk(const sim::Event& event) {
  const std::string_view machine = event.actor.machine;
  std::string_view failed;
  if (event.kind == "disk.sync-failed") failed = "sync";
  else if (event.kind == "disk.write-failed") failed = "write";
  else if (event.kind == "disk.read-failed") failed = "read";
  if (!open_.empty()) {
    const bool full = event.kind == "disk.no-space";
    hit([&](const Fault& f) {
      if (f.target != machine) return false;
      if (f.kind == Kind::disk_full) return full;
      if (f.kind == Kind::disk_error) return f.part == failed;
      return f.kind == Kind::disk_slow || f.kind == Kind::disk_stall;
    });
  }
  // After any failed sync of its store, a broker no longer trusts a byte that is not durable.
  if (failed == "sync" && event.text.starts_with(store_folder) && !event.text.starts_with(tables_folder))
    lost(std::string(machine), event.at, Kind::disk_error);
  if (event.text.starts_with(log_folder)) log_changed(event, event.text.substr(log_folder.size()));
}

void Witness::log_changed(const sim::Event& event, std::string_view name) {
  const bool cut = event.kind == "disk.truncate";
  if (!cut && event.kind != "disk.written" && event.kind != "disk.sync" && event.kind != "disk.synced")
    return;
  Log& log = nodes_[std::string(event.actor.machine)].log;
  auto found = log.find(name);
  if (found == log.end()) found = log.emplace(std::string(name), LogFile{}).first;
  LogFile& file = found->second;
  if (cut || event.kind == "disk.written") {
    // From there on the file holds something else now, which no sync has covered yet.
    const std::int64_t from = event.facts[0];
    file.durable = std::min(file.durable, from);
    for (std::int64_t& covered : file.syncing) covered = std::min(covered, from);
    file.written = cut ? std::min(file.written, from) : std::max(file.written, from + event.facts[1]);
  } else if (event.kind == "disk.sync") {
    file.syncing.push_back(file.written);
  } else if (!file.syncing.empty()) {  // the device does one after the other
    file.durable = std::max(file.durable, file.syncing.front());
    file.syncing.pop_front();
  }
}

void Witness::lost(const std::string& broker, Instant at, Kind cause) {
  Loss loss{.broker = broker, .at = at, .cause = cause};
  for (const Struck& struck : out_.struck)
    if (struck.fault.kind == cause && struck.fault.target == broker) loss.fault = struck.fault.id;
  bool whole = true;  // all files so far are durable as far as they were written
  for (auto& [name, file] : nodes_[broker].log) {
    std::int64_t begin = 0;
    std::from_chars(name.data(), name.data() + name.size(), begin);
    if (whole) loss.durable_end = begin + file.durable;
    whole = whole && file.durable == file.written;
    file.written = file.durable;
    file.syncing.clear();
  }
  out_.losses.push_back(std::move(loss));
}

// ---------------------------------------------------------------------------- network

bool Witness::touches(const Fault& fault, std::string_view from, std::string_view to) const {
  const auto is = [&](std::string_view a, std::string_view b) {
    return fault.target == a && (fault.peer.empty() || fault.peer == b);
  };
  if (fault.kind == Kind::cut_outgoing) return is(from, to);
  return is(from, to) || is(to, from);
}

void Witness::on_network(const sim::Event& event) {
  const std::string_view machine = event.actor.machine;
  if (event.kind == "net.connected" || event.kind == "net.accept") {
    auto& ends = connections_[event.facts[1]];
    if (!is_server(machine)) nodes_[std::string(machine)].serving = true;
    (event.kind == "net.connected" ? ends.first : ends.second) = machine;
  } else if (event.kind == "net.listen") {
    nodes_[std::string(machine)].serving = true;
  } else if (event.kind == "net.reset" || event.kind == "net.forget") {
    const auto ends = connections_.find(event.facts[0]);
    if (ends == connections_.end()) return;
    const Kind kind = event.kind == "net.reset" ? Kind::reset : Kind::half_open;
    hit([&](const Fault& f) {
      return f.kind == kind && touches(f, ends->second.first, ends->second.second);
    });
  } else if (event.kind == "net.write" && !open_.empty()) {
    const auto ends = connections_.find(event.facts[0]);
    if (ends == connections_.end()) return;
    const std::string& to = machine == ends->second.first ? ends->second.second : ends->second.first;
    hit([&](const Fault& f) { return is_of_link(f.kind) && touches(f, machine, to); });
  }
}

// ---------------------------------------------------------------------------- consumers

void Witness::on_consumer(const sim::Event& event) {
  rebalanced_ = event.at;
  const std::size_t space = event.text.find(' ');
  const Queue queue{std::string(event.text.substr(0, space)), std::string(event.text.substr(space + 1)),
                    static_cast<std::int32_t>(event.facts[0])};
  // A queue that a member takes again has been let go before, with or without an event.
  ceased(event.actor.machine, event.at, &queue);
  if (event.kind == "consumer.queue-taken")
    out_.taken.push_back(
        {std::string(event.actor.machine), event.actor.incarnation, queue, event.facts[1], event.at});
}

void Witness::died(std::string_view machine, Instant at) {
  ceased(machine, at, nullptr);
  for (Started& started : out_.started)
    if (started.machine == machine && started.until == Instant::never()) started.until = at;
}

void Witness::ceased(std::string_view consumer, Instant at, const Queue* queue) {
  for (Taken& taken : out_.taken)
    if (taken.consumer == consumer && taken.until == Instant::never() &&
        (queue == nullptr || taken.queue == *queue))
      taken.until = at;
}

}  // namespace gantry::properties::cluster
