#pragma once

#include "model/base/result.h"
#include "model/protocol/command.h"

namespace gantry::broker::processor {

/// Checks a request's topic, groups and client id, wherever its header keeps them, by the names of the
/// fields: every request passes here before its handler. An illegal name would become a topic or a line of a
/// log. Errors: `invalid`; the detail is the sentence that the peer is told.
Result<void> check_names(const model::protocol::CommandView& request);

}  // namespace gantry::broker::processor
