#include "broker/processor/check_names.h"

#include "model/message/names.h"

namespace gantry::broker::processor {
namespace {

namespace names = model::message;
using model::protocol::RequestCode;

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

}  // namespace

Result<void> check_names(const model::protocol::CommandView& request) {
  const bool letters = has_letters(request.code);
  for (const auto& [name, value] : request.fields()) {
    if (value.empty()) continue;  // counts as absent
    if (auto checked = letters ? check_letter(name, value) : check_field(name, value); !checked)
      return checked;
  }
  return {};
}

}  // namespace gantry::broker::processor
