#pragma once

#include <string>
#include <vector>

#include "properties/cases/case.h"
#include "properties/cluster/outcome.h"

namespace gantry::properties::cluster {

/// What a run really exercised, to be counted over many runs. Each mark is there at most once:
///
///     option NAME=VALUE               of the case: sizes of its topology, configuration, listeners
///     anchor time | anchor EVENT      a fault with that anchor began
///     fault KIND planned|begun|hit    hit: something met it
///     phase KIND PHASE                a fault of that kind struck in that phase, and hit
///     probe NAME                      the product reached that probe
std::vector<std::string> marks_of(const cases::Case& c, const Outcome& outcome);

/// The names of all phases, as the marks have them.
std::vector<std::string> phase_names();

}  // namespace gantry::properties::cluster
