#include "runtime/remoting/client.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "runtime/remoting/dispatch.h"
#include "runtime/remoting/hub.h"
#include "runtime/remoting/stream_channel.h"
#include "runtime/sync/future.h"

namespace gantry::runtime::remoting {

namespace {
/// A channel to the endpoint, or why there is none.
using Got = std::function<void(Result<std::shared_ptr<StreamChannel>>)>;

/// Somebody who needs a channel that is being connected.
struct Waiting {
  Got got;
  sync::TimerQueue::Id timer;
};

/// One endpoint: connected, being connected, or to be left alone until `retry_at`.
struct Peer {
  std::shared_ptr<StreamChannel> channel;
  bool connecting = false;
  std::map<std::uint64_t, Waiting> waiting;  // in order of arrival
  Duration back_off{0};                      // of the last failure; zero after an answer
  Instant retry_at{INT64_MIN};
};
}  // namespace

struct Client::State : std::enable_shared_from_this<State> {
  State(Runtime runtime, ClientOptions with)
      : options(with), hub(std::make_shared<Hub>(runtime, with.channel)) {}

  void acquire(const Endpoint& to, Instant deadline, Got got);
  void connect(const Endpoint& to);
  void connected(const Endpoint& to, Result<std::unique_ptr<Connection>> connection);
  void serve(const Endpoint& to, const std::shared_ptr<StreamChannel>& channel);
  void waited_too_long(const Endpoint& to, std::uint64_t ordinal);
  void back_off(Peer& peer);
  void answer_all(Peer& peer, const Result<std::shared_ptr<StreamChannel>>& with);

  ClientOptions options;
  std::shared_ptr<Hub> hub;
  Dispatch dispatch;
  std::function<void(const Endpoint&)> closed;
  std::map<Endpoint, Peer> peers;
  std::uint64_t waits = 0;
  bool stopped = false;
};

void Client::State::acquire(const Endpoint& to, Instant deadline, Got got) {
  if (stopped) return got(Errc::stopped);
  Peer& peer = peers[to];
  if (peer.channel && peer.channel->open()) return got(peer.channel);

  const auto fail = [&](Error why) { hub->soon([got = std::move(got), why] { got(why); }); };
  if (!peer.connecting && hub->runtime().clock.now() < peer.retry_at)
    return fail(Error(Errc::unreachable, "the last connection failed a moment ago"));
  if (peer.waiting.size() >= options.channel.pending_max) return fail(Errc::busy);

  const std::uint64_t ordinal = ++waits;
  Waiting waiting{std::move(got), {}};
  if (deadline != Instant::never())
    waiting.timer = hub->timers().at(deadline, [this, to, ordinal] { waited_too_long(to, ordinal); });
  peer.waiting.emplace(ordinal, std::move(waiting));
  if (peer.connecting) return;
  peer.connecting = true;
  hub->fibers().spawn("remoting.connect", [self = shared_from_this(), to] { self->connect(to); });
}

void Client::State::waited_too_long(const Endpoint& to, std::uint64_t ordinal) {
  const auto peer = peers.find(to);
  if (peer == peers.end()) return;
  auto& waiting = peer->second.waiting;
  const auto found = waiting.find(ordinal);
  if (found == waiting.end()) return;
  const Got got = std::move(found->second.got);
  waiting.erase(found);
  got(Errc::timed_out);
}

void Client::State::connect(const Endpoint& to) {
  const Runtime runtime = hub->runtime();
  const Instant started = runtime.clock.now();
  auto connection = runtime.network.connect(to, started + options.connect_timeout);
  connected(to, std::move(connection));
}

void Client::State::connected(const Endpoint& to, Result<std::unique_ptr<Connection>> connection) {
  Peer& peer = peers[to];
  peer.connecting = false;
  if (stopped) return answer_all(peer, Errc::stopped);
  if (!connection) {
    back_off(peer);
    const bool refused = connection.error().code == Errc::refused;
    return answer_all(peer,
                      refused ? connection.error() : Error(Errc::unreachable, connection.error().detail));
  }
  const auto channel =
      std::make_shared<StreamChannel>(hub, std::move(*connection), StreamChannel::Silence::closes);
  peer.channel = channel;
  hub->fibers().spawn("remoting.serve",
                      [self = shared_from_this(), to, channel] { self->serve(to, channel); });
  answer_all(peer, channel);
}

void Client::State::back_off(Peer& peer) {
  const bool first = peer.back_off == Duration{0};
  peer.back_off = first ? options.back_off_min : std::min(peer.back_off * 2, options.back_off_max);
  peer.retry_at = hub->runtime().clock.now() + peer.back_off;
}

void Client::State::answer_all(Peer& peer, const Result<std::shared_ptr<StreamChannel>>& with) {
  for (auto waiting = std::exchange(peer.waiting, {}); auto& [ordinal, one] : waiting) {
    hub->timers().cancel(one.timer);
    one.got(with);
  }
}

void Client::State::serve(const Endpoint& to, const std::shared_ptr<StreamChannel>& channel) {
  channel->serve(dispatch, {});
  // A newer channel, or a connect that is under way, is not ours to forget.
  if (const auto found = peers.find(to); found != peers.end() && found->second.channel == channel) {
    Peer& peer = found->second;
    peer.channel.reset();
    // That a connection stood says little: something that accepts for a service that is gone, or one
    // that has too many, closes it again, and must not be called at the rate of whoever calls us.
    if (!channel->answered_once()) back_off(peer);
    else if (peer.connecting) peer.back_off = Duration{0};
    else peers.erase(found);
  }
  if (closed) closed(to);
}

Client::Client(Runtime runtime, ClientOptions options) : state_(std::make_shared<State>(runtime, options)) {}
Client::~Client() = default;

void Client::on(model::protocol::RequestCode code, Handler handler) {
  state_->dispatch.on(code, std::move(handler));
}
void Client::on_close(std::function<void(const Endpoint&)> callback) {
  state_->closed = std::move(callback);
}

void Client::request(const Endpoint& to, Command request, Instant deadline, Channel::Done done) {
  // Shared because a std::function copies what it holds, and a body should not be copied.
  struct Asked {
    Command request;
    Channel::Done done;
  };
  Peer* const peer = [&] {
    const auto found = state_->peers.find(to);
    return found == state_->peers.end() ? nullptr : &found->second;
  }();
  if (peer && peer->channel && peer->channel->open())
    return peer->channel->request(std::move(request), deadline, std::move(done));
  const auto asked = std::make_shared<Asked>(std::move(request), std::move(done));
  state_->acquire(to, deadline, [asked, deadline](Result<std::shared_ptr<StreamChannel>> channel) {
    if (channel) (*channel)->request(std::move(asked->request), deadline, std::move(asked->done));
    else asked->done(channel.error());
  });
}

Result<Command> Client::call(const Endpoint& to, Command request, Instant deadline) {
  const auto promise = std::make_shared<sync::Promise<Command>>(state_->hub->runtime().tasks);
  this->request(to, std::move(request), deadline,
                [promise](Result<Command> answer) { promise->set(std::move(answer)); });
  return promise->future().get();
}

Result<void> Client::one_way(const Endpoint& to, Command request, Instant deadline) {
  using Answer = std::shared_ptr<StreamChannel>;
  const auto promise = std::make_shared<sync::Promise<Answer>>(state_->hub->runtime().tasks);
  state_->acquire(to, deadline, [promise](Result<Answer> channel) { promise->set(std::move(channel)); });
  const Result<Answer> channel = promise->future().get();
  if (!channel) return channel.error();
  (*channel)->one_way(std::move(request));
  return {};
}

void Client::stop() {
  if (std::exchange(state_->stopped, true)) return;
  // Not in place: an answer may lead to calls that change the map.
  std::vector<std::shared_ptr<StreamChannel>> open;
  for (auto& [to, peer] : state_->peers)
    if (peer.channel) open.push_back(peer.channel);
  for (const auto& channel : open) channel->close();
  for (auto& [to, peer] : state_->peers) state_->answer_all(peer, Errc::stopped);
  state_->hub->stop();
}

}  // namespace gantry::runtime::remoting
