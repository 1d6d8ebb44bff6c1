#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/fibers/sanitizer.h"
#include "runtime/fibers/slot_heap.h"
#include "runtime/tasks.h"

namespace boost::fibers {
class context;
}

namespace gantry::runtime::fibers {

class Algorithm;
class Engine;

/// Called around the only moments at which Boost.Fiber's own loop runs (an engine that ends frees its
/// stacks): it reads the clock, which whoever has forbidden that has to let pass. For the process.
struct ReapHooks {
  void (*before)() = nullptr;
  void (*after)() = nullptr;
};
void set_reap_hooks(ReapHooks hooks);

/// What the engine asks of the world that it runs in: real time, or a timeline.
class World {
 public:
  virtual ~World() = default;
  /// Nothing is ready: wait for, or move on to, what happens next, and make some fiber ready by
  /// Engine::unpark(), fire_due() or spawn(). Returns false when the world is over: run() then
  /// returns. Runs on whatever stack suspended last; must not suspend.
  virtual bool idle() = 0;
  /// Called every `Engine::turn` picks while fibers stay ready, so that nobody waits for long.
  virtual void look() {}
  /// Orders fibers that are ready at the same time: lower goes first, equal ones in order of
  /// arrival; one that yields goes behind all that are ready. Called once for each time that a fiber
  /// becomes ready.
  virtual std::uint64_t priority(std::uint64_t group, std::uint64_t fiber) {
    (void)group, (void)fiber;
    return 0;
  }
};

/// The fibers of one incarnation of one node: they live and crash together.
class Group {
 public:
  /// `id` is what World::priority() and the trace see; unique within an engine.
  /// `on_empty` runs when the last fiber has ended, on that fiber's stack; must not suspend.
  explicit Group(std::uint64_t id, std::function<void()> on_empty = {})
      : id_(id), on_empty_(std::move(on_empty)) {}
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  std::uint64_t id() const { return id_; }
  /// True from the crash on: whatever this incarnation still does has no effect.
  bool gone() const { return gone_; }
  /// Its fibers do not run now, whatever happens; see Engine::pause().
  bool paused() const { return paused_; }
  std::size_t live() const { return live_; }

 private:
  friend class Engine;
  std::uint64_t id_;
  std::function<void()> on_empty_;
  std::uint64_t spawned_ = 0;
  std::size_t live_ = 0;
  bool gone_ = false;
  bool paused_ = false;
};

/// Fibers on one thread, under both worlds. The only user of Boost.Fiber.
///
///     spawn() --> ready --pick--> running --park()--> parked --unpark(), deadline--> ready
///
/// Boost.Fiber's own loop reads the clock, so it never runs here: a fiber that suspends picks its
/// successor itself, on its own stack, and asks the World when nothing is ready. For the same reason
/// a fiber whose body has ended is kept and runs the next body that is spawned.
///
/// One engine per thread, made and destroyed on that thread; all calls from that thread.
class Engine {
 public:
  /// After so many picks in a row the world is asked to look().
  static constexpr unsigned turn = 64;

  explicit Engine(World& world);
  ~Engine();  // every group must be empty
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Runs fibers until World::idle() returns false. Called on the thread's own stack.
  void run();

  void spawn(Group& group, std::string_view name, Tasks::Body body);

  // As in runtime::Tasks, for the fiber that runs now; instants are the world's.
  Waker waker() const;
  bool park(Instant deadline);
  void unpark(Waker waker);
  void yield();

  /// Ends a group as a crash does: its fibers are unwound, youngest first, before anything else
  /// runs and without time passing. Callable from anywhere on the engine's thread; a fiber of the
  /// group that calls it goes on until it suspends or ends.
  void crash(Group& group);

  /// From now on no fiber of the group is picked (one that runs now goes on until it suspends);
  /// what makes one ready meanwhile counts when the group is resumed.
  void pause(Group& group);
  void resume(Group& group);
  /// Ends every wait of the group for no reason: its fibers look at their deadlines again.
  void wake(Group& group);

  /// The earliest deadline of a parked fiber, or never().
  Instant next_deadline() const;
  /// Makes every fiber ready whose deadline is not after `now`; returns how many.
  std::size_t fire_due(Instant now);
  bool anything_ready() const { return !ready_.empty() || !doomed_.empty(); }

  /// Whether a fiber's body (and not the thread's own stack, or what comes after a body) runs now; if so,
  /// whose and which.
  bool in_fiber() const;
  Group& group() const;
  /// The ordinal of the fiber that runs now within its group, from 1 in order of spawning.
  std::uint64_t fiber_ordinal() const;
  /// For people: "name (parked)" per live fiber, oldest first.
  std::vector<std::string> describe() const;

 private:
  friend class Algorithm;
  static constexpr std::uint32_t none = UINT32_MAX;
  enum class State : std::uint8_t { idle, ready, running, parked };
  struct Fiber;
  struct Turn {  // who runs next among the ready
    std::uint64_t priority;
    std::uint64_t sequence;
    friend auto operator<=>(const Turn&, const Turn&) = default;
  };
  struct Alarm {  // who is woken next among those with a deadline
    Instant deadline;
    std::uint64_t sequence;
    friend auto operator<=>(const Alarm&, const Alarm&) = default;
  };

  std::uint32_t take_slot();
  void live_in(std::uint32_t slot);
  void run_body(Fiber& fiber);
  void make_ready(std::uint32_t slot, bool behind_all = false);
  /// Unwinds the calling fiber, whose group is gone, after the younger ones of its group.
  [[noreturn]] void leave();
  /// Decides who runs next and switches to it; returns when the caller is resumed.
  void switch_away();
  std::uint32_t pick();

  World& world_;
  Algorithm* algorithm_;          // owned by Boost.Fiber's scheduler of this thread
  boost::fibers::context* main_;  // the thread's own stack, where run() was called
  sanitizer::Stack main_stack_ = sanitizer::of_this_thread();
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::vector<std::uint32_t> idle_slots_;
  SlotHeap<Turn> ready_;
  std::uint64_t last_priority_ = 0;    // nobody in ready_ has a higher one
  std::vector<std::uint32_t> doomed_;  // unwound from the back
  SlotHeap<Alarm> alarms_;
  std::uint64_t sequence_ = 0;
  std::uint32_t running_ = none;
  unsigned picks_ = 0;
  bool ending_ = false;
  // What was on its way, or being handled, on the thread's own stack when run() was called.
  int exceptions_outside_ = 0;
  bool handling_outside_ = false;
};

}  // namespace gantry::runtime::fibers
