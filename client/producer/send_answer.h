#pragma once

#include <string_view>

#include <gantry/send_result.h>

#include "model/base/result.h"
#include "model/protocol/command.h"

namespace gantry::client::producer {

/// What a broker's answer to a send means. Errors: those of session::answer_error(), and `invalid` for an
/// answer that lacks a field that it must have.
Result<SendResult> read_send_answer(const model::protocol::Command& answer, std::string_view topic,
                                    std::string_view broker_name, std::string_view message_id);

}  // namespace gantry::client::producer
