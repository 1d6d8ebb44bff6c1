#include "properties/cluster/run.h"

#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>

#include "properties/cluster/nodes.h"
#include "properties/excuses.h"
#include "sim/faults/apply.h"

namespace gantry::properties::cluster {

using runtime::Duration;
using runtime::Instant;
using sim::faults::Fault;
using sim::faults::Kind;
using namespace std::chrono_literals;

namespace {

// How long recovery may take once nothing is broken any more, from the timers that it can have to
// wait for one after the other: a NameServer or broker notices a peer that fell silent (120 s, looked
// at every 10 s), the route is polled (30 s), a heartbeat is due (30 s), a rebalance (20 s), an illegal
// offset is corrected (10 s), a pull times out (30 s), a connect backs off (5 s); and as much again
// as a margin for what queues up behind.
constexpr Duration settle_limit = 2 * (120s + 10s + 30s + 30s + 20s + 10s + 30s + 5s);
constexpr Duration audit_interval = 20s;
constexpr Duration audit_limit = 60s;
constexpr std::string_view auditor = "auditor";

/// A simulation of one case.
class Run {
 public:
  Run(const cases::Case& c, const RunOptions& options) : case_(c), world_(c.noise), notebook_{c, world_} {
    for (const auto& send : c.sends) notebook_.bytes_of[send.id] = send.bytes;
    if (options.observer != nullptr) world_.observe(*options.observer);
  }

  Outcome operator()() {
    add_everybody();
    for (const Fault& fault : case_.faults) plan(fault);
    world_.run_until(Instant{case_.quiet_from_ms() * 1'000'000});
    settle();
    Outcome& out = notebook_.outcome;
    out.hash = world_.hash();
    out.events = world_.events();
    out.end = world_.now();
    return std::move(out);
  }

 private:
  using Main = std::function<void(runtime::Runtime)>;

  void add(const std::string& machine, Main main) {
    world_.add_machine(machine);
    mains_[machine] = std::move(main);
  }

  void add_everybody() {
    for (const auto& n : case_.namesrvs)
      add(n.name, [this](runtime::Runtime r) { namesrv_main(notebook_, r); });
    for (const auto& b : case_.brokers)
      add(b.name, [this, &b](runtime::Runtime r) { broker_main(notebook_, b, r); });
    for (const auto& p : case_.producers)
      add(p.name, [this, &p](runtime::Runtime r) { producer_main(notebook_, p, r); });
    for (const auto& k : case_.consumers)
      add(k.name, [this, &k](runtime::Runtime r) { consumer_main(notebook_, k, r); });
    world_.add_machine(auditor);
    for (const auto& [machine, main] : mains_) start(machine);
  }

  void start(const std::string& machine) { world_.start(machine, "main", mains_.at(machine)); }

  void plan(const Fault& fault) {
    sim::faults::apply(world_, fault);
    // A store that could not sync is fenced until it is opened again: its operator restarts it.
    if (fault.kind == Kind::disk_error)
      world_.at(Instant{(fault.anchor.at_ms + fault.duration_ms) * 1'000'000},
                [this, machine = fault.target] {
                  if (world_.running(machine, "main")) world_.kill(machine, "main"), start(machine);
                });
  }

  bool everything_sent() const {
    return notebook_.outcome.sent.size() == case_.sends.size() && notebook_.sending.empty();
  }

  /// Every group has seen all that the last audit found, but for what a fault excuses.
  bool everything_consumed() const {
    std::set<std::pair<std::string, std::string>> seen;
    for (const Consumed& consumed : notebook_.outcome.consumed) seen.emplace(consumed.group, consumed.id);
    for (const auto& consumer : case_.consumers)
      for (const Stored& stored : notebook_.outcome.stored)
        if (stored.place.topic == consumer.topic && !seen.contains({consumer.group, stored.id}) &&
            !excuse_for_skip(case_, notebook_.outcome, consumer.group, stored))
          return false;
    return true;
  }

  void audit() {
    world_.start(auditor, "main", [this](runtime::Runtime r) { auditor_main(notebook_, r); });
    world_.run_until([this] { return !world_.running(auditor, "main"); }, world_.now() + audit_limit);
    notebook_.outcome.audited = !world_.running(auditor, "main");
    if (!notebook_.outcome.audited) world_.kill(auditor, "main");
  }

  void settle() {
    Outcome& out = notebook_.outcome;
    out.deadline = world_.now() + settle_limit;
    while (!out.settled && world_.now() < out.deadline) {
      world_.run_until(std::min(world_.now() + audit_interval, out.deadline));
      if (!everything_sent()) continue;
      audit();
      out.settled = out.audited && out.unread.empty() && everything_consumed();
      out.settled_at = world_.now();
    }
  }

  const cases::Case& case_;
  sim::Simulation world_;
  Notebook notebook_;
  std::map<std::string, Main> mains_;
};

}  // namespace

Outcome run(const cases::Case& c, const RunOptions& options) {
  return Run(c, options)();
}

}  // namespace gantry::properties::cluster
