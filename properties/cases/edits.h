#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "properties/cases/case.h"

namespace gantry::properties::cases {

/// A way to make a case smaller, at any of its places. The result is well-formed and smaller: it has fewer
/// records, or a time in place of an event, or less in one of its records. So edits come to an end. Noise is
/// keyed, so what is left behaves as it did.
struct Edit {
  std::string_view name;
  /// At how many places of `c` it can be tried. Places are numbered from 0.
  std::size_t (*places)(const Case& c);
  /// `c` after the edit, or nothing when the edit would change nothing there. An edit that deletes takes
  /// `width` records from `place` on, and one that joins operations joins so many. The others ignore `width`.
  std::optional<Case> (*at)(const Case& c, std::size_t place, std::size_t width);
};

/// The edits that can take many records at once: they leave out faults, leave out operations, or replace many
/// operations by one that is as large as all of them.
std::span<const Edit> deletions();

/// All edits, the boldest first: they leave out a node (what names it goes too, or names another), a fault or
/// an operation, replace two operations by one, and then take a weaker fault, a shorter time, a smaller
/// number or a default. At last come those that delete, under another noise.
std::span<const Edit> all_edits();

/// `value` made smaller in one of `lower_ways` ways, but not below `least`: to `least` itself, to half, or to
/// a round number. The sign stays. Nothing when the result would not be smaller.
std::optional<std::int64_t> lower(std::int64_t value, std::int64_t least, std::size_t way);
inline constexpr std::size_t lower_ways = 3;

}  // namespace gantry::properties::cases
