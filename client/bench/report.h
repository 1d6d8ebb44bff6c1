#pragma once

#include <string>
#include <string_view>

#include "client/bench/measured.h"
#include "client/bench/options.h"

namespace gantry::client::bench {

/// The percentiles that every report names.
inline constexpr double percentiles[] = {50, 90, 99, 99.9, 99.99};

/// A duration for people: `870 ns`, `12.3 us`, `4.56 ms`, `1.20 s`.
std::string text_of_ns(std::int64_t ns);
/// What the load was, for titles: `12 connections x 64 in flight, 1024 B, batches of 32, JSON headers, closed
/// loop`.
std::string describe(const Options& options);

/// One line for the second that has passed.
std::string progress_line(const Period& period, bool open_loop);
/// What a person reads at the end.
std::string summary(const Options& options, const Measured& measured);
/// One row for each period and one, `total`, for everything that was measured. The first line names the
/// columns. Times are in microseconds, with a decimal point whatever the locale.
std::string to_csv(const Measured& measured);

}  // namespace gantry::client::bench
