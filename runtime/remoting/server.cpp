#include "runtime/remoting/server.h"

#include <string>
#include <utility>

#include "runtime/log.h"
#include "runtime/remoting/dispatch.h"
#include "runtime/remoting/hub.h"
#include "runtime/remoting/stream_channel.h"
#include "runtime/sync/wait.h"

namespace gantry::runtime::remoting {

namespace {
// How long a port waits when the process has no descriptor left for another connection.
constexpr Duration accept_pause = 100ms;
// Who floods a port with connections does not flood the log.
constexpr Duration trouble_logged_every = 10s;

/// Lets a line through, and then none for a while.
class SeldomLogged {
 public:
  bool now(Instant now) {
    if (last_ && now - *last_ < trouble_logged_every) return false;
    last_ = now;
    return true;
  }

 private:
  std::optional<Instant> last_;
};
}  // namespace

struct Server::State {
  State(Runtime runtime, ChannelOptions options, std::size_t max)
      : hub(std::make_shared<Hub>(runtime, options)), connections_max(max), stopped(runtime.tasks) {}

  struct Port {
    std::unique_ptr<Listener> listener;
    std::vector<model::protocol::RequestCode> except;
  };

  void accept(Port& port);
  void refuse(const Endpoint& peer);
  void put_off(const Error& busy);
  void serve(const std::shared_ptr<StreamChannel>& channel, const Port& port);

  std::shared_ptr<Hub> hub;
  std::function<void(const std::shared_ptr<Channel>&)> closed;
  std::vector<std::unique_ptr<Port>> ports;
  std::map<ChannelId, std::shared_ptr<StreamChannel>> channels;
  const std::size_t connections_max;
  std::size_t refused = 0;  // since the last line about it
  SeldomLogged refusal_logged, busy_logged;
  sync::Cancellation stopped;
  Dispatch dispatch;  // goes first: whatever then lets go of a request calls no step any more
};

void Server::State::accept(Port& port) {
  const Runtime runtime = hub->runtime();
  for (;;) {
    Result<std::unique_ptr<Connection>> connection = port.listener->accept();
    if (connection && channels.size() >= connections_max) {
      refuse((*connection)->peer());
      continue;  // it closes as it goes
    }
    if (connection) {
      const auto channel =
          std::make_shared<StreamChannel>(hub, std::move(*connection), StreamChannel::Silence::ignored);
      channels.emplace(channel->id(), channel);
      hub->fibers().spawn("remoting.serve", [this, channel, &port] { serve(channel, port); });
      continue;
    }
    if (connection.error().code != Errc::busy) return;
    put_off(connection.error());
    if (!sync::sleep(runtime.tasks, runtime.clock, accept_pause, &stopped)) return;
  }
}

void Server::State::refuse(const Endpoint& peer) {
  const Runtime runtime = hub->runtime();
  runtime.events.count("remoting.refused", 1);
  ++refused;
  if (!refusal_logged.now(runtime.clock.now())) return;
  log(runtime.events, Level::warn,
      "remoting: refused {} connections, the last from {}: there are {}, the most that are served", refused,
      peer.host, channels.size());
  refused = 0;
}

void Server::State::put_off(const Error& busy) {
  const Runtime runtime = hub->runtime();
  runtime.events.count("remoting.accept-busy", 1);
  if (!busy_logged.now(runtime.clock.now())) return;
  log(runtime.events, Level::error,
      "remoting: those who connect have to wait, the system does not give another connection: {}", busy);
}

void Server::State::serve(const std::shared_ptr<StreamChannel>& channel, const Port& port) {
  channel->serve(dispatch, port.except);
  channels.erase(channel->id());
  if (closed) closed(channel);
}

Server::Server(Runtime runtime, ChannelOptions options, std::size_t connections_max)
    : state_(std::make_unique<State>(runtime, options, connections_max)) {}
Server::~Server() = default;

void Server::on(model::protocol::RequestCode code, Handler handler) {
  state_->dispatch.on(code, std::move(handler));
}
void Server::on_other(Handler handler) {
  state_->dispatch.on_other(std::move(handler));
}
void Server::on_close(std::function<void(const std::shared_ptr<Channel>&)> callback) {
  state_->closed = std::move(callback);
}
void Server::add(Step step) {
  state_->dispatch.add(std::move(step));
}

Result<Endpoint> Server::listen(const Endpoint& at, std::vector<model::protocol::RequestCode> except) {
  auto listener = state_->hub->runtime().network.listen(at);
  if (!listener) return listener.error();
  const Endpoint local = (*listener)->local();
  serve(std::move(*listener), std::move(except));
  return local;
}

void Server::serve(std::unique_ptr<Listener> listener, std::vector<model::protocol::RequestCode> except) {
  state_->ports.push_back(std::make_unique<State::Port>(std::move(listener), std::move(except)));
  State::Port& port = *state_->ports.back();
  state_->hub->fibers().spawn("remoting.accept", [state = state_.get(), &port] { state->accept(port); });
}

std::vector<std::shared_ptr<Channel>> Server::channels() const {
  std::vector<std::shared_ptr<Channel>> all;
  for (const auto& [id, channel] : state_->channels) all.push_back(channel);
  return all;
}

void Server::stop() {
  state_->stopped.cancel();
  for (const auto& port : state_->ports) port->listener->close();
  for (const auto& channel : channels()) channel->close();
  state_->hub->stop();
  state_->dispatch.close();
}

}  // namespace gantry::runtime::remoting
