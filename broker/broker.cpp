#include "broker/broker.h"

#include "broker/config/addresses.h"
#include "broker/door/server_options.h"
#include "broker/processor/processors.h"
#include "broker/registration/registration.h"
#include "broker/services/services.h"
#include "broker/services/tables.h"
#include "runtime/log.h"

namespace gantry::broker {
namespace {

std::string store_trouble(const std::string& root, const Error& error) {
  switch (error.code) {
    case Errc::in_use: return fmt::format("the store in {} is in use by another process", root);
    case Errc::denied: return fmt::format("the store's folder {} cannot be written", root);
    case Errc::no_space: return fmt::format("no space left for the store in {}", root);
    default: return fmt::format("the store in {} cannot be opened: {}", root, error);
  }
}

std::string port_trouble(const runtime::Endpoint& at, const Error& error) {
  if (error.code == Errc::in_use) return fmt::format("port {} of {} is in use", at.port, at.host);
  return fmt::format("port {} of {} cannot be listened on: {}", at.port, at.host, error);
}

}  // namespace

struct Broker::State {
  State(runtime::Runtime with, BrokerConfig of)
      : runtime(with),
        config(std::move(of)),
        tables(with, config),
        statistics(with.clock),
        registration(with, config, tables.topics),
        server(with, door::channel_options(std::chrono::seconds(config.server_channel_max_idle_time_s)),
               door::connections_max(config.connections_max)) {}

  Result<void> open_ports();
  Result<void> open_store();
  void serve();
  Result<void> give_up(Error error, std::string why);

  runtime::Runtime runtime;
  BrokerConfig config;
  services::Tables tables;
  statistics::Statistics statistics;
  registration::Registration registration;
  std::unique_ptr<store::MessageStore> store;
  std::unique_ptr<services::Services> services;
  std::unique_ptr<processor::Processors> processors;
  std::unique_ptr<runtime::Listener> port;
  std::unique_ptr<runtime::Listener> vip_port;  // listenPort - 2
  runtime::remoting::Server server;
  std::string trouble;
  bool serving = false;
};

Broker::Broker(runtime::Runtime runtime, BrokerConfig config)
    : state_(std::make_unique<State>(runtime, std::move(config))) {}

Broker::~Broker() = default;

const std::string& Broker::trouble() const {
  return state_->trouble;
}

/// Both, or none.
Result<void> Broker::State::open_ports() {
  const auto open = [this](std::int64_t number, std::unique_ptr<runtime::Listener>& into) -> Result<void> {
    const runtime::Endpoint at{config.bind_address, static_cast<std::uint16_t>(number)};
    auto opened = runtime.network.listen(at);
    if (!opened) return give_up(opened.error(), port_trouble(at, opened.error()));
    into = std::move(*opened);
    return {};
  };
  if (auto opened = open(config.listen_port, port); !opened) return opened;
  return open(config.listen_port - 2, vip_port);
}

/// The tables are read between the lock and the recovery: one that cannot be read leaves the store as
/// it was, and no other process writes them any more.
Result<void> Broker::State::open_store() {
  auto opened = store::MessageStore::open(runtime, config.store_config(), [this] { return tables.load(); });
  if (!opened) {
    const bool by_tables = !tables.trouble().empty();
    return give_up(opened.error(),
                   by_tables ? tables.trouble() : store_trouble(config.store_path_root_dir, opened.error()));
  }
  store = std::move(*opened);
  tables.match_queues(*store);
  return {};
}

void Broker::State::serve() {
  services = std::make_unique<services::Services>(runtime, config, *store, tables, registration);
  processors = std::make_unique<processor::Processors>(runtime, config, *services, statistics);
  processors->serve(server);
  server.serve(std::move(port));
  // Old clients and slaves dial this one first for all but pulls.
  server.serve(std::move(vip_port),
               {model::protocol::RequestCode::pull_message, processor::lite_pull_message});
  services->start();
}

Result<void> Broker::State::give_up(Error error, std::string why) {
  trouble = std::move(why);
  return error;
}

Result<void> Broker::start() {
  State& own = *state_;
  if (auto namesrvs = config::parse_addresses(own.config.namesrv_addr); !namesrvs)
    return own.give_up(namesrvs.error(), fmt::format("namesrvAddr: {}", namesrvs.error().detail));
  Result<void> ready = own.open_ports();
  if (ready) ready = own.open_store();
  if (!ready) {
    own.port.reset();
    own.vip_port.reset();
    return ready;
  }
  own.serve();
  own.serving = true;
  own.registration.start();
  return {};
}

void Broker::stop() {
  State& own = *state_;
  if (!std::exchange(own.serving, false)) return;
  own.registration.stop();
  own.services->stop_waiting();
  own.runtime.tasks.yield();  // what was answered leaves at the end of a turn, before its channel closes
  own.server.stop();
  own.services->stop();
  if (auto stopped = own.store->stop(); !stopped)
    runtime::log(own.runtime.events, runtime::Level::error, "the store could not be closed in order: {}",
                 stopped.error());
}

void Broker::check_invariants() const {
  if (state_->serving) state_->store->check_invariants();
}

}  // namespace gantry::broker
