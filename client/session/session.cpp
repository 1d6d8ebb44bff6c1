#include "client/session/session.h"

#include <fmt/format.h>

#include "model/protocol/consume_headers.h"

namespace gantry::client::session {
namespace {

using model::protocol::RequestCode;
using model::protocol::ResponseCode;

std::string make_client_id(const SessionOptions& options, runtime::Random& random) {
  if (!options.instance.empty()) return fmt::format("{}@{}", options.client_ip, options.instance);
  return fmt::format("{}@{:016X}", options.client_ip, random.draw("client.instance"));
}

/// Requests that were sent together and are waited for together.
struct Gathering {
  std::vector<Result<Command>> answers;
  std::size_t open = 0;
  runtime::sync::WaitList done;
};

}  // namespace

Error answer_error(std::int32_t response_code) {
  switch (static_cast<ResponseCode>(response_code)) {
    case ResponseCode::topic_not_exist: return {Errc::not_found, "TOPIC_NOT_EXIST"};
    case ResponseCode::query_not_found: return {Errc::not_found, "QUERY_NOT_FOUND"};
    case ResponseCode::subscription_group_not_exist: return {Errc::not_found, "SUBSCRIPTION_GROUP_NOT_EXIST"};
    case ResponseCode::no_permission: return {Errc::denied, "NO_PERMISSION"};
    case ResponseCode::system_busy: return {Errc::busy, "SYSTEM_BUSY"};
    case ResponseCode::flow_control: return {Errc::busy, "FLOW_CONTROL"};
    case ResponseCode::service_not_available: return {Errc::busy, "SERVICE_NOT_AVAILABLE"};
    case ResponseCode::message_illegal: return {Errc::invalid, "MESSAGE_ILLEGAL"};
    case ResponseCode::system_error: return {Errc::invalid, "SYSTEM_ERROR"};
    case ResponseCode::request_code_not_supported: return {Errc::invalid, "REQUEST_CODE_NOT_SUPPORTED"};
    default: return {Errc::invalid, "the answer has an unexpected code"};
  }
}

Session::Session(runtime::Runtime runtime, SessionOptions options, Describe describe, bool to_slaves)
    : runtime_(runtime),
      options_(std::move(options)),
      client_id_(make_client_id(options_, runtime_.random)),
      describe_(std::move(describe)),
      to_slaves_(to_slaves),
      stop_(runtime_.tasks),
      remoting_(runtime_),
      fibers_(runtime_.tasks) {
  invariant(!options_.namesrvs.empty(), "a client knows at least one name server");
  // Clients spread over the name servers instead of all leaning on the first.
  namesrv_ = runtime_.random.below("client.namesrv", options_.namesrvs.size());
  remoting_.on_close([this](const Endpoint& peer) {
    // The broker forgot us with that connection: it has to hear from us before the next pull.
    if (greeted_.contains(peer)) greet_again(peer);
  });
}

Session::~Session() = default;

void Session::start() {
  fibers_.spawn("client.routes", [this] { refresh_loop(); });
  fibers_.spawn("client.heartbeat", [this] { heartbeat_loop(); });
}

void Session::stop(std::string_view producer_group, std::string_view consumer_group) {
  if (stop_.cancelled()) return;
  stop_.cancel();
  std::vector<std::pair<Endpoint, Command>> requests;
  for (const Endpoint& broker : greeted_) {
    const model::protocol::UnregisterClientHeader header{client_id_, producer_group, consumer_group};
    requests.emplace_back(broker, request_with(RequestCode::unregister_client, header));
  }
  for (const auto& answer : ask_all(std::move(requests)))
    // A broker that does not answer drops us when the connection closes, in a moment.
    if (!answer) runtime_.events.probe("client.unregister-unanswered");
  remoting_.stop();
  const auto joined = fibers_.join();
  invariant(joined.has_value(), "a join without a deadline ends");
}

Result<Command> Session::ask(const Endpoint& broker, Command request) {
  auto answer =
      remoting_.call(broker, std::move(request), runtime_.clock.now() + options_.timers.call_timeout);
  if (!answer || answer->code == 0) return answer;
  return answer_error(answer->code);
}

std::vector<Result<Command>> Session::ask_all(std::vector<std::pair<Endpoint, Command>> requests) {
  auto gathering = std::make_shared<Gathering>();
  gathering->answers.assign(requests.size(), Error{Errc::timed_out});
  gathering->open = requests.size();
  const Instant deadline = runtime_.clock.now() + options_.timers.call_timeout;
  std::size_t place = 0;
  for (auto& [broker, request] : requests) {
    remoting_.request(broker, std::move(request), deadline, [this, gathering, place](Result<Command> answer) {
      gathering->answers[place] =
          !answer || answer->code == 0 ? std::move(answer) : answer_error(answer->code);
      if (--gathering->open == 0) gathering->done.wake_all(runtime_.tasks);
    });
    ++place;
  }
  // Each of them has a deadline of its own.
  while (gathering->open > 0)
    if (!gathering->done.wait(runtime_.tasks, {})) break;
  return std::move(gathering->answers);
}

}  // namespace gantry::client::session
