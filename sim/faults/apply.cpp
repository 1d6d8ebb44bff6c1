#include "sim/faults/apply.h"

#include <algorithm>

#include "sim/world.h"

namespace gantry::sim::faults {

namespace {
constexpr std::int64_t ms_ns = 1'000'000;

/// One fault while it holds: what it did, so that the same is taken back.
class Holding : public std::enable_shared_from_this<Holding> {
 public:
  Holding(Simulation::Impl& world, const Fault& fault, std::function<void()> ended)
      : world_(world),
        fault_(fault),
        machine_(world.machine(machine_name(fault.target))),
        ended_(std::move(ended)) {}

  void begin() {
    choose();
    world_.kernel.emit("fault.begin", name_of(fault_.kind), {fault_.id});
    change(true);
    if (happens_once(fault_.kind)) end();
    else if (fault_.duration_ms >= 0)
      world_.kernel.after(fault_.duration_ms * ms_ns, [self = shared_from_this()] { self->end(); });
  }

 private:
  void end() {
    world_.kernel.emit("fault.end", name_of(fault_.kind), {fault_.id});
    change(false);
    if (ended_) ended_();
  }
  static std::string_view machine_name(std::string_view target) { return target.substr(0, target.find('/')); }
  runtime::Instant until() const {
    if (fault_.duration_ms < 0) return {runtime::Instant::never().ns / 4};
    return world_.kernel.now + runtime::Duration(fault_.duration_ms * ms_ns);
  }

  void choose();
  void change(bool begins);
  void change_process(bool begins, Process& process);
  void change_link(bool begins, Machine& from, Machine& to);
  void change_disk(bool begins);
  void change_clock(bool begins);

  Simulation::Impl& world_;
  const Fault fault_;
  Machine& machine_;
  const std::function<void()> ended_;
  // Whom it hits, as chosen when it begins: the same are released when it ends.
  std::vector<Process*> processes_;
  std::vector<Machine*> peers_;
  std::shared_ptr<std::int64_t> planned_;  // failures of this fault that have not struck yet
};

void Holding::choose() {
  const std::size_t slash = fault_.target.find('/');
  for (auto& [name, process] : machine_.processes)
    if (slash == std::string::npos || fault_.target.substr(slash + 1) == name) processes_.push_back(&process);
  for (auto& [name, peer] : world_.machines)
    if (peer.get() != &machine_ && (fault_.peer.empty() || fault_.peer == name)) peers_.push_back(peer.get());
}

void Holding::change(bool begins) {
  switch (fault_.kind) {
    case Kind::process_kill:
    case Kind::process_stop:
    case Kind::pause:
      for (Process* const process : processes_) change_process(begins, *process);
      if (!begins) world_.start_wanted(machine_);
      break;
    case Kind::power_loss:
      if (begins) world_.lose_power(machine_);
      else world_.power_on(machine_);
      break;
    case Kind::cut:
    case Kind::stall:
    case Kind::delay:
      for (Machine* const peer : peers_) {
        change_link(begins, machine_, *peer);
        change_link(begins, *peer, machine_);
      }
      break;
    case Kind::cut_outgoing:
      for (Machine* const peer : peers_) change_link(begins, machine_, *peer);
      break;
    case Kind::reset:
      for (Machine* const peer : peers_)
        if (begins) world_.fabric.reset(machine_, *peer);
      break;
    case Kind::half_open:
      for (Machine* const peer : peers_)
        if (begins) world_.fabric.forget(machine_, *peer);
      break;
    case Kind::disk_full:
    case Kind::disk_slow:
    case Kind::disk_stall:
    case Kind::disk_error: change_disk(begins); break;
    case Kind::clock_step:
    case Kind::clock_drift: change_clock(begins); break;
  }
}

void Holding::change_process(bool begins, Process& process) {
  if (fault_.kind == Kind::pause) {
    if (begins) world_.pause(process);
    else world_.resume(process);
  } else if (fault_.kind == Kind::process_stop) {
    if (begins) world_.ask_to_stop(process);
    else world_.end_stop(machine_, process);
  } else if (begins) {
    ++process.held;
    world_.kill(machine_, process);
  } else {
    --process.held;
  }
}

void Holding::change_link(bool begins, Machine& from, Machine& to) {
  network::Link& link = world_.fabric.links().at(from.index, to.index);
  switch (fault_.kind) {
    case Kind::stall:
      if (begins) link.stalled_until = std::max(link.stalled_until, until());
      break;
    case Kind::delay: link.extra_ns += (begins ? fault_.amount : -fault_.amount) * ms_ns; break;
    default:
      if (begins) world_.cut(from, to);
      else world_.heal(from, to);
  }
}

void Holding::change_disk(bool begins) {
  disk::Device& device = machine_.disk.device;
  switch (fault_.kind) {
    case Kind::disk_full: device.full += begins ? 1 : -1; break;
    case Kind::disk_slow: device.extra_ns += (begins ? fault_.amount : -fault_.amount) * ms_ns; break;
    case Kind::disk_stall:
      if (begins) device.stalled_until = std::max(device.stalled_until, until());
      break;
    default: {
      disk::Failures& failures = fault_.part == "read"    ? device.failing_reads
                                 : fault_.part == "write" ? device.failing_writes
                                                          : device.failing_syncs;
      if (begins) planned_ = failures.plan(std::max<std::int64_t>(fault_.amount, 1));
      else *planned_ = 0;
    }
  }
}

void Holding::change_clock(bool begins) {
  if (fault_.kind == Kind::clock_step)
    machine_.clock.step_wall((begins ? fault_.amount : -fault_.amount) * ms_ns);
  else world_.set_drift(machine_, machine_.clock.drift_ppm() + (begins ? fault_.amount : -fault_.amount));
}

}  // namespace

void apply(Simulation& simulation, const Fault& fault, std::function<void()> ended) {
  Simulation::Impl& world = simulation.impl();
  const auto begin = [holding = std::make_shared<Holding>(world, fault, std::move(ended))] {
    holding->begin();
  };
  if (fault.anchor.event.empty()) {
    world.kernel.at({fault.anchor.at_ms * ms_ns}, begin);
  } else {
    const std::string_view target = std::string_view(fault.target).substr(0, fault.target.find('/'));
    world.machine(target).watches.add(fault.anchor.event, std::max<std::uint64_t>(fault.anchor.occurrence, 1),
                                      begin);
  }
}

void apply(Simulation& simulation, std::span<const Fault> all) {
  for (const Fault& fault : all) apply(simulation, fault);
}

void disarm(Simulation& simulation) {
  for (auto& [name, machine] : simulation.impl().machines) machine->watches.clear();
}

}  // namespace gantry::sim::faults
