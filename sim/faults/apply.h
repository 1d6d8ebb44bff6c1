#pragma once

#include <functional>
#include <span>

#include "sim/faults/fault.h"
#include "sim/simulation.h"

namespace gantry::sim::faults {

/// Plans a fault: it begins at its anchor and ends by itself. Faults of the same kind may overlap;
/// what they do adds up, and each takes back only its own part. The machines are there already.
///
/// A fault with an event as its anchor begins inside the call that is that event, before the call
/// has its effect: a kill at "disk.sync" leaves the sync undone. Counted from this call on.
///
/// Leaves the events "fault.begin" and "fault.end", with the fault's id, and takes no chance. `ended` is
/// called right behind "fault.end", on no node's fiber.
void apply(Simulation& simulation, const Fault& fault, std::function<void()> ended = {});
void apply(Simulation& simulation, std::span<const Fault> all);

/// Faults whose event has not come often enough will not begin any more.
void disarm(Simulation& simulation);

}  // namespace gantry::sim::faults
