#include "runtime/remoting/dispatch.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace gantry::runtime::remoting {

using model::protocol::RequestCode;
using model::protocol::ResponseCode;

void Dispatch::on(RequestCode code, Handler handler) {
  handlers_.insert_or_assign(static_cast<std::int32_t>(code), std::move(handler));
}

const Handler* Dispatch::handler_of(std::int32_t code, const std::vector<RequestCode>& except) const {
  if (std::ranges::find(except, static_cast<RequestCode>(code)) != except.end()) return nullptr;
  if (const auto found = handlers_.find(code); found != handlers_.end()) return &found->second;
  return other_ ? &other_ : nullptr;
}

void Dispatch::operator()(const CommandView& request, const Arrival& from,
                          const std::vector<RequestCode>& except) const {
  boost::intrusive_ptr<Request> begun = pipeline_->begin(from, request);
  std::optional<Command> answer = pipeline_->before(*begun, request);
  Responder respond(std::move(begun));
  if (answer) return respond(std::move(*answer));
  if (const Handler* handler = handler_of(request.code, except))
    return (*handler)(request, std::move(respond));
  // The text that RocketMQ's own server sends: clients of its 5.x line probe codes and look at it.
  respond(Command::response(ResponseCode::request_code_not_supported,
                            fmt::format(" request type {} not supported", request.code)));
}

}  // namespace gantry::runtime::remoting
