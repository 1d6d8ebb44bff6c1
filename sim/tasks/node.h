#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "runtime/runtime.h"
#include "sim/kernel.h"

namespace gantry::sim {
struct Machine;
}

namespace gantry::sim::tasks {

/// One incarnation of one process: its fibers, its chance, its view of the machine's clock and what
/// it lets the world know. From its end on, by a crash or because its last fiber has ended, it is
/// gone: it has no effect and leaves no event.
class Node final : public runtime::Tasks,
                   public runtime::Clock,
                   public runtime::Random,
                   public runtime::Events {
 public:
  /// Enters itself in `kernel.nodes`, so it must live as long as the kernel runs. `ended` is called when its
  /// last fiber has ended, on that fiber's stack, and must not suspend.
  Node(Kernel& kernel, Machine& machine, std::string_view process, std::uint32_t number,
       std::uint32_t incarnation, std::function<void(Node&)> ended);

  /// Whether this incarnation is over. Each call that the node makes asks once; asking a million times after
  /// the end aborts the run.
  bool gone() const {
    if (!ended_ && !group_.gone()) return false;
    invariant(++calls_when_gone_ < 1'000'000,
              "a loop ends when a call says `gone`: this node is over and goes on");
    return true;
  }
  std::uint64_t entity() const { return entity_; }
  std::uint32_t incarnation() const { return incarnation_; }
  /// Counts one more wake-up of this fiber and returns its number, from 1.
  std::uint64_t next_wake_up_of(std::uint64_t fiber);
  Machine& machine() { return machine_; }
  Kernel& kernel() { return kernel_; }
  runtime::fibers::Group& group() { return group_; }
  Actor actor() const;

  /// Enters a call that has an effect: records it and sets off the faults that are anchored to it.
  /// False when the node is gone, perhaps by that very fault: the call must then have no effect.
  bool enter(std::string_view kind, std::string_view text, std::initializer_list<std::int64_t> facts,
             std::span<const Bytes> bytes = {});
  /// Suspends the calling fiber until that time of the world.
  void sleep_until(runtime::Instant world);
  /// A deadline of this node in time of the world, as things stand now.
  runtime::Instant world_time_of(runtime::Instant deadline) const;

  // runtime::Tasks
  void spawn(std::string_view name, Body body) override;
  runtime::Waker waker() const override { return kernel_.engine.waker(); }
  bool park(runtime::Instant deadline) override;
  void unpark(runtime::Waker waker) override { kernel_.engine.unpark(waker); }
  void yield() override;
  // runtime::Clock
  runtime::Instant now() const override;
  runtime::WallTime wall_now() const override;
  // runtime::Random
  std::uint64_t draw(std::string_view stream) override;
  // runtime::Events
  void log(runtime::Level level, std::string_view text) override;
  void record(std::string_view kind, std::string_view about, std::span<const std::int64_t> facts) override;
  void probe(std::string_view name) override;
  void count(std::string_view metric, std::int64_t by) override;

 private:
  bool enter(std::string_view kind, std::string_view text, std::span<const std::int64_t> facts,
             std::span<const Bytes> bytes);

  Kernel& kernel_;
  Machine& machine_;
  const std::string process_;
  const std::uint32_t number_;
  const std::uint32_t incarnation_;
  const std::uint64_t entity_;
  bool ended_ = false;
  mutable std::uint32_t calls_when_gone_ = 0;
  runtime::fibers::Group group_;
  std::vector<std::uint32_t> wake_ups_;  // by fiber
  std::map<std::string, std::uint64_t, std::less<>> draws_;
};

}  // namespace gantry::sim::tasks
