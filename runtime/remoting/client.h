#pragma once

#include <functional>
#include <memory>

#include "runtime/remoting/channel.h"
#include "runtime/remoting/responder.h"

namespace gantry::runtime::remoting {

struct ClientOptions {
  ChannelOptions channel;
  Duration connect_timeout = 3s;
  /// After a failed connect to an endpoint, and after a connection that ended before its first answer,
  /// further calls fail at once with `unreachable` for this long, doubled with each such failure up to
  /// the maximum. An answer ends the row of failures.
  Duration back_off_min = 100ms;
  Duration back_off_max = 5s;
};

/// Sends requests to whatever endpoints are asked for, one connection each, opened when first
/// needed and again after it broke. Any number of fibers may call at once.
class Client {
 public:
  Client(Runtime runtime, ClientOptions options = {});
  ~Client();  // stop() has returned, or the node is gone

  /// Sends and suspends until the answer. Errors: `timed_out` (the channel is then closed if nothing
  /// at all has arrived on it since the request was sent: the peer may be half-open), `closed`,
  /// `refused`, `unreachable`, `busy`, `stopped`. After `timed_out`, `closed` and `stopped` the
  /// request may have been carried out.
  Result<Command> call(const Endpoint& to, Command request, Instant deadline);
  /// The same for a caller that does not want to suspend; `done` runs once on a fiber of the node.
  /// At once, before this returns, only when the client has stopped.
  void request(const Endpoint& to, Command request, Instant deadline, Channel::Done done);
  /// Sends a request that wants no answer; suspends only to connect. Errors: `timed_out`, `refused`,
  /// `unreachable`, `busy`, `stopped`; nothing was sent then.
  Result<void> one_way(const Endpoint& to, Command request, Instant deadline);

  /// Requests that a peer sends to us over these connections, by code.
  void on(model::protocol::RequestCode code, Handler handler);
  /// Called when a connection that stood has closed. Must not suspend.
  void on_close(std::function<void(const Endpoint&)> callback);

  /// Closes all connections, fails what waits with `stopped`, waits for the fibers: for up to
  /// `connect_timeout` when a connection is just being opened.
  void stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gantry::runtime::remoting
