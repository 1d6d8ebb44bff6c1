#include "sim/simulation.h"

#include <cstdio>
#include <exception>

#include "sim/world.h"

namespace gantry::sim {

Simulation::Simulation(std::uint64_t noise_seed) : impl_(std::make_unique<Impl>(noise_seed)) {}
Simulation::~Simulation() = default;

void Simulation::add_machine(std::string_view name) {
  impl_->add_machine(name);
}

std::string Simulation::address(std::string_view machine) const {
  return impl_->machine(machine).address;
}

void Simulation::start(std::string_view machine, std::string_view process, Main main) {
  Machine& where = impl_->machine(machine);
  Process& what = impl_->process(where, process);
  what.main = std::move(main);
  impl_->start(where, what);
}

void Simulation::restart(std::string_view machine, std::string_view process) {
  Machine& where = impl_->machine(machine);
  Process& what = impl_->process(where, process);
  invariant(what.main != nullptr, "a process is started before it is started again");
  impl_->start(where, what);
}

bool Simulation::running(std::string_view machine, std::string_view process) const {
  const Machine& where = impl_->machine(machine);
  const auto found = where.processes.find(process);
  return found != where.processes.end() && found->second.running != nullptr;
}

void Simulation::on_stop(std::string_view machine, std::string_view process, std::function<void()> action) {
  Process& what = impl_->process(impl_->machine(machine), process);
  invariant(what.running != nullptr, "a process that runs says what it does");
  what.on_stop = std::move(action);
}

void Simulation::kill(std::string_view machine, std::string_view process) {
  Machine& where = impl_->machine(machine);
  Process& what = impl_->process(where, process);
  what.wanted = false;
  impl_->kill(where, what);
}

void Simulation::lose_power(std::string_view machine) {
  Machine& where = impl_->machine(machine);
  impl_->lose_power(where);
  for (auto& [name, process] : where.processes) process.wanted = false;
}

void Simulation::power_on(std::string_view machine) {
  impl_->power_on(impl_->machine(machine));
}

void Simulation::at(runtime::Instant when, std::function<void()> action) {
  impl_->kernel.at(when, std::move(action));
}

runtime::Instant Simulation::now() const {
  return impl_->kernel.now;
}

void Simulation::run_until(runtime::Instant when) {
  impl_->kernel.run(when, {});
  impl_->kernel.now = std::max(impl_->kernel.now, when);
}

bool Simulation::run_until(std::function<bool()> done, runtime::Instant deadline) {
  impl_->kernel.run(deadline, done);
  return done();
}

Simulation::Hash Simulation::hash() const {
  return impl_->kernel.trace.hash();
}

std::uint64_t Simulation::events() const {
  return impl_->kernel.trace.events();
}

std::uint64_t Simulation::steps() const {
  return impl_->kernel.steps;
}

void Simulation::observe(Observer& observer) {
  impl_->kernel.trace.observe(observer);
}

std::vector<std::string> Simulation::describe() const {
  return impl_->kernel.engine.describe();
}

void in_simulation(std::function<void(runtime::Runtime)> body, std::uint64_t noise_seed) {
  bool returned = false;
  std::exception_ptr thrown;
  Simulation simulation(noise_seed);
  simulation.add_machine("machine");
  // One machine has nobody to disagree with: its clocks run at the speed of the world.
  simulation.impl().set_drift(simulation.impl().machine("machine"), 0);
  simulation.start("machine", "test", [&](runtime::Runtime runtime) {
    try {
      body(runtime);
    } catch (const runtime::NodeGone&) {
      throw;
    } catch (...) {  // a test framework's way to say that a check failed; of what type is its secret
      thrown = std::current_exception();
    }
    returned = true;
  });
  constexpr runtime::Instant hour{3'600'000'000'000};
  if (!simulation.run_until([&] { return returned; }, hour)) {
    for (const std::string& fiber : simulation.describe()) std::fprintf(stderr, "  %s\n", fiber.c_str());
    invariant_failed("a test in the simulator returns within an hour of virtual time");
  }
  if (thrown != nullptr) std::rethrow_exception(thrown);
}

}  // namespace gantry::sim
