#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include <rapidcheck.h>

#include "properties/cases/generate.h"
#include "properties/cases/shrink.h"
#include "properties/trials/workers.h"

namespace gantry::properties {

/// A case that a property is tried with. While it is made smaller it has to go on failing like the case
/// that was found: another bug met on the way counts as none.
struct Trial {
  cases::Case c;
  trials::Verdict like{};  ///< how the case that was found failed; no claim before one was
};

/// Runs a case, judged by one claim.
using Runner = std::function<trials::Verdict(const cases::Case&)>;

/// Cases of that profile, which shrink as cases::Walk does: each carries its place in the walk, so that
/// RapidCheck goes on there after a success. `run` says how the first one failed.
rc::Gen<Trial> any_case(const cases::Profile& profile, const Runner& run);

/// A case that is known, with the same way to shrink.
rc::Shrinkable<Trial> shrinkable(const cases::Case& c, const Runner& run);

/// For RapidCheck's reports.
void showValue(const Trial& trial, std::ostream& out);

}  // namespace gantry::properties
