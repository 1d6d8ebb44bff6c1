#include "broker/processor/steps.h"

#include "broker/processor/header.h"
#include "model/message/names.h"

namespace gantry::broker::processor {
namespace {

namespace names = model::message;
using runtime::remoting::RequestContext;
using runtime::remoting::Step;

bool is_send(std::int32_t code) {
  return code == static_cast<std::int32_t>(RequestCode::send_message) ||
         code == static_cast<std::int32_t>(RequestCode::send_message_v2) ||
         code == static_cast<std::int32_t>(RequestCode::send_batch_message);
}

/// Sends with single letters for names; they are most of all requests.
bool has_letters(std::int32_t code) {
  return code == static_cast<std::int32_t>(RequestCode::send_message_v2) ||
         code == static_cast<std::int32_t>(RequestCode::send_batch_message) ||
         code == static_cast<std::int32_t>(RequestCode::send_reply_message_v2);
}

Result<void> check_field(std::string_view name, std::string_view value) {
  if (name == "topic" || name == "originTopic") return names::check_topic(value);
  if (name == "consumerGroup" || name == "producerGroup" || name == "group" || name == "groupName" ||
      name == "srcGroup" || name == "destGroup" || name == "compareGroup")
    return names::check_group(value);
  if (name == "clientID" || name == "clientId") return names::check_client_id(value);
  return {};
}

Result<void> check_letter(std::string_view name, std::string_view value) {
  if (name == "b") return names::check_topic(value);
  if (name == "a") return names::check_group(value);
  return {};
}

std::optional<Command> refuse_illegal_names(const CommandView& request) {
  const bool letters = has_letters(request.code);
  for (const auto& [name, value] : request.fields()) {
    if (value.empty()) continue;  // counts as absent
    const Result<void> checked = letters ? check_letter(name, value) : check_field(name, value);
    if (!checked) return refuse(ResponseCode::system_error, checked.error().detail);
  }
  return std::nullopt;
}

}  // namespace

Step stamp_sends(const config::BrokerConfig& config) {
  Step step;
  step.after = [&config](const RequestContext& context, Command* answer) {
    if (answer == nullptr || !is_send(context.code)) return;
    answer->fields.set("MSG_REGION", config.region_id);
    answer->fields.set("TRACE_ON", config.trace_on);
  };
  return step;
}

Step check_names() {
  Step step;
  step.before = [](RequestContext&, const CommandView& request) { return refuse_illegal_names(request); };
  return step;
}

void add_steps(runtime::remoting::Server& server, const config::BrokerConfig& config) {
  server.add(stamp_sends(config));
  server.add(check_names());
}

}  // namespace gantry::broker::processor
