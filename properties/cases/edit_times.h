#pragma once

#include <optional>

#include "properties/cases/case.h"

namespace gantry::properties::cases {

// Edits (see edits.h) that shorten the time between events. Whatever comes after a gap moves earlier by as
// much as the gap loses, so that the order and all other gaps stay. A gap ends at each time at which an
// operation or a fault begins, and the first gap starts at 0.

std::size_t gaps_by_ways(const Case& c);
std::optional<Case> with_shorter_gap(const Case& c, std::size_t place, std::size_t width);

/// A fault that waits for an event begins at a time instead, together with some operation. Then the records
/// that made the event happen often enough can be left out.
std::size_t faults_by_moments(const Case& c);
std::optional<Case> with_fault_at_a_time(const Case& c, std::size_t place, std::size_t width);

/// The case with every gap limited to a second, or to a tenth of a second.
std::size_t gap_limits(const Case& c);
std::optional<Case> with_gaps_limited(const Case& c, std::size_t place, std::size_t width);

}  // namespace gantry::properties::cases
