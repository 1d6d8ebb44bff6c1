#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "properties/cases/generate.h"
#include "sim/simulation.h"

namespace gantry::properties::farm {

/// What one case came to. Small and flat: it crosses a pipe.
struct Verdict {
  std::uint64_t seed = 0;
  sim::Simulation::Hash hash;
  std::uint64_t events = 0;
  std::int64_t simulated_ns = 0;
  std::string claim;  ///< the claim that failed, "crash" when the run itself died, empty when all held
  std::string what;
};

struct Plan {
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 100;
  unsigned jobs = 0;   ///< worker processes; 0 = one per core
  bool sealed = true;  ///< a clock read, entropy or I/O kills the worker: see sim/seal/seal.h
  cases::Profile profile;
};

/// Runs the cases of many seeds in worker processes, so that all cores are used and an abort, a
/// broken seal or a crash is a verdict instead of the end. `on_verdict` is called as they come, in
/// no particular order, in the calling process. A run without a verdict after a minute is ended and
/// counts as a crash. Returns false when a worker could not be started.
bool run(const Plan& plan, const std::function<void(const Verdict&)>& on_verdict);

/// Runs one case in a child process and returns its verdict (seed as given): of the claim of that
/// name, or of the first that fails.
Verdict run_one(const cases::Case& c, std::uint64_t seed, bool sealed, std::string_view only = {});

}  // namespace gantry::properties::farm
