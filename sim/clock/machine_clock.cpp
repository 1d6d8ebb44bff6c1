#include "sim/clock/machine_clock.h"

namespace gantry::sim::clock {

namespace {
__extension__ using i128 = __int128;
constexpr std::int64_t million = 1'000'000;
}  // namespace

void MachineClock::boot(runtime::Instant now, std::int64_t uptime_ns, std::int64_t wall_ns) {
  since_ = now;
  shown_ = uptime_ns;
  wall_minus_monotonic_ = wall_ns - uptime_ns;
}

runtime::Instant MachineClock::monotonic(runtime::Instant world) const {
  const i128 elapsed = world.ns - since_.ns;
  return {shown_ + static_cast<std::int64_t>(elapsed * (million + ppm_) / million)};
}

runtime::WallTime MachineClock::wall(runtime::Instant world) const {
  return {(monotonic(world).ns + wall_minus_monotonic_ + stepped_) / million};
}

runtime::Instant MachineClock::world_time_of(runtime::Instant deadline) const {
  if (deadline == runtime::Instant::never()) return deadline;
  if (deadline.ns <= shown_) return since_;
  const i128 to_show = static_cast<i128>(deadline.ns) - shown_;
  const i128 elapsed = (to_show * million + (million + ppm_ - 1)) / (million + ppm_);
  const i128 world = since_.ns + elapsed;
  return world >= INT64_MAX ? runtime::Instant::never() : runtime::Instant{static_cast<std::int64_t>(world)};
}

void MachineClock::set_drift(runtime::Instant now, std::int64_t ppm) {
  shown_ = monotonic(now).ns;
  since_ = now;
  ppm_ = ppm;
}

}  // namespace gantry::sim::clock
