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
  std::string remark;  ///< What the first of those answers said.
};

/// What happened within one second, or in all of the measured time.
struct Period {
  double from_s = 0;  ///< When it began, since the first request.
  double seconds = 0;
  bool warm_up = false;
  std::uint64_t requests = 0;  ///< How many were answered with success.
  std::uint64_t messages = 0;  ///< How many messages those requests had.
  std::uint64_t failed = 0;    ///< How many requests were answered otherwise.
  /// In an open loop: the most requests at one time that were due and had no free place.
  std::uint64_t behind = 0;
  Latencies latency;  ///< Of the requests that were answered with success.

  /// The rate of the messages; 0 for a period without a length.
  double messages_per_second() const { return seconds > 0 ? static_cast<double>(messages) / seconds : 0; }
};

/// The result of a run. The failures are those of all of it, with the warm-up.
struct Measured {
  Period total;  ///< All of it but the warm-up.
  std::vector<Period> periods;
  std::map<std::int32_t, Failures> failures;  ///< By the answers' code.
  std::uint64_t unanswered = 0;               ///< How many requests still waited when the run was over.
  double own_cpu_share = 0;                   ///< The share of one core that the generator took.
  std::string broken_off;                     ///< Why the run ended early; empty when it did not.
};

}  // namespace gantry::client::bench
