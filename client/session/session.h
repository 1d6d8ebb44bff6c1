#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/session/options.h"
#include "client/session/topic_route.h"
#include "model/protocol/bodies/heartbeat.h"
#include "model/protocol/command.h"
#include "runtime/remoting/client.h"
#include "runtime/runtime.h"
#include "runtime/sync/task_group.h"
#include "runtime/sync/wait.h"

namespace gantry::client::session {

using model::protocol::Command;
using RoutePtr = std::shared_ptr<const TopicRoute>;
using runtime::Instant;

/// One client's ties to a cluster: its connections, the routes that it knows, its heartbeats. Each producer
/// and each consumer owns one, under a client id of its own.
///
///     name servers  <-- routes, when first needed and every 30 s
///     brokers       <-- heartbeats, every 30 s, to new brokers at once, and after a connection broke
///
/// A name server is kept until it fails; then the next one is asked. A route that cannot be refreshed stays
/// as it was: an outage of the name servers stops nothing that runs.
///
/// All calls come from the node's fibers. Those that ask somebody suspend.
class Session {
 public:
  /// Makes what a heartbeat says. It is asked for each heartbeat and must not suspend.
  using Describe = std::function<model::protocol::bodies::HeartbeatData()>;

  /// `to_slaves` says whether slaves get heartbeats too, as they must from a consumer.
  Session(runtime::Runtime runtime, SessionOptions options, Describe describe, bool to_slaves);
  ~Session();  // stop() has returned, or the node is gone
  Session(const Session&) = delete;

  /// `ip@instance`, which never changes.
  const std::string& client_id() const { return client_id_; }
  /// The client's connections.
  runtime::remoting::Client& remoting() { return remoting_; }

  /// Begins to refresh routes and to send heartbeats.
  void start();
  /// Unregisters `producer_group` or `consumer_group` (empty means none) at every broker that had a
  /// heartbeat, and waits for all of them together no longer than the call timeout. Then closes all
  /// connections, fails what waits with `stopped`, and waits for the session's fibers.
  void stop(std::string_view producer_group, std::string_view consumer_group);
  /// Whether stop() has begun.
  bool stopping() const { return stop_.cancelled(); }

  /// The topic's route. When none is known, the name servers are asked, and from then on the route is
  /// refreshed. Those who want the same topic at the same time ask once and share what comes of it, also a
  /// failure; each waits no longer than its own deadline, and the question stays open for the others.
  /// Errors: `not_found` (no broker has the topic), `timed_out`, `stopped`, and those of remoting when no
  /// name server answers.
  Result<RoutePtr> route(std::string_view topic, Instant deadline = Instant::never());
  /// The same for somebody who sends: a topic that no broker has yet gets the route of the template TBW102,
  /// from which brokers create topics on first use, with at most `queues_max` queues at each broker.
  Result<RoutePtr> route_to_send(std::string_view topic, std::int32_t queues_max, Instant deadline);
  /// The known route, or null when none is known.
  RoutePtr known_route(std::string_view topic) const;
  /// Where this broker's master was when a route last named it. This holds also when no route names it any
  /// more: a broker that a NameServer has lost sight of may well serve.
  std::optional<Endpoint> last_master(std::string_view broker) const;
  /// Asks for the route again now, for instance after a broker said that it does not have the topic.
  Result<RoutePtr> refresh(std::string_view topic);
  /// `callback` is called when a route that was known has changed. It must not suspend.
  void on_route_change(std::function<void()> callback) { route_changed_ = std::move(callback); }

  /// Sends heartbeats to every broker that the known routes name, and suspends until each of them has
  /// answered or failed.
  void heartbeat_all();
  /// Makes the heartbeat fiber tell this broker soon who we are, because it seems to have forgotten.
  void greet_again(const Endpoint& broker);

  /// Asks a broker and returns its answer if the code is 0. Errors: those of answer_error() for other codes,
  /// and those of remoting.
  Result<Command> ask(const Endpoint& broker, Command request);
  /// Asks several at once and suspends until each has answered or failed. The outcomes are in the order of
  /// `requests`.
  std::vector<Result<Command>> ask_all(std::vector<std::pair<Endpoint, Command>> requests);

 private:
  struct Known {
    RoutePtr route;
    std::int32_t template_queues = 0;  // above 0 when this is TBW102's route, for want of the topic's own
  };

  /// A question that several wait for. Of its key, `template_queues` says whether TBW102 is asked for, as in
  /// Known.
  struct LookUp {
    std::optional<Result<RoutePtr>> outcome;
    runtime::sync::WaitList done;
  };
  using LookUpKey = std::pair<std::string, std::int32_t>;  // topic, template_queues

  Result<RoutePtr> look_up(std::string_view topic, std::int32_t template_queues, Instant deadline);
  void finish_look_up(const LookUpKey& key);
  Result<RoutePtr> ask_namesrvs(std::string_view topic, std::string_view asked, std::int32_t queues_max);
  Result<RoutePtr> ask_one(const Endpoint& namesrv, std::string_view topic, std::string_view asked,
                           std::int32_t queues_max);
  RoutePtr learn(std::string_view topic, RoutePtr route, std::int32_t template_queues);
  void refresh_loop();
  void heartbeat_loop();
  std::set<Endpoint> targets() const;
  std::set<Endpoint> not_greeted() const;
  void beat(const std::set<Endpoint>& brokers);

  runtime::Runtime runtime_;
  SessionOptions options_;
  std::string client_id_;
  Describe describe_;
  bool to_slaves_;
  std::function<void()> route_changed_;

  std::map<std::string, Known, std::less<>> routes_;
  std::map<std::string, Endpoint, std::less<>> masters_;  // by broker, as last named
  std::map<LookUpKey, std::shared_ptr<LookUp>> asking_;   // what is under way
  std::size_t namesrv_ = 0;                               // the one we stay with
  std::set<Endpoint> greeted_;  // brokers that had a heartbeat over the connection that stands
  bool heartbeat_due_ = false;
  runtime::sync::WaitList heartbeat_wake_;

  runtime::sync::Cancellation stop_;
  runtime::remoting::Client remoting_;
  runtime::sync::TaskGroup fibers_;  // last: its members use all of the above
};

/// What a broker's or name server's answer with a code other than 0 means to the caller: `not_found` for 17,
/// 22 and 26, `denied` for 16, `busy` for 2, 14 and 215, and `invalid` for the rest. The detail is the code's
/// name.
Error answer_error(std::int32_t response_code);

}  // namespace gantry::client::session
