#include "broker/processor/steps.h"

#include <optional>

#include "broker/door/answers.h"
#include "broker/processor/check_names.h"
#include "broker/processor/pull_message.h"
#include "model/protocol/codes.h"

namespace gantry::broker::processor {
namespace {

using model::protocol::Command;
using model::protocol::CommandView;
using model::protocol::RequestCode;
using model::protocol::ResponseCode;
using runtime::remoting::RequestContext;
using runtime::remoting::Step;

bool is(std::int32_t code, RequestCode request) {
  return code == static_cast<std::int32_t>(request);
}

bool is_send(std::int32_t code) {
  return is(code, RequestCode::send_message) || is(code, RequestCode::send_message_v2) ||
         is(code, RequestCode::send_batch_message);
}

bool is_pull(std::int32_t code) {
  return is(code, RequestCode::pull_message) || is(code, lite_pull_message);
}

/// Whether this answer to a pull says that there is no message for it now.
bool brings_nothing(std::int32_t answer_code) {
  const auto code = static_cast<ResponseCode>(answer_code);
  return code == ResponseCode::pull_not_found || code == ResponseCode::pull_retry_immediately ||
         code == ResponseCode::pull_offset_moved;
}

/// Whether this answer to a send says that the message was stored, as safely as wanted or not.
bool stored(std::int32_t answer_code) {
  const auto code = static_cast<ResponseCode>(answer_code);
  return code == ResponseCode::success || code == ResponseCode::flush_disk_timeout;
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
  step.before = [](RequestContext&, const CommandView& request) -> std::optional<Command> {
    const auto checked = check_names(request);
    if (checked) return std::nullopt;
    return door::refuse(checked.error());
  };
  return step;
}

Step count_messages(const runtime::Clock& clock, statistics::Statistics& statistics) {
  Step step;
  step.after = [&clock, &statistics](const RequestContext& context, Command*) {
    if (!context.answer_code) return;
    if (is_send(context.code)) {
      if (stored(*context.answer_code))
        statistics.stored(context.messages, context.message_bytes, clock.now() - context.begin);
      else statistics.send_failed();
    } else if (is_pull(context.code)) {
      if (context.messages > 0) statistics.pulled(context.messages);
      else if (brings_nothing(*context.answer_code)) statistics.pull_missed();
    }
  };
  return step;
}

void add_steps(runtime::remoting::Server& server, const runtime::Clock& clock,
               const config::BrokerConfig& config, statistics::Statistics& statistics) {
  server.add(stamp_sends(config));
  server.add(check_names());
  server.add(count_messages(clock, statistics));
}

}  // namespace gantry::broker::processor
