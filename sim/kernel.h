#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "runtime/fibers/engine.h"
#include "sim/noise.h"
#include "sim/timeline.h"
#include "sim/trace/trace.h"

namespace gantry::sim {

namespace tasks {
class Node;
}

/// What all parts of one world share: time, chance, the fibers and the sum of what happened.
///
/// Time moves only in idle(), when every fiber waits: to the next entry of the timeline or to the
/// next deadline of a fiber, whichever is earlier; the timeline first when they are equal.
class Kernel final : public runtime::fibers::World {
 public:
  explicit Kernel(std::uint64_t seed) : noise(seed), engine(*this) {}

  /// Runs what is due up to and at `limit`, until `done` (asked while every fiber waits; may be empty) holds
  /// or nothing is left to do. `now` stays at what happened last. This must not be called on a fiber.
  void run(runtime::Instant limit, const std::function<bool()>& done);
  /// Lets fibers that a crash has doomed unwind, and whatever else is ready run, without time passing.
  void unwind();

  /// Calls `action` at that time (not before now), on no node's fiber; it must not suspend.
  void at(runtime::Instant when, Action action) { timeline.add(std::max(when, now), std::move(action)); }
  void after(std::int64_t ns, Action action) { timeline.add({now.ns + ns}, std::move(action)); }

  /// True while an entry of the timeline, and no fiber, is what acts.
  bool acting() const { return acting_ || !engine.in_fiber(); }
  /// One event of the world itself.
  void emit(std::string_view kind, std::string_view text, std::initializer_list<std::int64_t> facts);

  bool idle() override;
  std::uint64_t priority(std::uint64_t group, std::uint64_t fiber) override;

  Noise noise;
  Timeline timeline;
  trace::Trace trace;
  runtime::Instant now{};
  std::uint64_t steps = 0;
  std::vector<tasks::Node*> nodes;  // by group id
  runtime::fibers::Engine engine;   // last: its fibers end before what they use

 private:
  runtime::Instant limit_{};
  const std::function<bool()>* done_ = nullptr;
  bool unwinding_ = false;
  bool acting_ = false;
};

}  // namespace gantry::sim
