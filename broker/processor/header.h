#pragma once

#include <string>
#include <string_view>

#include "model/protocol/command.h"
#include "model/protocol/field_reader.h"

namespace gantry::broker::processor {

using model::protocol::Command;
using model::protocol::CommandView;
using model::protocol::read_header;
using model::protocol::RequestCode;
using model::protocol::ResponseCode;

inline Command refuse(ResponseCode code, std::string_view why) {
  return Command::response(code, why);
}
/// Code 1 that names the field, as RocketMQ answers a header that lacks one.
inline Command refuse(const model::protocol::FieldError& error) {
  return Command::response(ResponseCode::system_error, error.text());
}
inline Command topic_missing(std::string_view topic) {
  return refuse(ResponseCode::topic_not_exist,
                "topic[" + std::string(topic) + "] not exist, apply first please!");
}
/// For a change that could not be written, with what the disk said: a full disk is not mended like one that
/// is read-only, or like a process that has no descriptor left.
inline Command not_saved(ResponseCode code, std::string_view what, const Error& error) {
  std::string why = std::string(what) + " cannot be saved: " + std::string(name_of(error.code));
  if (error.detail[0] != '\0') why.append(", ").append(error.detail);
  return refuse(code, why);
}
inline Command with_body(std::string_view text) {
  Command response = Command::response(ResponseCode::success);
  response.body = to_buffer(as_bytes(text));
  return response;
}

}  // namespace gantry::broker::processor
