#include "sim/tasks/node.h"

#include "sim/machine.h"

namespace gantry::sim::tasks {

Node::Node(Kernel& kernel, Machine& machine, std::string_view process, std::uint32_t number,
           std::uint32_t incarnation, std::function<void(Node&)> ended)
    : kernel_(kernel),
      machine_(machine),
      process_(process),
      number_(number),
      incarnation_(incarnation),
      entity_(entity_of(process, machine.entity)),
      group_(kernel.nodes.size(), [this, ended = std::move(ended)] {
        ended(*this);
        ended_ = true;
      }) {
  kernel.nodes.push_back(this);
}

std::uint64_t Node::next_wake_up_of(std::uint64_t fiber) {
  if (fiber >= wake_ups_.size()) wake_ups_.resize(fiber + fiber / 2 + 8);
  return ++wake_ups_[fiber];
}

Actor Node::actor() const {
  const bool ours = !kernel_.acting() && &kernel_.engine.group() == &group_;
  return {machine_.name, process_, number_, incarnation_, ours ? kernel_.engine.fiber_ordinal() : 0};
}

bool Node::enter(std::string_view kind, std::string_view text, std::span<const std::int64_t> facts,
                 std::span<const Bytes> bytes) {
  if (gone()) return false;
  kernel_.trace.add({kernel_.now, actor(), kind, text, facts, bytes, trace::digest_of(bytes)});
  machine_.watches.happened(kind, text);
  return !gone();
}

bool Node::enter(std::string_view kind, std::string_view text, std::initializer_list<std::int64_t> facts,
                 std::span<const Bytes> bytes) {
  return enter(kind, text, std::span(facts.begin(), facts.size()), bytes);
}

void Node::sleep_until(runtime::Instant world) {
  while (kernel_.now < world) {
    invariant(!kernel_.acting(), "an entry of the timeline does not suspend");
    kernel_.engine.park(world);
  }
}

runtime::Instant Node::world_time_of(runtime::Instant deadline) const {
  return machine_.clock.world_time_of(deadline);
}

void Node::spawn(std::string_view name, Body body) {
  if (!enter("task.spawn", name, {})) return;
  kernel_.engine.spawn(group_, name, std::move(body));
}

bool Node::park(runtime::Instant deadline) {
  invariant(!kernel_.acting(), "an entry of the timeline does not suspend");
  return kernel_.engine.park(world_time_of(deadline));
}

void Node::yield() {
  invariant(!kernel_.acting(), "an entry of the timeline does not suspend");
  kernel_.engine.yield();
}

runtime::Instant Node::now() const {
  return machine_.clock.monotonic(kernel_.now);
}

runtime::WallTime Node::wall_now() const {
  return machine_.clock.wall(kernel_.now);
}

std::uint64_t Node::draw(std::string_view stream) {
  auto found = draws_.find(stream);
  if (found == draws_.end()) found = draws_.emplace(stream, 0).first;
  const std::uint64_t ordinal = ++found->second;
  enter("random.draw", stream, {static_cast<std::int64_t>(ordinal)});
  return kernel_.noise(Domain::draw, entity_of(stream, entity_), incarnation_, ordinal);
}

void Node::log(runtime::Level level, std::string_view text) {
  if (!gone() && kernel_.trace.observed()) kernel_.trace.log(kernel_.now, actor(), level, text);
}

void Node::record(std::string_view kind, std::string_view about, std::span<const std::int64_t> facts) {
  enter(kind, about, facts, {});
}

void Node::probe(std::string_view name) {
  enter("probe", name, {});
}

void Node::count(std::string_view metric, std::int64_t by) {
  enter("count", metric, {by});
}

}  // namespace gantry::sim::tasks
