#pragma once

#include <string_view>
#include <utility>

#include "model/base/result.h"
#include "model/protocol/command.h"
#include "model/protocol/field_reader.h"
#include "model/protocol/json_body.h"

namespace gantry::broker::namesrv {

/// RocketMQ keeps here which topics are ordered, and on how many queues of which brokers.
inline constexpr std::string_view order_topics = "ORDER_TOPIC_CONFIG";

inline model::protocol::Command success() {
  return model::protocol::Command::response(model::protocol::ResponseCode::success);
}
template <class Body>
model::protocol::Command success_with(const Body& body, const model::protocol::JsonStyle& style = {}) {
  model::protocol::Command command = success();
  command.body = model::protocol::write_body(body, style);
  return command;
}
inline model::protocol::Command failure(model::protocol::ResponseCode code, std::string_view why) {
  return model::protocol::Command::response(code, why);
}
/// Code 1: the request is wrong, or could not be carried out.
inline model::protocol::Command failure(std::string_view why) {
  return failure(model::protocol::ResponseCode::system_error, why);
}
inline model::protocol::Command failure(const Error& error) {
  return failure(error.detail[0] != '\0' ? std::string_view(error.detail) : name_of(error.code));
}
inline model::protocol::Command failure(const model::protocol::FieldError& error) {
  return failure(error.text());
}

}  // namespace gantry::broker::namesrv
