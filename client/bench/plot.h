#pragma once

#include <string>

#include "client/bench/measured.h"

namespace gantry::client::bench {

/// A picture of a run, as an SVG that needs nothing else: messages per second over time, and below it the
/// latency at each percentile, with axes that are logarithmic towards the rare.
std::string to_svg(const std::string& title, const Measured& measured);

}  // namespace gantry::client::bench
