#pragma once

#include <optional>

#include "properties/cases/case.h"

namespace gantry::properties::cases {

/// How many places the edit without_node() has (see edits.h): two for each node.
std::size_t nodes_by_ways(const Case& c);

/// The case without one node. At an even place, all records that name the node are left out, too. At an odd
/// place they name the first other node of the same sort instead; there is no result when no record names it.
/// A case keeps one NameServer and one broker.
std::optional<Case> without_node(const Case& c, std::size_t place, std::size_t width);

/// The same for topics. A case may keep none of them.
std::size_t topics_by_ways(const Case& c);
std::optional<Case> without_topic(const Case& c, std::size_t place, std::size_t width);

}  // namespace gantry::properties::cases
