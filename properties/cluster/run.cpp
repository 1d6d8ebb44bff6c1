#include "properties/cluster/run.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "properties/claims.h"
#include "properties/cluster/configured.h"
#include "properties/cluster/nodes.h"
#include "sim/faults/apply.h"

namespace gantry::properties::cluster {

using runtime::Duration;
using runtime::Instant;
using sim::faults::Fault;
using sim::faults::Kind;
using namespace std::chrono_literals;

namespace {

constexpr Duration audit_interval = 5s;
constexpr Duration audit_limit = 60s;
// The deadlines of calls that have been answered stay on the timeline for a while.
constexpr Duration idle_settling = 10s;
constexpr Duration idle_window = 60s;
using cases::auditor;

/// A simulation of one case.
class Run {
 public:
  Run(const cases::Case& c, const RunOptions& options) : case_(c), notebook_{c, world_}, world_(c.noise) {
    for (const auto& send : c.sends) notebook_.bodies[send.id] = body_of(send.id, send.bytes);
    notebook_.outcome.limits = limits_of(c);
    notebook_.outcome.sent.reserve(c.sends.size() + 100);
    notebook_.outcome.consumed.reserve(2 * c.sends.size() + 100);
    notebook_.outcome.stored.reserve(c.sends.size() + 100);
    world_.observe(notebook_.witness);
    if (options.observer != nullptr) world_.observe(*options.observer);
  }

  Outcome operator()() {
    add_everybody();
    for (const Fault& fault : case_.faults) plan(fault);
    heal();
    settle();
    serve();
    stay_idle();
    Outcome& out = notebook_.outcome;
    out.hash = world_.hash();
    out.events = world_.events();
    out.steps = world_.steps();
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
      add(n.name, [this, &n](runtime::Runtime r) { namesrv_main(notebook_, n, r); });
    for (const auto& b : case_.brokers)
      add(b.name, [this, &b](runtime::Runtime r) { broker_main(notebook_, b, r); });
    for (const auto& p : case_.producers)
      add(p.name, [this, &p](runtime::Runtime r) { producer_main(notebook_, p, r); });
    for (const auto& k : case_.consumers)
      add(k.name, [this, &k](runtime::Runtime r) { consumer_main(notebook_, k, r); });
    world_.add_machine(auditor);
    for (const auto& [machine, main] : mains_) start(machine);
    world_.start(auditor, "watcher", [this](runtime::Runtime r) { watcher_main(notebook_, r); });
    for (const auto& b : case_.brokers)
      notebook_.outcome.addresses[b.name] = fmt::format("{}:{}", world_.address(b.name), broker_port);
  }

  void start(const std::string& machine) { world_.start(machine, "main", mains_.at(machine)); }

  void plan(const Fault& fault) {
    // A store that could not sync is fenced until it is opened again, so its operator restarts the broker.
    std::function<void()> ended;
    const bool of_broker = std::ranges::any_of(
        case_.brokers, [&](const cases::BrokerSpec& broker) { return broker.name == fault.target; });
    if (fault.kind == Kind::disk_error && of_broker)
      ended = [this, machine = fault.target] {
        if (world_.running(machine, "main")) world_.kill(machine, "main"), start(machine);
      };
    sim::faults::apply(world_, fault, std::move(ended));
  }

  /// Runs until the last send is due and the last fault has ended. Faults whose event has not come until
  /// the first of these moments do not begin any more.
  void heal() {
    world_.run_until(Instant{case_.quiet_from_ms() * 1'000'000});
    sim::faults::disarm(world_);
    Outcome& out = notebook_.outcome;
    while (notebook_.witness.holding() > 0) world_.run_until(world_.now() + 1s);
    out.healed = Instant{case_.quiet_from_ms() * 1'000'000};
    for (const Struck& struck : out.struck) out.healed = std::max(out.healed, struck.ended);
    world_.run_until(out.healed);
  }

  bool everything_sent() const {
    return notebook_.outcome.sent.size() >= case_.sends.size() && notebook_.sending.empty();
  }

  void audit() {
    world_.start(auditor, "main", [this](runtime::Runtime r) { auditor_main(notebook_, r); });
    world_.run_until([this] { return !world_.running(auditor, "main"); }, world_.now() + audit_limit);
    notebook_.outcome.audited = !world_.running(auditor, "main");
    if (!notebook_.outcome.audited) world_.kill(auditor, "main");
  }

  /// Audits again and again until all that must converge has converged. Returns whether that was before
  /// `deadline`.
  bool converges(Instant deadline) {
    Outcome& out = notebook_.outcome;
    while (world_.now() < deadline) {
      world_.run_until(std::min(world_.now() + audit_interval, deadline));
      if (!everything_sent()) continue;
      audit();
      out.end = world_.now();
      if (out.audited && out.unread.empty() && !not_converged(case_, out)) return true;
    }
    return false;
  }

  void settle() {
    Outcome& out = notebook_.outcome;
    out.deadline = out.healed + out.limits.settled;
    out.settled = converges(out.deadline);
    out.settled_at = world_.now();
  }

  /// Waits until everybody who still holds a half-open connection has noticed, and no listener has been
  /// called for as long: a group may be busy with what it sees again.
  void rest(Instant deadline) {
    Duration window = notebook_.outcome.limits.noticed;
    for (const auto& consumer : case_.consumers)
      window = std::max<Duration>(window, std::chrono::milliseconds(consumer.listener_ms) + 1s);
    const std::vector<Consumed>& consumed = notebook_.outcome.consumed;
    for (std::size_t before = consumed.size() + 1; before != consumed.size() && world_.now() < deadline;) {
      before = consumed.size();
      world_.run_until(world_.now() + window);
    }
  }

  /// Lets each producer send its probes, and waits until each group has seen them.
  void serve() {
    Outcome& out = notebook_.outcome;
    if (!out.settled) return;
    const Limits& limits = out.limits;
    world_.run_until(std::max(out.settled_at, out.healed + limits.silence));
    rest(world_.now() + limits.settled);
    out.probed = out.queues;
    notebook_.probing = true;
    const auto sent = [this] { return notebook_.probed.size() == case_.producers.size(); };
    world_.run_until(sent, world_.now() + limits.settled);
    out.served = sent() && converges(world_.now() + limits.settled);
  }

  void stay_idle() {
    Outcome& out = notebook_.outcome;
    world_.kill(auditor, "watcher");
    if (!out.served) return;
    world_.run_until(world_.now() + idle_settling);
    const std::uint64_t before = world_.steps();
    world_.run_until(world_.now() + idle_window);
    out.idle_steps = world_.steps() - before;
    out.idle_ms = std::chrono::duration_cast<std::chrono::milliseconds>(idle_window).count();
  }

  const cases::Case& case_;
  Notebook notebook_;  // outlives the fibers of the world: they use it until they are unwound
  sim::Simulation world_;
  std::map<std::string, Main> mains_;
};

}  // namespace

Outcome run(const cases::Case& c, const RunOptions& options) {
  return Run(c, options)();
}

}  // namespace gantry::properties::cluster
