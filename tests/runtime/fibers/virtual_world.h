#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/clock.h"
#include "runtime/fibers/engine.h"
#include "runtime/tasks.h"

namespace gantry::runtime::fibers {

/// The smallest world that the engine can run in: one node, virtual time, first come first served.
/// For tests of the engine and of runtime/sync that must not depend on a whole runtime.
class VirtualWorld : public World, public Tasks, public Clock {
 public:
  bool idle() override {
    const Instant next = engine.next_deadline();
    if (next == Instant::never()) return false;
    if (next > time) time = next;
    engine.fire_due(time);
    return true;
  }
  void look() override { ++looks; }

  void spawn(std::string_view name, Body body) override { engine.spawn(*node, name, std::move(body)); }
  Waker waker() const override { return engine.waker(); }
  bool park(Instant deadline) override { return engine.park(deadline); }
  void unpark(Waker waker) override { engine.unpark(waker); }
  void yield() override { engine.yield(); }

  Instant now() const override { return time; }
  WallTime wall_now() const override { return {time.ns / 1'000'000}; }

  /// Runs `main` as the first fiber until nothing can happen any more.
  void run(Body main) {
    spawn("main", std::move(main));
    engine.run();
  }
  /// What happened, in order; for tests that are about order.
  void note(std::string what) { story.push_back(std::move(what)); }

  Instant time{};
  int looks = 0;
  std::vector<std::string> story;
  std::unique_ptr<Group> node = std::make_unique<Group>(1);
  Engine engine{*this};
};

}  // namespace gantry::runtime::fibers
