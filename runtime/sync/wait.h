#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/base/result.h"
#include "runtime/tasks.h"

namespace gantry::runtime::sync {

class Cancellation;

/// How long a wait may last, and what may call it off. Every wait of runtime/sync takes one.
struct Until {
  Instant deadline = Instant::never();
  Cancellation* cancellation = nullptr;
};

/// From now on for so long.
inline Until within(const Clock& clock, Duration time, Cancellation* cancellation = nullptr) {
  return {clock.now() + time, cancellation};
}

/// Fibers that wait for the same thing, in order of arrival. Building block of all the others.
///
/// Everything here, and whatever is built on it, must outlive the fibers that wait in it; only a
/// crash excuses: a fiber that is unwound leaves without touching the list, because a younger fiber
/// that owned it may be gone already. What it leaves behind is void (see Tasks::unpark) and lies in
/// the list's own memory.
class WaitList {
 public:
  /// Suspends until wake_one() or wake_all() picks this fiber. Errors: `timed_out`, `stopped` (the
  /// cancellation); never after it was picked, so no wake-up is lost. What it was picked for may
  /// have been taken by a third fiber before it runs: loop around the condition.
  Result<void> wait(Tasks& tasks, Until until);
  /// Picks the fiber that has waited longest; returns whether there was one.
  bool wake_one(Tasks& tasks);
  void wake_all(Tasks& tasks);
  bool empty() const { return live_ == 0; }

 private:
  struct Entry {
    Waker waker;
    std::uint64_t ticket = 0;
    bool waits = false;
  };
  std::uint64_t add(Waker waker);
  /// The entry, as long as nobody picked it.
  Entry* find(std::uint64_t ticket);
  void remove(std::uint64_t ticket);
  void drop_dead();

  // Ascending by ticket. Those before head_ are over; those behind it that do not wait any more are
  // swept when they outnumber the others, so that every operation is O(log n) on average.
  std::vector<Entry> entries_;
  std::size_t head_ = 0;
  std::size_t live_ = 0;
  std::uint64_t tickets_ = 0;
};

/// Calls waits off, once and for good: every wait that names it ends with `stopped`. A wait that
/// has what it waited for at the same time ends well.
class Cancellation {
 public:
  explicit Cancellation(Tasks& tasks) : tasks_(tasks) {}
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;
  void cancel();
  bool cancelled() const { return cancelled_; }

 private:
  friend class WaitList;
  Tasks& tasks_;
  WaitList waiting_;
  bool cancelled_ = false;
};

/// Suspends for so long. Errors: `stopped` when called off.
Result<void> sleep(Tasks& tasks, const Clock& clock, Duration time, Cancellation* cancellation = nullptr);

}  // namespace gantry::runtime::sync
