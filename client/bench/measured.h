#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/base/histogram.h"

namespace gantry::client::bench {

/// Durations in nanoseconds, up to about 4.8 hours and to the 128th part.
using Latencies = Histogram<8, 44>;

/// Requests that were answered with one code other than success.
struct Failures {
  std::uint64_t count = 0;
  std::string remark;  ///< of the first one
};

/// What happened within one second, or in all of the measured time.
struct Period {
  double from_s = 0;  ///< since the first request
  double seconds = 0;
  bool warm_up = false;
  std::uint64_t requests = 0;  ///< answered with success
  std::uint64_t messages = 0;  ///< in those
  std::uint64_t failed = 0;    ///< requests answered otherwise
  /// Open loop: the most requests at one time that were due and had no free place.
  std::uint64_t behind = 0;
  Latencies latency;  ///< of the requests answered with success

  double messages_per_second() const { return seconds > 0 ? static_cast<double>(messages) / seconds : 0; }
};

/// The result of a run. Failures are those of all of it, warm-up included.
struct Measured {
  Period total;  ///< without the warm-up
  std::vector<Period> periods;
  std::map<std::int32_t, Failures> failures;  ///< by code
  std::uint64_t unanswered = 0;               ///< requests that waited when the run was over
  double own_cpu_share = 0;                   ///< of one core, in the measured time
  std::string broken_off;                     ///< why the run ended early; empty: it did not
};

}  // namespace gantry::client::bench
