#pragma once

#include <deque>
#include <functional>

#include "broker/store/offsets.h"
#include "broker/store/put_status.h"
#include "runtime/clock.h"

namespace gantry::broker::store::log {

/// Those who want to know when one mark of the log has reached their message: records in ascending order of
/// `end`, never parked fibers.
class Waiters {
 public:
  /// Called once. It must not suspend, and may add.
  using Done = std::function<void(PutStatus)>;

  void add(PhysicalOffset end, runtime::Instant deadline, Done done);
  bool empty() const { return waiting_.empty(); }
  bool any_up_to(PhysicalOffset mark) const { return !empty() && waiting_.front().end <= mark; }
  bool any_beyond(PhysicalOffset mark) const { return !empty() && waiting_.back().end > mark; }
  /// The earliest deadline of all; never() when nobody has one.
  runtime::Instant first_deadline() const;

  /// Answers everybody up to `mark` with `ok`.
  void complete(PhysicalOffset mark);
  /// Answers everybody whose deadline has come.
  void expire(runtime::Instant now, PutStatus status);
  /// Answers everybody who wants more than `mark`, in order; those who come meanwhile stay.
  void fail_beyond(PhysicalOffset mark, PutStatus status);

 private:
  struct Waiter {
    PhysicalOffset end;
    runtime::Instant deadline;
    Done done;
  };

  std::deque<Waiter> waiting_;
};

}  // namespace gantry::broker::store::log
