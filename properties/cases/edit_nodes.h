#pragma once

#include <optional>

#include "properties/cases/case.h"

namespace gantry::properties::cases {

/// Each node, twice: an edit's places (see edits.h).
std::size_t nodes_by_ways(const Case& c);

/// The case without one node. At an even place all that names the node goes too; at an odd one it goes
/// to the first other node of the same sort, and nothing is given when nothing names it. A case keeps
/// one NameServer and one broker.
std::optional<Case> without_node(const Case& c, std::size_t place, std::size_t width);

/// The same for topics, of which a case may keep none.
std::size_t topics_by_ways(const Case& c);
std::optional<Case> without_topic(const Case& c, std::size_t place, std::size_t width);

}  // namespace gantry::properties::cases
