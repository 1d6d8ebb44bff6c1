#pragma once

#include <cstddef>

namespace gantry::testing {

/// How often this test program has called `operator new` so far.
std::size_t allocations();

}  // namespace gantry::testing
