#include "broker/door/answers.h"

namespace gantry::broker::door {
namespace {

using model::delivery::Reason;

ResponseCode code_of(Reason reason) {
  switch (reason) {
    case Reason::invalid:
    case Reason::no_room:
    case Reason::not_saved: return ResponseCode::system_error;
    case Reason::forbidden: return ResponseCode::no_permission;
    case Reason::unavailable: return ResponseCode::service_not_available;
    case Reason::busy: return ResponseCode::system_busy;
    case Reason::illegal_message: return ResponseCode::message_illegal;
    case Reason::no_topic: return ResponseCode::topic_not_exist;
    case Reason::no_group: return ResponseCode::subscription_group_not_exist;
    case Reason::bad_subscription: return ResponseCode::subscription_parse_failed;
    case Reason::no_subscription: return ResponseCode::subscription_not_exist;
    case Reason::old_subscription: return ResponseCode::subscription_not_latest;
    case Reason::not_found: return ResponseCode::query_not_found;
  }
  return ResponseCode::system_error;
}

}  // namespace

Command success_with_text(std::string_view text) {
  Command command = success();
  command.body = to_buffer(as_bytes(text));
  return command;
}

Command refuse(const Error& error) {
  return refuse(error.detail[0] != '\0' ? std::string_view(error.detail) : name_of(error.code));
}

Command refuse(const model::protocol::FieldError& error) {
  return refuse(error.text());
}

Command refuse(const model::delivery::Refusal& refusal) {
  return refuse(code_of(refusal.reason), refusal.why);
}

Command answer_to(const model::delivery::Outcome<void>& outcome) {
  return outcome ? success() : refuse(outcome.error());
}

}  // namespace gantry::broker::door
