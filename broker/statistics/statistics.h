#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "model/base/histogram.h"
#include "runtime/clock.h"

namespace gantry::broker::statistics {

/// How much happened in the last seconds: sums per second, ten minutes of them, no timer.
class Window {
 public:
  /// Something happened `by` times. `now` never goes back.
  void add(runtime::Instant now, std::int64_t by);
  /// Per second, over the last `seconds` whole ones (at most 600).
  double rate(runtime::Instant now, std::int64_t seconds) const;

 private:
  static constexpr std::int64_t kept = 601;
  struct Second {
    std::int64_t number = -1;
    std::int64_t sum = 0;
  };
  std::array<Second, kept> ring_{};
};

/// A total, and what it was at the last two beginnings of a day (UTC).
class DayTotal {
 public:
  /// Something happened `by` times. A wall time that jumps back counts for the day that was reached.
  void add(runtime::WallTime now, std::int64_t by);
  /// All since the broker started.
  std::int64_t total() const { return total_; }
  /// What the total was when the day of `now`, or the day before it, began.
  std::int64_t today_morning(runtime::WallTime now) const;
  std::int64_t yesterday_morning(runtime::WallTime now) const;

 private:
  std::int64_t day_ = -1;
  std::int64_t total_ = 0;
  std::int64_t today_ = 0;
  std::int64_t yesterday_ = 0;
};

/// How long something took, in the last one to two minutes: counts by duration, an eighth apart.
class Latencies {
 public:
  /// One of them has ended. `now` never goes back.
  void add(runtime::Instant now, runtime::Duration took);
  /// In ms: what `share` of them did not exceed, to an eighth; 0 without any.
  double percentile(runtime::Instant now, double share) const;

 private:
  using Counts = Histogram<4, 42>;  // microseconds
  struct Minute {
    std::int64_t number = -1;
    Counts counts;
  };
  std::array<Minute, 2> minutes_{};
};

/// What GET_BROKER_RUNTIME_INFO counts.
class Statistics {
 public:
  /// `clock` must outlive this.
  explicit Statistics(const runtime::Clock& clock) : clock_(clock) {}

  /// One send has been stored, with so many messages, whose bodies have so many bytes.
  void stored(std::int64_t messages, std::int64_t bytes, runtime::Duration took);
  /// One send has been refused, or its outcome is not known.
  void send_failed() { ++failed_; }
  /// One pull has found so many messages.
  void pulled(std::int64_t messages);
  /// One pull has found nothing.
  void pull_missed() { misses_.add(clock_.now(), 1); }

  // Of messages: stored, and handed out. Of pulls: those that found something, and those that did not.
  const Window& puts() const { return puts_; }
  const Window& hits() const { return hits_; }
  const Window& misses() const { return misses_; }
  const Window& transferred() const { return transferred_; }
  const Latencies& put_latencies() const { return put_latencies_; }
  const DayTotal& put_total() const { return put_total_; }
  const DayTotal& get_total() const { return get_total_; }
  std::int64_t put_bytes() const { return put_bytes_; }
  std::int64_t failed() const { return failed_; }

 private:
  const runtime::Clock& clock_;
  Window puts_, hits_, misses_, transferred_;
  Latencies put_latencies_;
  DayTotal put_total_, get_total_;
  std::int64_t put_bytes_ = 0;
  std::int64_t failed_ = 0;
};

}  // namespace gantry::broker::statistics
