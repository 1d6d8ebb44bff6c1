#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>

#include "runtime/clock.h"
#include "sim/noise.h"

namespace gantry::sim::disk {

/// How a disk behaves where no fault says otherwise.
struct Options {
  std::int64_t cache_ns = 4'000;   ///< of a call that only touches the page cache
  std::int64_t ns_per_kib = 100;   ///< of copying, on top
  std::int64_t sync_ns = 300'000;  ///< of one sync, alone on the device
  std::int64_t sync_ns_per_kib = 2'000;
};

/// Calls of one kind that are to fail: each plan has its own number of them left, and the oldest plan
/// strikes first. Who made a plan takes back its rest by setting that to zero.
class Failures {
 public:
  std::shared_ptr<std::int64_t> plan(std::int64_t calls) {
    return plans_.emplace_back(std::make_shared<std::int64_t>(calls));
  }
  /// Whether the call that is being made fails.
  bool strike() {
    while (!plans_.empty() && *plans_.front() <= 0) plans_.pop_front();
    if (plans_.empty()) return false;
    --*plans_.front();
    return true;
  }

 private:
  std::deque<std::shared_ptr<std::int64_t>> plans_;
};

/// The thing below the page cache: one queue for everything that has to reach it, and its troubles.
struct Device {
  Options options;
  std::uint64_t entity = 0;
  std::uint64_t operations = 0;  // names each for noise
  runtime::Instant busy_until{};
  // Faults that hold now.
  int full = 0;
  std::int64_t extra_ns = 0;
  runtime::Instant stalled_until{};
  Failures failing_reads, failing_writes, failing_syncs;

  /// When a call that touches the cache only is done.
  runtime::Instant cached(const Noise& noise, runtime::Instant now, std::size_t bytes) {
    const std::int64_t time = options.cache_ns + static_cast<std::int64_t>(bytes) * options.ns_per_kib / 1024;
    return delayed(now, jittered(time, bits(noise)));
  }
  /// When a sync of so many bytes, queued now, is done.
  runtime::Instant queued(const Noise& noise, runtime::Instant now, std::uint64_t bytes) {
    const std::int64_t time =
        options.sync_ns + static_cast<std::int64_t>(bytes / 1024) * options.sync_ns_per_kib;
    busy_until = delayed(std::max(now, busy_until), jittered(time, bits(noise)));
    return busy_until;
  }

 private:
  std::uint64_t bits(const Noise& noise) { return noise(Domain::disk, entity, 0, ++operations); }
  runtime::Instant delayed(runtime::Instant from, std::int64_t ns) const {
    return {std::max(from, stalled_until).ns + ns + extra_ns};
  }
};

}  // namespace gantry::sim::disk
