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

/// One client's ties to a cluster: its connections, the routes that it knows, its heartbeats.
/// A producer or consumer owns one, under a client id of its own.
///
///     name servers  <-- routes, when first needed and every 30 s
///     brokers       <-- heartbeats, every 30 s, to new brokers at once, and after a connection broke
///
/// A name server is kept until it fails, then the next one is asked. A route that cannot be
/// refreshed stays as it was: an outage of the name servers stops nothing that runs.
///
/// All calls from the node's fibers; those that ask somebody suspend.
class Session {
 public:
  /// What the heartbeat says; asked each time. Must not suspend.
  using Describe = std::function<model::protocol::bodies::HeartbeatData()>;

  /// `to_slaves`: whether slaves get heartbeats too, as they must from a consumer.
  Session(runtime::Runtime runtime, SessionOptions options, Describe describe, bool to_slaves);
  ~Session();  // stop() has returned, or the node is gone
  Session(const Session&) = delete;

  /// `ip@instance`, unchanged for life.
  const std::string& client_id() const { return client_id_; }
  runtime::remoting::Client& remoting() { return remoting_; }

  /// Starts refreshing and beating.
  void start();
  /// Unregisters `producer_group` or `consumer_group` (empty = none) at every broker that had a
  /// heartbeat, waiting no longer than the call timeout for all; then closes all connections, fails
  /// what waits with `stopped`, and joins.
  void stop(std::string_view producer_group, std::string_view consumer_group);
  bool stopping() const { return stop_.cancelled(); }

  /// The topic's route: the known one, else asks the name servers. From then on it is refreshed.
  /// Those who want the same topic at the same time ask once and share what comes of it, a failure
  /// too; each waits no longer than its own deadline, and the asking goes on for the next.
  /// Errors: `not_found` (no broker has the topic), `timed_out`, `stopped`, and those of remoting when
  /// none answers.
  Result<RoutePtr> route(std::string_view topic, Instant deadline = Instant::never());
  /// The same for somebody who sends: a topic that no broker has yet gets the route of the template
  /// TBW102, from which brokers create topics on first use, with at most `queues_max` queues each.
  Result<RoutePtr> route_to_send(std::string_view topic, std::int32_t queues_max, Instant deadline);
  /// The known route; null when none is.
  RoutePtr known_route(std::string_view topic) const;
  /// Where this broker's master was when a route last named it, also when none does any more: a broker
  /// that a NameServer has lost sight of may well serve.
  std::optional<Endpoint> last_master(std::string_view broker) const;
  /// Asks again now, for instance after a broker said that it has not got the topic.
  Result<RoutePtr> refresh(std::string_view topic);
  /// Called when a route that was known has changed. Must not suspend.
  void on_route_change(std::function<void()> callback) { route_changed_ = std::move(callback); }

  /// Sends heartbeats to every broker that the known routes name and suspends until all have
  /// answered or failed.
  void heartbeat_all();
  /// Lets the heartbeat fiber tell this broker soon who we are: it seems to have forgotten.
  void greet_again(const Endpoint& broker);

  /// Asks a broker and returns its answer if the code is 0; `not_found` for 17 and 22, else as
  /// answer_error() says.
  Result<Command> ask(const Endpoint& broker, Command request);
  /// Asks several at once and suspends until all have answered or failed; outcomes in order.
  std::vector<Result<Command>> ask_all(std::vector<std::pair<Endpoint, Command>> requests);

 private:
  struct Known {
    RoutePtr route;
    std::int32_t template_queues = 0;  // above 0: from TBW102, the topic itself did not exist
  };

  /// What several wait for. `template_queues` as in Known: whether TBW102 is asked for.
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

/// What a broker's or name server's answer with a code other than 0 means to the caller; the detail
/// is the code's name. `not_found` 17, 22; `denied` 16; `busy` 2, 14, 215; `invalid` the rest.
Error answer_error(std::int32_t response_code);

}  // namespace gantry::client::session
