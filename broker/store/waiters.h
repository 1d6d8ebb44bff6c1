#pragma once

#include <deque>
#include <functional>

#include "broker/store/message_store.h"
#include "broker/store/offsets.h"
#include "runtime/clock.h"

namespace gantry::broker::store {

/// Those who want to know when the log has got as far as their message: records in ascending order
/// of `end`, never parked fibers.
class Waiters {
 public:
  using Done = std::function<void(PutStatus)>;

  void add(PhysicalOffset end, runtime::Instant deadline, Done done);
  bool empty() const { return waiting_.empty(); }
  bool any_up_to(PhysicalOffset frontier) const { return !empty() && waiting_.front().end <= frontier; }
  bool any_behind(PhysicalOffset frontier) const { return !empty() && waiting_.back().end > frontier; }
  /// Of the one whose turn is next.
  runtime::Instant first_deadline() const { return waiting_.front().deadline; }

  /// Answers all up to `frontier`. Callbacks may add.
  void complete(PhysicalOffset frontier, PutStatus status);
  /// Answers all from the front on whose deadline has come.
  void expire(runtime::Instant now, PutStatus status);
  /// Answers all that want more than `frontier`, in order; those who come meanwhile stay.
  void fail_behind(PhysicalOffset frontier, PutStatus status);

 private:
  struct Waiter {
    PhysicalOffset end;
    runtime::Instant deadline;
    Done done;
  };
  Done take_first();

  std::deque<Waiter> waiting_;
};

}  // namespace gantry::broker::store
