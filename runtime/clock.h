#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace gantry::runtime {

/// A length of time, in nanoseconds.
using Duration = std::chrono::nanoseconds;
using namespace std::chrono_literals;

/// A point on one node's monotonic clock, in nanoseconds since some origin of that run.
struct Instant {
  std::int64_t ns = 0;

  /// The deadline that never passes.
  static constexpr Instant never() { return {INT64_MAX}; }

  friend constexpr auto operator<=>(Instant, Instant) = default;
  /// Saturates at never(), so that `now + forever` is no overflow.
  friend constexpr Instant operator+(Instant at, Duration by) {
    if (by.count() > 0 && at.ns > INT64_MAX - by.count()) return never();
    return {at.ns + by.count()};
  }
  friend constexpr Duration operator-(Instant a, Instant b) { return Duration(a.ns - b.ns); }
};

/// Milliseconds since 1970 UTC, as stamped on messages.
struct WallTime {
  std::int64_t ms = 0;
  friend constexpr auto operator<=>(WallTime, WallTime) = default;
};

/// Time as one node sees it. Nodes disagree about wall time, and the simulator makes sure they do.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Monotonic; comparable only within one run of one node. Under sim it moves only while every
  /// fiber is suspended, so two calls without a suspension between them are equal.
  /// For durations, leases and deadlines.
  virtual Instant now() const = 0;
  /// May jump in either direction. For stamps on messages only, never for an order or a duration.
  virtual WallTime wall_now() const = 0;
};

}  // namespace gantry::runtime
