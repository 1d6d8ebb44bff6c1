#pragma once

#include <vector>

#include "properties/cases/case.h"

namespace gantry::properties::cases {

/// Smaller cases to try when this one fails, the boldest first: without half of its sends or faults,
/// without a quarter, ..., without one; then without a client or a server that nothing else names.
/// Noise is keyed, so what is left behaves as it did.
std::vector<Case> smaller(const Case& c);

}  // namespace gantry::properties::cases
