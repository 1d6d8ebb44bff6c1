#pragma once

#include <source_location>

namespace gantry {

/// Says which line is wrong and aborts. Called by invariant(); never returns.
[[noreturn]] void invariant_failed(const char* claim,
                                   std::source_location where = std::source_location::current());

/// For what can only be our own bug. On in every build: a broker that goes on after a broken
/// invariant damages data that was fine until then. Ordinary trouble is a Result, never this.
inline void invariant(bool holds, const char* claim,
                      std::source_location where = std::source_location::current()) {
  if (!holds) [[unlikely]]
    invariant_failed(claim, where);
}

}  // namespace gantry
