#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "properties/cases/case.h"

namespace gantry::properties::cases {

/// A way to make a case smaller, at any of its places. What it gives is well-formed and smaller:
/// fewer records, or the same with a time in the place of an event or with less in one of them, so that
/// edits come to an end. Noise is keyed, so what is left behaves as it did.
struct Edit {
  std::string_view name;
  /// At how many places of `c` it can be tried: 0, 1, ...
  std::size_t (*places)(const Case& c);
  /// `c` after the edit, nothing when it would change nothing there. An edit that deletes takes
  /// `width` records from `place` on (one that joins operations takes them together); the others ignore
  /// `width`.
  std::optional<Case> (*at)(const Case& c, std::size_t place, std::size_t width);
};

/// Those that can take many records at once: without faults, without operations, with one in the place
/// of many that is as large as all of them.
std::span<const Edit> deletions();

/// All of them, the boldest first: without a node (what names it goes too, or goes to a sibling),
/// without a fault, without an operation, one for two, a weaker fault, a shorter time, a smaller number,
/// a default; at last those that delete, with another noise.
std::span<const Edit> all_edits();

/// `value` made smaller in one of `lower_ways` ways, towards `least`: to `least` itself, to half, to a
/// round number. Keeps the sign. Nothing when that is not smaller.
std::optional<std::int64_t> lower(std::int64_t value, std::int64_t least, std::size_t way);
inline constexpr std::size_t lower_ways = 3;

}  // namespace gantry::properties::cases
