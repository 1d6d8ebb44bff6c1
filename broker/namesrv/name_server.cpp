#include "broker/namesrv/name_server.h"

#include <algorithm>
#include <string>
#include <utility>

#include "broker/door/server_options.h"
#include "broker/namesrv/kv_config.h"
#include "broker/namesrv/route_requests.h"
#include "broker/namesrv/route_table.h"
#include "broker/namesrv/settings_requests.h"
#include "runtime/log.h"
#include "runtime/remoting/server.h"
#include "runtime/sync/task_group.h"
#include "runtime/sync/wait.h"

namespace gantry::broker::namesrv {

using runtime::Level;
using runtime::remoting::Channel;
using runtime::remoting::Server;

struct NameServer::State {
  State(runtime::Runtime with, NamesrvConfig what)
      : runtime(with),
        config(std::move(what)),
        kv(runtime, config.kv_config_path),
        route_requests(runtime, config, routes, kv),
        settings_requests(runtime, config, kv),
        server(runtime, door::channel_options(std::chrono::seconds(config.channel_idle_seconds_max)),
               door::connections_max(config.connections_max)),
        scanning(runtime.tasks),
        stopping(runtime.tasks) {}

  void forget(const Channel& closed);
  void scan();
  void scan_for_ever();

  runtime::Runtime runtime;
  NamesrvConfig config;
  RouteTable routes;
  KvConfig kv;
  RouteRequests route_requests;
  SettingsRequests settings_requests;
  Server server;
  runtime::Endpoint at;
  runtime::sync::TaskGroup scanning;
  runtime::sync::Cancellation stopping;
};

void NameServer::State::forget(const Channel& closed) {
  for (const BrokerIdentity& broker : routes.remove_channel(closed.id()))
    runtime::log(runtime.events, Level::info, "namesrv: {} id {} at {} is gone: its connection closed",
                 broker.name, broker.id, broker.address);
}

void NameServer::State::scan() {
  const runtime::Instant now = runtime.clock.now();
  const runtime::Instant oldest{now.ns - config.broker_silence_max.count()};
  for (const auto& [broker, channel_id] : routes.remove_silent_since(oldest)) {
    runtime.events.count("namesrv.expired", 1);
    runtime::log(runtime.events, Level::warn, "namesrv: {} id {} at {} is gone: silent for too long",
                 broker.name, broker.id, broker.address);
    for (const auto& channel : server.channels())
      if (channel->id() == channel_id) channel->close();
  }
}

void NameServer::State::scan_for_ever() {
  runtime::Duration pause = config.scan_first;
  while (runtime::sync::sleep(runtime.tasks, runtime.clock, pause, &stopping)) {
    scan();
    pause = config.scan_period;
  }
}

NameServer::NameServer(runtime::Runtime runtime, NamesrvConfig config)
    : state_(std::make_unique<State>(runtime, std::move(config))) {}
NameServer::~NameServer() = default;

Result<void> NameServer::start() {
  State& state = *state_;
  if (auto loaded = state.kv.load(); !loaded) return loaded;
  state.route_requests.serve(state.server);
  state.settings_requests.serve(state.server);
  state.server.on_close([&state](const std::shared_ptr<Channel>& channel) { state.forget(*channel); });
  const auto at = state.server.listen({state.config.bind_address, state.config.listen_port});
  if (!at) return at.error();
  state.at = *at;
  state.scanning.spawn("namesrv.scan", [&state] { state.scan_for_ever(); });
  return {};
}

runtime::Endpoint NameServer::address() const {
  return state_->at;
}

void NameServer::stop() {
  state_->stopping.cancel();
  state_->server.stop();
  const auto joined = state_->scanning.join();
  invariant(joined.has_value(), "a join without a limit ends well");
}

}  // namespace gantry::broker::namesrv
