#pragma once

#include <cstdint>

#include "runtime/clock.h"

namespace gantry::sim::clock {

/// The clocks of one machine: one oscillator that runs a little fast or slow, a monotonic clock that
/// only counts it, and a wall clock that somebody also sets.
class MachineClock {
 public:
  /// At world time `now` the monotonic clock shows `uptime` and the wall clock `wall_ns`
  /// (nanoseconds since 1970), but for the steps so far: what somebody set stays set.
  void boot(runtime::Instant now, std::int64_t uptime_ns, std::int64_t wall_ns);

  /// Never goes back while the machine is up.
  runtime::Instant monotonic(runtime::Instant world) const;
  runtime::WallTime wall(runtime::Instant world) const;
  /// The earliest world time at which the monotonic clock shows `deadline` or more.
  runtime::Instant world_time_of(runtime::Instant deadline) const;

  std::int64_t drift_ppm() const { return ppm_; }
  /// From `now` on; deadlines that were converted before are void.
  void set_drift(runtime::Instant now, std::int64_t ppm);
  void step_wall(std::int64_t by_ns) { stepped_ += by_ns; }

 private:
  runtime::Instant since_{};  // world time at which ppm_ began to hold
  std::int64_t shown_ = 0;    // what the monotonic clock showed then
  std::int64_t ppm_ = 0;
  std::int64_t wall_minus_monotonic_ = 0;  // without the steps
  std::int64_t stepped_ = 0;
};

}  // namespace gantry::sim::clock
