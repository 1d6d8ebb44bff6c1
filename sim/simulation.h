#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/runtime.h"

namespace gantry::sim {

class Observer;

/// A seeded world: machines, the processes on them, one timeline, one network.
///
/// Machine, process, disk and link are separate things. A process is one incarnation of a node; it
/// is killed or stops and its machine stays, with the page cache. A machine loses power and its
/// unsynced pages are old, new, torn or garbage. Virtual time moves only while every fiber waits.
///
/// The same noise seed and the same calls give the same run, to the bit: see hash().
class Simulation {
 public:
  using Main = std::function<void(runtime::Runtime)>;

  explicit Simulation(std::uint64_t noise_seed);
  ~Simulation();
  Simulation(const Simulation&) = delete;

  /// A machine with its own address (10.0.0.n), clock, disk and page cache; up from now on.
  void add_machine(std::string_view name);
  /// The address of a machine, as Endpoint::host; its name works as well.
  std::string address(std::string_view machine) const;
  /// Starts the next incarnation of a process: `main` is its first fiber. The process ends when its
  /// last fiber ends. On a machine without power it starts when the power is back.
  void start(std::string_view machine, std::string_view process, Main main);
  /// The same again, with the `main` of its last start; it must not be running.
  void restart(std::string_view machine, std::string_view process);
  bool running(std::string_view machine, std::string_view process) const;
  /// What the incarnation that runs does when it is asked to stop (as by SIGTERM): `action` is called once,
  /// on no node's fiber, and must not suspend. It is forgotten when the incarnation ends.
  void on_stop(std::string_view machine, std::string_view process, std::function<void()> action);

  /// A kill -9: the fibers are unwound at once, connections are reset after the latency, the page
  /// cache stays.
  void kill(std::string_view machine, std::string_view process);
  /// All its processes die without a reset to anybody; the disk keeps what power loss leaves.
  void lose_power(std::string_view machine);
  /// Ends a loss of power. What ran before is not started again; that is what a fault record does.
  void power_on(std::string_view machine);

  /// Runs `action` at that virtual time, on no node's fiber; it must not suspend.
  void at(runtime::Instant when, std::function<void()> action);
  /// Virtual time of the world, from 0.
  runtime::Instant now() const;
  /// Runs until that time, or until nothing is left to do.
  void run_until(runtime::Instant when);
  /// Runs until `done` holds (asked between events) or `deadline` passes; returns whether it held.
  bool run_until(std::function<bool()> done, runtime::Instant deadline);

  struct Hash {
    std::uint64_t high = 0, low = 0;
    friend bool operator==(const Hash&, const Hash&) = default;
  };
  /// Of every event so far.
  Hash hash() const;
  /// How many that were: see Event in sim/observer.h.
  std::uint64_t events() const;
  /// How often time has moved on: entries taken from the timeline, and deadlines of fibers that came.
  std::uint64_t steps() const;
  /// Hands every event from now on to `observer`, which must outlive the simulation.
  void observe(Observer& observer);
  /// For people: what each fiber that lives is called and does.
  std::vector<std::string> describe() const;

  class Impl;
  /// For the parts of sim/ themselves, such as faults.
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

/// For tests: runs `body` as the only process of one machine until it returns. Aborts the test when
/// it has not returned after an hour of virtual time.
void in_simulation(std::function<void(runtime::Runtime)> body, std::uint64_t noise_seed = 1);

}  // namespace gantry::sim
