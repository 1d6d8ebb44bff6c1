#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "runtime/remoting/channel.h"
#include "runtime/remoting/responder.h"
#include "runtime/sync/task_group.h"

namespace gantry::runtime::remoting {

/// Listens on one or more ports and hands requests to handlers by code. A code without a handler is
/// answered with 3, ` request type N not supported`. A frame or header that cannot be decoded
/// closes its connection, with one log line and one count ("remoting.bad-frame"), and nothing else.
class Server {
 public:
  /// A connection takes one fiber, a second one while its peer reads too slowly, and each fiber's stack
  /// takes two of the process's memory mappings (Linux: 65,530 unless vm.max_map_count says otherwise;
  /// without one more, no fiber can be made and the process ends). All of these stalled are 40,000, and
  /// as many again that are not, of another node in the process, 20,000.
  static constexpr std::size_t connections_max_default = 10'000;

  /// One connection more than `connections_max`, on all ports together, is closed as soon as it is
  /// accepted: counted ("remoting.refused"), and logged at most once every 10 s. A main makes it the
  /// smaller of the default and of what the process's limit of descriptors leaves after a reserve for
  /// files and outgoing connections (runtime/asio/descriptor_limit.h). Where the system has no descriptor
  /// for a connection nevertheless, those who connect wait until it has one; counted
  /// ("remoting.accept-busy") and logged in the same way.
  Server(Runtime runtime, ChannelOptions options = {}, std::size_t connections_max = connections_max_default);
  ~Server();  // stop() has returned, or the node is gone

  /// To be called before the first request. The last handler of a code wins.
  void on(model::protocol::RequestCode code, Handler handler);
  /// Codes without a handler of their own, on every port.
  void on_other(Handler handler);
  /// Called once per channel when it has closed, on its reading fiber. Must not suspend.
  void on_close(std::function<void(const std::shared_ptr<Channel>&)> callback);
  /// Every request passes this step, on every port, behind those that were added before. Before the
  /// first request.
  void add(Step step);

  /// Opens one port and serves it. `except`: codes that this port does not serve (RocketMQ's VIP
  /// port refuses pulls). Errors: those of Network::listen.
  Result<Endpoint> listen(const Endpoint& at, std::vector<model::protocol::RequestCode> except = {});

  /// Serves a port that is open already: whoever has much to load opens its ports first, and learns
  /// before it touches anything that one of them is taken. Those who connected meanwhile were waiting.
  void serve(std::unique_ptr<Listener> listener, std::vector<model::protocol::RequestCode> except = {});

  std::vector<std::shared_ptr<Channel>> channels() const;

  /// Frees the ports, closes the channels and waits for their fibers. What is then still unanswered is
  /// dropped, and its after-steps are the last that run.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gantry::runtime::remoting
