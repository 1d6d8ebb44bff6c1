#include "sim/kernel.h"

#include "sim/tasks/node.h"

namespace gantry::sim {

void Kernel::run(runtime::Instant limit, const std::function<bool()>& done) {
  invariant(!engine.in_fiber(), "a world is run from outside of it");
  limit_ = limit;
  done_ = done ? &done : nullptr;
  engine.run();
  done_ = nullptr;
}

void Kernel::unwind() {
  unwinding_ = true;
  engine.run();
  unwinding_ = false;
}

bool Kernel::idle() {
  while (!engine.anything_ready()) {
    if (unwinding_) return false;
    if (done_ != nullptr && (*done_)()) return false;
    const runtime::Instant entry = timeline.next();
    const runtime::Instant deadline = engine.next_deadline();
    const runtime::Instant next = std::min(entry, deadline);
    if (next > limit_ || next == runtime::Instant::never()) return false;
    now = std::max(now, next);
    if (entry <= deadline) {
      ++steps;
      acting_ = true;
      timeline.take()();
      acting_ = false;
    } else {
      steps += engine.fire_due(now);
    }
  }
  return true;
}

std::uint64_t Kernel::priority(std::uint64_t group, std::uint64_t fiber) {
  tasks::Node& node = *nodes[group];
  return noise(Domain::priority, node.entity(), node.incarnation(),
               fiber << 32 | node.next_wake_up_of(fiber));
}

void Kernel::emit(std::string_view kind, std::string_view text, std::initializer_list<std::int64_t> facts) {
  trace.add({now, {}, kind, text, {facts.begin(), facts.size()}, {}, 0});
}

}  // namespace gantry::sim
