#pragma once

#include <string_view>
#include <vector>

#include "model/base/result.h"
#include "runtime/network.h"

namespace gantry::broker::config {

/// `host:port;host:port`, as namesrvAddr has it; blanks around an address are fine, and so is an empty
/// list. Errors: `invalid`, whose detail says what was expected.
Result<std::vector<runtime::Endpoint>> parse_addresses(std::string_view list);

}  // namespace gantry::broker::config
