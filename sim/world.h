#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/machine.h"

namespace gantry::sim {

/// What a Simulation is made of: the shared kernel, the network, the machines. For the parts of sim/
/// alone. Machines are named; an unknown name is a mistake of the caller and aborts.
class Simulation::Impl {
 public:
  explicit Impl(std::uint64_t seed) : kernel(seed), fabric(kernel, {}) {}
  ~Impl();
  Impl(const Impl&) = delete;

  Machine& machine(std::string_view name);
  const Machine& machine(std::string_view name) const { return const_cast<Impl*>(this)->machine(name); }
  /// By address or name; null when there is none.
  Machine* resolve(std::string_view host);
  Process& process(Machine& machine, std::string_view name);

  void add_machine(std::string_view name);
  /// Starts its next incarnation; later, when the machine has no power or a fault holds it down.
  void start(Machine& machine, Process& process);
  void kill(Machine& machine, Process& process);
  /// Starts what ought to run and may.
  void start_wanted(Machine& machine);
  /// A process that ends when it was asked is started again when its last such fault has ended.
  void ask_to_stop(Process& process);
  void end_stop(Machine& machine, Process& process);
  void lose_power(Machine& machine);
  void power_on(Machine& machine);
  void pause(Process& process);
  void resume(Process& process);

  void cut(Machine& from, Machine& to);
  void heal(Machine& from, Machine& to);
  /// Clocks of that machine run differently from now on: its fibers look at their deadlines again.
  void set_drift(Machine& machine, std::int64_t ppm);

  Kernel kernel;
  network::Fabric fabric;
  std::map<std::string, std::unique_ptr<Machine>, std::less<>> machines;

 private:
  void ended(Machine& machine, Process& process, tasks::Node& node);
  void let_go(Machine& machine, tasks::Node& node, bool killed);
  void boot(Machine& machine);

  std::map<std::string, Machine*, std::less<>> by_address_;
  std::vector<std::unique_ptr<tasks::Node>> nodes_;
  std::vector<std::unique_ptr<Devices>> devices_;
  std::uint32_t processes_ = 0;
};

}  // namespace gantry::sim
