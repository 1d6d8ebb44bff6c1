#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "runtime/clock.h"

namespace gantry::runtime {

/// Thrown by park() and yield() when this incarnation of the node has crashed (or its stop took too long and
/// was forced). Only a fiber's entry catches it: not a std::exception, so that no handler for
/// ordinary trouble swallows a crash.
struct NodeGone {};

/// Names one wait of one fiber. A waker for a wait that is over is void: unpark() ignores it.
struct Waker {
  std::uint32_t slot = 0;
  std::uint64_t wait = 0;
  friend bool operator==(const Waker&, const Waker&) = default;
};

/// Fibers of one node. All of them run on one thread, one at a time, and change places only inside
/// park() and yield(); between two of those calls a fiber has the node to itself. So product code
/// needs no locks, and what it reads before a suspension may be different after it.
///
/// park() may throw NodeGone, therefore nothing that can park may be called in a destructor, in a
/// noexcept function or inside a catch block. After a crash the fibers of a node are unwound
/// youngest first: what a fiber owns outlives the fibers that were spawned after it.
class Tasks {
 public:
  using Body = std::function<void()>;

  virtual ~Tasks() = default;

  /// Starts a fiber that will run `body`; the caller goes on first. `name` is for people. An
  /// exception other than NodeGone that leaves `body` ends the process. Without effect when gone.
  virtual void spawn(std::string_view name, Body body) = 0;

  /// The calling fiber's next wait: the one that the next park() is.
  virtual Waker waker() const = 0;

  /// Suspends until unpark(waker()) or until `deadline`; returns at once when either has happened
  /// since the last park(). Returns false when it was the deadline, else true, which may also be for
  /// no reason: every wait is a loop around a condition. Throws NodeGone when the node has crashed;
  /// in a fiber that is unwinding already it returns false at once.
  virtual bool park(Instant deadline = Instant::never()) = 0;

  /// Ends that wait, now or when it begins. Any fiber of the node may call it; it never suspends.
  virtual void unpark(Waker waker) = 0;

  /// Lets every other fiber that is ready run once. Throws NodeGone as park() does; in a fiber that is
  /// unwinding already it returns at once.
  virtual void yield() = 0;
};

}  // namespace gantry::runtime
