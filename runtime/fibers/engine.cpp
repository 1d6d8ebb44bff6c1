#include "runtime/fibers/engine.h"

#include <algorithm>
#include <exception>
#include <utility>

#include <boost/fiber/algo/algorithm.hpp>
#include <boost/fiber/context.hpp>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/operations.hpp>
#include <boost/fiber/protected_fixedsize_stack.hpp>

#include "model/base/invariant.h"

#if defined(GANTRY_ADDRESS_SANITIZER)
// Frames on the heap (to find uses after return) belong to a thread, and our stacks have none of
// their own.
extern "C" const char* __asan_default_options() {
  return "detect_stack_use_after_return=0";
}
#endif

namespace gantry::runtime::fibers {

namespace {
using Context = boost::fibers::context;

// Reserved, and touched only as far as it is used (a JSON parse or a throw needs 6 to 9 KB); the
// page below it is protected, so that an overflow stops at once instead of damaging a neighbour.
constexpr std::size_t stack_bytes = 256 * 1024;

/// Also says where the stack lies.
class StackAllocator {
 public:
  explicit StackAllocator(sanitizer::Stack& where) : where_(where) {}
  boost::context::stack_context allocate() {
    const boost::context::stack_context stack = pages_.allocate();
    where_ = {static_cast<char*>(stack.sp) - stack.size, stack.size};
    return stack;
  }
  void deallocate(boost::context::stack_context& stack) noexcept { pages_.deallocate(stack); }

 private:
  sanitizer::Stack& where_;
  boost::fibers::protected_fixedsize_stack pages_{stack_bytes};
};
}  // namespace

struct Engine::Fiber {
  Context* context = nullptr;
  Group* group = nullptr;
  std::uint64_t ordinal = 0;
  std::string name;
  Tasks::Body body;
  State state = State::idle;
  std::uint64_t wait = 1;  // names the next park(); grows for ever, so stale wakers stay void
  bool permit = false;     // that park() has been ended before it began
  sanitizer::Stack stack;
};

/// Hands Boost.Fiber the successor that the engine has chosen, and decides nothing itself.
class Algorithm final : public boost::fibers::algo::algorithm {
 public:
  explicit Algorithm(Algorithm** self) { *self = this; }

  void awakened(Context* context) noexcept override {
    if (context->is_context(boost::fibers::type::dispatcher_context)) dispatcher_ = context;
    else if (newborn_ != nullptr) *std::exchange(newborn_, nullptr) = context;
  }
  Context* pick_next() noexcept override {
    if (chosen_ == nullptr) chosen_ = std::exchange(after_, nullptr);
    // Without a choice only the end of the thread can be asking: the dispatcher cleans up.
    return chosen_ != nullptr ? std::exchange(chosen_, nullptr) : std::exchange(dispatcher_, nullptr);
  }
  bool has_ready_fibers() const noexcept override {
    return chosen_ != nullptr || after_ != nullptr || dispatcher_ != nullptr;
  }
  void suspend_until(const std::chrono::steady_clock::time_point&) noexcept override {}
  void notify() noexcept override {}

  void choose(Context* next) { chosen_ = next; }
  /// The context of the fiber that is made next is stored in `where` instead of being scheduled.
  void expect(Context** where) { newborn_ = where; }
  /// Lets the dispatcher free the stacks of fibers that have ended, then comes back to `caller`.
  void reap_and_return_to(Context* caller) {
    chosen_ = std::exchange(dispatcher_, nullptr);
    after_ = caller;
    caller->suspend();
  }

 private:
  Context* chosen_ = nullptr;
  Context* after_ = nullptr;
  Context* dispatcher_ = nullptr;
  Context** newborn_ = nullptr;
};

namespace {
// Boost.Fiber keeps an algorithm until its thread ends: engines that follow each other on one
// thread share it.
Algorithm* algorithm_of_this_thread() {
  static thread_local Algorithm* installed = nullptr;
  if (installed == nullptr) boost::fibers::use_scheduling_algorithm<Algorithm>(&installed);
  return installed;
}
}  // namespace

namespace {
ReapHooks& reap_hooks() {
  static ReapHooks hooks;
  return hooks;
}
}  // namespace

void set_reap_hooks(ReapHooks hooks) {
  reap_hooks() = hooks;
}

Engine::Engine(World& world)
    : world_(world), algorithm_(algorithm_of_this_thread()), main_(Context::active()) {}

Engine::~Engine() {
  invariant(running_ == none, "an engine is destroyed on the thread's own stack");
  ending_ = true;
  for (std::uint32_t slot = 0; slot < fibers_.size(); ++slot) {
    invariant(fibers_[slot]->state == State::idle, "every group is empty when its engine ends");
    running_ = slot;
    algorithm_->choose(fibers_[slot]->context);
    sanitizer::leave_for(fibers_[slot]->stack);
    main_->suspend();
    sanitizer::arrive();
  }
  if (fibers_.empty()) return;
  const ReapHooks& hooks = reap_hooks();
  if (hooks.before != nullptr) hooks.before();
  algorithm_->reap_and_return_to(main_);
  if (hooks.after != nullptr) hooks.after();
}

void Engine::run() {
  invariant(running_ == none, "run() is called on the thread's own stack");
  exceptions_outside_ = std::uncaught_exceptions();
  handling_outside_ = std::current_exception() != nullptr;
  switch_away();
}

void Engine::spawn(Group& group, std::string_view name, Tasks::Body body) {
  if (group.gone_) return;
  const std::uint32_t slot = take_slot();
  Fiber& fiber = *fibers_[slot];
  fiber.group = &group;
  fiber.ordinal = ++group.spawned_;
  fiber.name = name;
  fiber.body = std::move(body);
  ++group.live_;
  make_ready(slot);
}

std::uint32_t Engine::take_slot() {
  if (!idle_slots_.empty()) {
    const std::uint32_t slot = idle_slots_.back();
    idle_slots_.pop_back();
    return slot;
  }
  const auto slot = static_cast<std::uint32_t>(fibers_.size());
  fibers_.push_back(std::make_unique<Fiber>());
  algorithm_->expect(&fibers_.back()->context);
  boost::fibers::fiber(boost::fibers::launch::post, std::allocator_arg, StackAllocator(fibers_.back()->stack),
                       [this, slot] { live_in(slot); })
      .detach();
  return slot;
}

void Engine::live_in(std::uint32_t slot) {
  sanitizer::arrive();
  while (!ending_) {
    run_body(*fibers_[slot]);
    idle_slots_.push_back(slot);
    switch_away();  // comes back with the next body, or when the engine ends
  }
  running_ = none;
  algorithm_->choose(main_);
  sanitizer::leave_for(main_stack_);
}

void Engine::run_body(Fiber& fiber) {
  Group& group = *fiber.group;
  try {
    // Ours within this block: what the body holds goes before the group can be empty, and after a
    // crash it goes while an exception unwinds, so that a destructor can tell.
    const Tasks::Body body = std::move(fiber.body);
    if (group.gone_) throw NodeGone{};
    body();
  } catch (const NodeGone&) {
    invariant(group.gone_, "only a crash unwinds a fiber");
  }
  fiber.body = nullptr;
  fiber.state = State::idle;
  fiber.group = nullptr;
  fiber.permit = false;
  ++fiber.wait;
  // A copy: the callback may destroy the group that holds it.
  if (--group.live_ == 0)
    if (const auto on_empty = group.on_empty_) on_empty();
}

Waker Engine::waker() const {
  invariant(in_fiber(), "waker() is called by a fiber");
  return {running_, fibers_[running_]->wait};
}

bool Engine::park(Instant deadline) {
  invariant(in_fiber(), "park() is called by a fiber");
  Fiber& fiber = *fibers_[running_];
  const bool unwinding = std::uncaught_exceptions() > exceptions_outside_;
  if (fiber.group->gone_) {
    if (unwinding) return false;
    leave();
  }
  invariant(!unwinding && (handling_outside_ || std::current_exception() == nullptr),
            "nothing parks in a destructor that unwinds or inside a catch block");
  if (!fiber.permit) {
    fiber.state = State::parked;
    if (deadline != Instant::never()) alarms_.add({deadline, ++sequence_}, running_);
    switch_away();
  }
  const bool woken = std::exchange(fiber.permit, false);
  ++fiber.wait;
  if (fiber.group->gone_) throw NodeGone{};
  return woken;
}

void Engine::unpark(Waker waker) {
  if (waker.slot >= fibers_.size()) return;
  Fiber& fiber = *fibers_[waker.slot];
  if (fiber.wait != waker.wait || fiber.permit || fiber.state == State::idle || fiber.group->gone_) return;
  fiber.permit = true;
  if (fiber.state == State::parked) make_ready(waker.slot);
}

void Engine::yield() {
  invariant(in_fiber(), "yield() is called by a fiber");
  Fiber& fiber = *fibers_[running_];
  const bool unwinding = std::uncaught_exceptions() > exceptions_outside_;
  if (fiber.group->gone_) {
    if (unwinding) return;
    leave();
  }
  make_ready(running_, true);
  switch_away();
  if (fiber.group->gone_) throw NodeGone{};
}

void Engine::leave() {
  const Fiber& self = *fibers_[running_];
  const auto younger = std::find_if(doomed_.begin(), doomed_.end(), [&](std::uint32_t slot) {
    return fibers_[slot]->group == self.group && fibers_[slot]->ordinal > self.ordinal;
  });
  if (younger != doomed_.end()) {
    doomed_.insert(younger, running_);
    fibers_[running_]->state = State::ready;
    switch_away();
  }
  throw NodeGone{};
}

void Engine::crash(Group& group) {
  if (group.gone_) return;
  group.gone_ = true;
  const std::size_t first = doomed_.size();
  for (std::uint32_t slot = 0; slot < fibers_.size(); ++slot) {
    Fiber& fiber = *fibers_[slot];
    if (fiber.group != &group || fiber.state == State::running) continue;
    ready_.remove(slot);
    alarms_.remove(slot);
    fiber.state = State::ready;
    doomed_.push_back(slot);
  }
  // The fiber that runs now (if it is one of them) takes its place among them when it next suspends.
  std::sort(doomed_.begin() + static_cast<std::ptrdiff_t>(first), doomed_.end(),
            [this](std::uint32_t a, std::uint32_t b) { return fibers_[a]->ordinal < fibers_[b]->ordinal; });
}

Instant Engine::next_deadline() const {
  return alarms_.empty() ? Instant::never() : alarms_.first_key().deadline;
}

std::size_t Engine::fire_due(Instant now) {
  std::size_t fired = 0;
  for (; next_deadline() <= now && !alarms_.empty(); ++fired) make_ready(alarms_.first());
  return fired;
}

void Engine::pause(Group& group) {
  group.paused_ = true;
  for (std::uint32_t slot = 0; slot < fibers_.size(); ++slot)
    if (fibers_[slot]->group == &group) ready_.remove(slot);
}

void Engine::resume(Group& group) {
  group.paused_ = false;
  for (std::uint32_t slot = 0; slot < fibers_.size(); ++slot)
    if (fibers_[slot]->group == &group && fibers_[slot]->state == State::ready && !group.gone_)
      make_ready(slot);
}

void Engine::wake(Group& group) {
  if (group.gone_) return;
  for (std::uint32_t slot = 0; slot < fibers_.size(); ++slot)
    if (fibers_[slot]->group == &group && fibers_[slot]->state == State::parked) {
      fibers_[slot]->permit = true;
      make_ready(slot);
    }
}

bool Engine::in_fiber() const {
  return running_ != none && fibers_[running_]->group != nullptr;
}

Group& Engine::group() const {
  invariant(in_fiber(), "group() is asked by a fiber");
  return *fibers_[running_]->group;
}

std::uint64_t Engine::fiber_ordinal() const {
  return in_fiber() ? fibers_[running_]->ordinal : 0;
}

std::vector<std::string> Engine::describe() const {
  static constexpr const char* words[] = {" (idle)", " (ready)", " (running)", " (parked)"};
  std::vector<std::string> lines;
  for (const auto& fiber : fibers_)
    if (fiber->state != State::idle) lines.push_back(fiber->name + words[static_cast<int>(fiber->state)]);
  return lines;
}

void Engine::make_ready(std::uint32_t slot, bool behind_all) {
  Fiber& fiber = *fibers_[slot];
  alarms_.remove(slot);
  fiber.state = State::ready;
  if (fiber.group->paused_) return;
  std::uint64_t priority = world_.priority(fiber.group->id_, fiber.ordinal);
  if (ready_.empty()) last_priority_ = 0;
  if (behind_all) priority = std::max(priority, last_priority_);
  last_priority_ = std::max(priority, last_priority_);
  ready_.add({priority, ++sequence_}, slot);
}

std::uint32_t Engine::pick() {
  for (;;) {
    if (++picks_ % turn == 0) world_.look();  // may crash a group, as idle() may
    if (!doomed_.empty()) {
      const std::uint32_t slot = doomed_.back();
      doomed_.pop_back();
      return slot;
    }
    if (!ready_.empty()) {
      const std::uint32_t slot = ready_.first();
      ready_.remove(slot);
      return slot;
    }
    if (!world_.idle()) return none;
  }
}

void Engine::switch_away() {
  const std::uint32_t self = running_;
  const std::uint32_t next = pick();
  if (next != none) fibers_[next]->state = State::running;
  running_ = next;
  if (next == self) return;
  algorithm_->choose(next == none ? main_ : fibers_[next]->context);
  sanitizer::leave_for(next == none ? main_stack_ : fibers_[next]->stack);
  Context::active()->suspend();
  sanitizer::arrive();
}

}  // namespace gantry::runtime::fibers
