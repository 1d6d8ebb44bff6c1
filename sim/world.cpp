#include "sim/world.h"

#include "sim/disk/sim_disk.h"
#include "sim/network/sockets.h"

namespace gantry::sim {

namespace {
constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t epoch_s = 1'767'225'600;  // the world begins at the first instant of 2026
}  // namespace

void Watches::add(std::string_view event, std::uint64_t occurrence, std::function<void()> action) {
  waiting_.push_back({std::string(event), occurrence, std::move(action)});
}

void Watches::look(std::string_view kind, std::string_view text) {
  const auto is = [&](const Watch& watch) {
    return watch.event == kind || (kind == "probe" && watch.event == text);
  };
  // What is set off may itself make things happen here: it runs when the list is in order again.
  std::vector<std::function<void()>> due;
  for (Watch& watch : waiting_)
    if (is(watch) && --watch.left == 0) due.push_back(std::move(watch.action));
  std::erase_if(waiting_, [](const Watch& watch) { return watch.left == 0; });
  for (const auto& action : due) action();
}

Simulation::Impl::~Impl() {
  for (const auto& node : nodes_) kernel.engine.crash(node->group());
  kernel.unwind();
  kernel.timeline.clear();
}

Machine& Simulation::Impl::machine(std::string_view name) {
  const auto found = machines.find(name);
  invariant(found != machines.end(), "a machine is added before it is used");
  return *found->second;
}

Machine* Simulation::Impl::resolve(std::string_view host) {
  if (const auto found = by_address_.find(host); found != by_address_.end()) return found->second;
  const auto found = machines.find(host);
  return found == machines.end() ? nullptr : found->second.get();
}

Process& Simulation::Impl::process(Machine& machine, std::string_view name) {
  auto found = machine.processes.find(name);
  if (found == machine.processes.end()) {
    found = machine.processes.emplace(name, Process{}).first;
    found->second.name = name;
    found->second.number = ++processes_;
    const std::string root = disk::normalized("/", name);
    if (machine.disk.find(root) == nullptr) machine.disk.install_folder(root);
  }
  return found->second;
}

void Simulation::Impl::add_machine(std::string_view name) {
  invariant(!machines.contains(name), "machines have different names");
  const std::uint64_t entity = entity_of(name);
  const auto index = static_cast<std::uint32_t>(machines.size());
  auto added = std::unique_ptr<Machine>(new Machine{.name = std::string(name),
                                                    .address = "10.0.0." + std::to_string(index + 1),
                                                    .index = index,
                                                    .entity = entity,
                                                    .clock = {},
                                                    .disk = disk::FileSystem(entity),
                                                    .ports = {},
                                                    .watches = {},
                                                    .processes = {}});
  by_address_[added->address] = added.get();
  boot(*added);
  fabric.links().add_machine();
  machines.emplace(name, std::move(added));
}

// Clocks disagree: by up to 100 ms on the wall, by up to 20 ppm in speed, by hours in uptime.
void Simulation::Impl::boot(Machine& machine) {
  const std::uint64_t bits = kernel.noise(Domain::clock, machine.entity, 0, ++machine.boots);
  const auto uptime =
      static_cast<std::int64_t>(60 + scale(bits, machine.boots == 1 ? 100'000 : 60)) * second_ns;
  const std::uint64_t more = kernel.noise(Domain::clock, machine.entity, 1, 0);
  const std::int64_t offset = static_cast<std::int64_t>(scale(more, 200'000'001)) - 100'000'000;
  machine.clock.boot(kernel.now, uptime, epoch_s * second_ns + kernel.now.ns + offset);
  if (machine.boots == 1)
    machine.clock.set_drift(kernel.now, static_cast<std::int64_t>(scale(mix(more), 41)) - 20);
}

void Simulation::Impl::start(Machine& machine, Process& process) {
  invariant(process.running == nullptr, "a process runs once at a time");
  process.wanted = true;
  if (!machine.up() || process.held > 0) return;
  const std::uint32_t incarnation = ++process.incarnations;
  auto node = std::make_unique<tasks::Node>(
      kernel, machine, process.name, process.number, incarnation,
      [this, &machine, &process](tasks::Node& over) { ended(machine, process, over); });
  auto devices = std::make_unique<Devices>();
  devices->network = std::make_unique<network::Sockets>(
      fabric, *node, [this](std::string_view host) { return resolve(host); });
  devices->disk = std::make_unique<disk::SimDisk>(machine.disk, *node, disk::normalized("/", process.name));
  process.running = node.get();
  if (process.paused > 0) kernel.engine.pause(node->group());
  node->enter("process.start", process.name, {incarnation});
  const runtime::Runtime runtime{*node, *node, *devices->network, *devices->disk, *node, *node};
  kernel.engine.spawn(node->group(), process.name, [main = process.main, runtime] { main(runtime); });
  nodes_.push_back(std::move(node));
  devices_.push_back(std::move(devices));
}

// Its last fiber has ended: by itself, or because a crash has unwound it.
void Simulation::Impl::ended(Machine& machine, Process& process, tasks::Node& node) {
  if (node.gone()) return;
  node.enter("process.end", process.name, {node.incarnation()});
  process.running = nullptr;
  process.wanted = process.stopping > 0;
  process.on_stop = {};
  let_go(machine, node, false);
}

void Simulation::Impl::let_go(Machine& machine, tasks::Node& node, bool killed) {
  fabric.drop(node, killed);
  machine.disk.let_go(&node);
}

void Simulation::Impl::kill(Machine& machine, Process& process) {
  tasks::Node* const node = std::exchange(process.running, nullptr);
  process.on_stop = {};
  if (node == nullptr) return;
  kernel.emit("process.kill", process.name, {process.number, node->incarnation()});
  kernel.engine.crash(node->group());
  let_go(machine, *node, true);
}

void Simulation::Impl::ask_to_stop(Process& process) {
  ++process.stopping;
  ++process.held;
  if (process.on_stop) std::exchange(process.on_stop, {})();
}

void Simulation::Impl::end_stop(Machine& machine, Process& process) {
  --process.stopping;
  --process.held;
  kill(machine, process);
}

void Simulation::Impl::start_wanted(Machine& machine) {
  if (!machine.up()) return;
  for (auto& [name, process] : machine.processes)
    if (process.wanted && process.held == 0 && process.running == nullptr) start(machine, process);
}

void Simulation::Impl::lose_power(Machine& machine) {
  if (machine.down++ > 0) return;
  kernel.emit("machine.power-loss", machine.name, {machine.index});
  machine.down_since = kernel.now;
  for (auto& [name, process] : machine.processes) {
    process.on_stop = {};
    if (tasks::Node* const node = std::exchange(process.running, nullptr); node != nullptr)
      kernel.engine.crash(node->group());
  }
  fabric.lose(machine);
  machine.disk.lose_power(kernel.noise, machine.boots);
}

void Simulation::Impl::power_on(Machine& machine) {
  invariant(machine.down > 0, "power comes back to a machine that lost it");
  if (--machine.down > 0) return;
  kernel.emit("machine.power-on", machine.name, {machine.index});
  boot(machine);
  start_wanted(machine);
}

void Simulation::Impl::pause(Process& process) {
  if (process.paused++ == 0 && process.running != nullptr) kernel.engine.pause(process.running->group());
}

void Simulation::Impl::resume(Process& process) {
  if (--process.paused == 0 && process.running != nullptr) kernel.engine.resume(process.running->group());
}

void Simulation::Impl::cut(Machine& from, Machine& to) {
  network::Link& link = fabric.links().at(from.index, to.index);
  if (link.cuts++ > 0) return;
  link.cut_since = kernel.now;
  fabric.watch_silence(from, &to);
}

void Simulation::Impl::heal(Machine& from, Machine& to) {
  --fabric.links().at(from.index, to.index).cuts;
}

void Simulation::Impl::set_drift(Machine& machine, std::int64_t ppm) {
  machine.clock.set_drift(kernel.now, ppm);
  for (auto& [name, process] : machine.processes)
    if (process.running != nullptr) kernel.engine.wake(process.running->group());
}

}  // namespace gantry::sim
