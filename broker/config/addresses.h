#pragma once

#include <string_view>
#include <vector>

#include "model/base/result.h"
#include "runtime/network.h"

namespace gantry::broker::config {

/// Reads a list like `host:port;host:port`, as namesrvAddr has it. Blanks around an address are ignored, and
/// the list may be empty. Errors: `invalid`, whose detail says what was expected.
Result<std::vector<runtime::Endpoint>> parse_addresses(std::string_view list);

}  // namespace gantry::broker::config
