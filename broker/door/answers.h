#pragma once

#include <string_view>

#include "model/base/result.h"
#include "model/delivery/refusal.h"
#include "model/protocol/command.h"
#include "model/protocol/field_reader.h"
#include "model/protocol/json_codec.h"

/// How a broker and a NameServer answer requests of the remoting protocol.
namespace gantry::broker::door {

using model::protocol::Command;
using model::protocol::ResponseCode;

inline Command success() {
  return Command::response(ResponseCode::success);
}
/// With a text as the body.
Command success_with_text(std::string_view text);
/// With a JSON body.
template <class Body>
Command success_with(const Body& body, const model::protocol::JsonStyle& style = {}) {
  Command command = success();
  command.body = model::protocol::write_body(body, style);
  return command;
}

inline Command refuse(ResponseCode code, std::string_view why) {
  return Command::response(code, why);
}
/// Code 1: the request is wrong, or could not be carried out.
inline Command refuse(std::string_view why) {
  return refuse(ResponseCode::system_error, why);
}
/// Code 1 with the error's detail, or with its name where it has none.
Command refuse(const Error& error);
/// Code 1 that names the field, as RocketMQ answers a header that lacks one.
Command refuse(const model::protocol::FieldError& error);
/// With the code that RocketMQ's clients and tools know for this reason.
Command refuse(const model::delivery::Refusal& refusal);

/// What is said of a request that is answered with its success alone.
Command answer_to(const model::delivery::Outcome<void>& outcome);

}  // namespace gantry::broker::door
