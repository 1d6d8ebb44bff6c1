#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "properties/cases/shrink.h"
#include "properties/trials/workers.h"

namespace gantry::properties::trials {

/// Whether two runs failed alike: the same claim, or a crash of the same signal with the same words
/// (a broken invariant names its line; addresses and process numbers do not count).
bool same_bug(const Verdict& one, const Verdict& other);

/// How a candidate is run to see whether it still fails as `failed` did: only its claim is judged, and a
/// run that would not end is given up after seconds, not after a minute.
Manner manner_for(const Verdict& failed, bool sealed);

/// What a failing case came down to.
struct Shrunk {
  cases::Case smallest;
  Verdict verdict;        ///< of `smallest`: the same bug as the case's
  std::size_t runs = 0;   ///< candidates that were run
  bool complete = false;  ///< every single step from `smallest` was tried: it is 1-minimal
};

/// Makes `c`, which failed with `failed`, as small as it gets (see cases::Walk). Each candidate runs in
/// a child process, so that aborts and hangs shrink too.
Shrunk shrink(const cases::Case& c, const Verdict& failed, bool sealed = true);
/// The same with another way to run a candidate.
Shrunk shrink_with(const cases::Case& c, const Verdict& failed,
                   const std::function<Verdict(const cases::Case&)>& run);

/// "1 fault, 2 operations, 4 nodes".
std::string size_of(const cases::Case& c);

/// What a case that is kept may have, comment and all.
inline constexpr std::size_t small_bytes_max = 4096;

/// The case as a file to keep: what failed as a comment, then the case.
std::string case_file(const cases::Case& c, const Verdict& verdict);

}  // namespace gantry::properties::trials
