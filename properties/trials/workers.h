#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "properties/cases/generate.h"
#include "sim/simulation.h"

namespace gantry::properties::trials {

/// The claim that a run fails which died or did not end.
inline constexpr std::string_view crash = "crash";

/// What one case came to. Flat: it crosses a pipe.
struct Verdict {
  std::uint64_t seed = 0;
  sim::Simulation::Hash hash;
  std::uint64_t events = 0;
  std::int64_t simulated_ns = 0;
  std::string claim;  ///< the claim that failed, `crash` when the run itself died, empty when all held
  std::string what;
  std::string excused = {};  ///< what the claims tolerated: a line `FAULT-ID ROW HARM WHAT` each
  std::string marks = {};    ///< what the run exercised: a line each, see cluster/marks.h
  std::string record = {};   ///< the run's record file, where a judge makes one
};

struct Plan {
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 100;
  unsigned jobs = 0;           ///< worker processes; 0 = one per core
  bool sealed = true;          ///< a clock read, entropy or I/O kills the worker: see sim/seal/seal.h
  bool until_failure = false;  ///< no case after the first (lowest) seed that fails; those before it run
  cases::Profile profile;
};

/// How one case is run and judged.
struct Manner {
  bool sealed = true;
  std::string_view only = {};  ///< the claim that is judged; empty: the first that fails
  /// A run without a verdict after that long is ended and counts as a crash. The default is far more
  /// than any case takes.
  std::chrono::milliseconds limit = std::chrono::minutes(1);
  bool quiet = false;  ///< what a run that crashed had to say goes into its verdict alone
};

/// Runs the cases of many seeds in worker processes, so that all cores are used and an abort, a
/// broken seal or a crash is a verdict instead of the end. `on_verdict` is called as they come, in
/// no particular order, in the calling process. A run without a verdict after a minute is ended and
/// counts as a crash. What a run that crashed left on its standard error goes to ours, and its first
/// line into the verdict. Returns false when a worker could not be started.
bool run(const Plan& plan, const std::function<void(const Verdict&)>& on_verdict);

/// Runs one case in a child process and returns its verdict, with that seed as its name.
Verdict run_one(const cases::Case& c, std::uint64_t seed, const Manner& manner = {});

/// The same for anything that judges a case in place of the simulator: it runs in the child.
using Judge = std::function<Verdict(const cases::Case&)>;
Verdict judge_one(const cases::Case& c, const Judge& judge, const Manner& manner);

}  // namespace gantry::properties::trials
