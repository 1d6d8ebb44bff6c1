#include "broker/broker.h"

#include <algorithm>
#include <map>

#include "broker/config/addresses.h"
#include "broker/processor/processors.h"
#include "broker/processor/steps.h"
#include "runtime/sync/task_group.h"

namespace gantry::broker {
namespace {

using namespace std::chrono_literals;
using runtime::remoting::Channel;

constexpr auto client_scan_interval = 10s;
constexpr auto client_expiry = 120s;

runtime::remoting::ChannelOptions channel_options(const BrokerConfig& config) {
  runtime::remoting::ChannelOptions options;
  options.idle_max = std::chrono::seconds(config.server_channel_max_idle_time_s);
  options.write_stall_max = std::min(options.write_stall_max, options.idle_max);
  return options;
}

std::string in_words(const Error& error) {
  std::string text(name_of(error.code));
  if (error.detail[0] != '\0') text.append(", ").append(error.detail);
  return text;
}

std::string store_trouble(const std::string& root, const Error& error) {
  switch (error.code) {
    case Errc::in_use: return "the store in " + root + " is in use by another process";
    case Errc::denied: return "the store's folder " + root + " cannot be written";
    case Errc::no_space: return "no space left for the store in " + root;
    default: break;
  }
  return "the store in " + root + " cannot be opened: " + in_words(error);
}

std::string port_trouble(const std::string& address, std::int64_t port, const Error& error) {
  const std::string where = "port " + std::to_string(port) + " of " + address;
  if (error.code == Errc::in_use) return where + " is in use";
  return where + " cannot be listened on: " + in_words(error);
}

}  // namespace

struct Broker::State {
  State(runtime::Runtime with, BrokerConfig of)
      : runtime(with),
        config(std::move(of)),
        topics(with, config),
        groups(with, config),
        offsets(with.tasks, with.disk, with.events, config.store_path_root_dir, config.offsets_bytes_max),
        consumers(with.clock,
                  [this](std::string_view group, const manager::ConsumerGroup& members) {
                    if (processors) processor::notify_members(parts(), group, members);
                  }),
        producers(with.clock),
        statistics(with.clock),
        registration(with, config, topics),
        server(with, channel_options(config), config.connections_max),
        stopping(with.tasks),
        fibers(with.tasks) {}

  processor::Parts parts() {
    return {runtime, config, *store, topics, groups, offsets, consumers, producers, registration, statistics};
  }

  Result<void> load();
  void match_topics_to_queues();
  Result<void> open_ports();
  Result<void> open_store();
  void serve();
  Result<void> give_up(Error error, std::string why);
  void save_often();
  void scan_clients();
  void save(bool all);

  runtime::Runtime runtime;
  BrokerConfig config;
  topic::TopicTable topics;
  manager::GroupTable groups;
  offset::ConsumerOffsets offsets;
  manager::Consumers consumers;
  manager::Producers producers;
  manager::Statistics statistics;
  manager::Registration registration;
  std::unique_ptr<store::MessageStore> store;
  std::unique_ptr<processor::Processors> processors;
  std::unique_ptr<runtime::Listener> port;
  std::unique_ptr<runtime::Listener> vip_port;  // listenPort - 2
  runtime::remoting::Server server;
  runtime::sync::Cancellation stopping;
  runtime::sync::TaskGroup fibers;
  std::string trouble;
  bool serving = false;
};

Broker::Broker(runtime::Runtime runtime, BrokerConfig config)
    : state_(std::make_unique<State>(runtime, std::move(config))) {}

Broker::~Broker() = default;

const std::string& Broker::trouble() const {
  return state_->trouble;
}

Result<void> Broker::State::load() {
  const std::pair<const char*, Result<void>> loaded[] = {
      {"topics.json", topics.load()},
      {"subscriptionGroup.json", groups.load()},
      {"consumerOffset.json", offsets.load()},
  };
  for (const auto& [file, result] : loaded) {
    if (result) continue;
    trouble = config.store_path_root_dir + "/config/" + file +
              " cannot be read: " + std::string(name_of(result.error().code));
    return result.error();
  }
  return {};
}

/// A kill right after a topic was deleted leaves its queues in the store, or lets recovery make them
/// anew. A topic is in topics.json before a message of it is stored: what is not there was deleted.
/// But a topics.json that is missing or older says nothing about what it lacks: then the queues say
/// which topics there are, before that table is written and counts as the last one.
void Broker::State::match_topics_to_queues() {
  std::map<std::string, std::int32_t> unknown;  // topic, how many queues
  for (const auto& [topic, queue_id] : store->queues())
    if (!topics.find(topic) && !topics.is_system(topic))
      unknown[topic] = std::max(unknown[topic], queue_id + 1);

  for (const auto& [topic, queue_nums] : unknown) {
    if (topics.loaded_last()) {
      runtime.events.log(runtime::Level::warn, "queues of the deleted topic " + topic + " are removed");
      store->delete_topic(topic);
    } else {
      runtime.events.log(runtime::Level::error, "topic " + topic + " has messages and is not in topics.json");
      topics.or_create(topic, queue_nums);
    }
  }
}

/// Both, or none.
Result<void> Broker::State::open_ports() {
  const auto open = [this](std::int64_t number, std::unique_ptr<runtime::Listener>& into) -> Result<void> {
    auto opened = runtime.network.listen({config.bind_address, static_cast<std::uint16_t>(number)});
    if (!opened) return give_up(opened.error(), port_trouble(config.bind_address, number, opened.error()));
    into = std::move(*opened);
    return {};
  };
  if (auto opened = open(config.listen_port, port); !opened) return opened;
  return open(config.listen_port - 2, vip_port);
}

/// The tables are read between the lock and the recovery: one that cannot be read leaves the store as
/// it was, and nobody else writes them any more.
Result<void> Broker::State::open_store() {
  auto opened = store::MessageStore::open(runtime, config.store_config(), [this] { return load(); });
  if (!opened) {
    if (trouble.empty()) trouble = store_trouble(config.store_path_root_dir, opened.error());
    return opened.error();
  }
  store = std::move(*opened);
  match_topics_to_queues();
  return {};
}

void Broker::State::serve() {
  processors = std::make_unique<processor::Processors>(parts());
  processor::add_steps(server, config);
  processors->serve(server);
  server.on_close([this](const std::shared_ptr<Channel>& channel) {
    producers.channel_closed(channel->id());
    consumers.channel_closed(channel->id());
    processors->held().forget(channel->id());
  });
  store->on_arrival(
      [this](std::string_view topic, std::int32_t queue_id, store::QueueOffset next, std::int64_t tags_code) {
        processors->held().on_arrival(topic, queue_id, next, tags_code);
      });
  server.serve(std::move(port));
  // Old clients and slaves dial this one first for all but pulls.
  server.serve(std::move(vip_port), {processor::RequestCode::pull_message, processor::lite_pull_message});
  fibers.spawn("save-tables", [this] { save_often(); });
  fibers.spawn("scan-clients", [this] { scan_clients(); });
}

Result<void> Broker::State::give_up(Error error, std::string why) {
  trouble = std::move(why);
  return error;
}

Result<void> Broker::start() {
  State& own = *state_;
  if (auto namesrvs = config::parse_addresses(own.config.namesrv_addr); !namesrvs)
    return own.give_up(namesrvs.error(), "namesrvAddr: " + std::string(namesrvs.error().detail));
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
  own.processors->held().stop();
  own.runtime.tasks.yield();  // what was answered leaves at the end of a turn, before its channel closes
  own.server.stop();
  own.stopping.cancel();
  if (auto joined = own.fibers.join(); !joined) return;
  own.save(true);
  if (auto stopped = own.store->stop(); !stopped)
    own.runtime.events.log(runtime::Level::error, "the store could not be closed in order");
}

/// Consumer offsets from time to time; topics and groups too, when saving them at once had failed.
void Broker::State::save_often() {
  while (true) {
    const auto interval = std::chrono::milliseconds(config.flush_consumer_offset_interval_ms);
    if (auto slept = runtime::sync::sleep(runtime.tasks, runtime.clock, interval, &stopping); !slept) return;
    save(false);
  }
}

void Broker::State::save(bool last) {
  const std::pair<const char*, Result<void>> saved[] = {
      {"consumerOffset.json", offsets.persist()},
      {"topics.json", topics.persist()},
      {"subscriptionGroup.json", groups.persist()},
  };
  for (const auto& [file, result] : saved)
    if (!result)
      runtime.events.log(runtime::Level::error, std::string(file) + " cannot be written: " +
                                                    std::string(name_of(result.error().code)) +
                                                    (last ? ", its last changes are lost" : ""));
}

void Broker::State::scan_clients() {
  while (true) {
    const auto slept = runtime::sync::sleep(runtime.tasks, runtime.clock, client_scan_interval, &stopping);
    if (!slept) return;
    const runtime::Instant limit{runtime.clock.now().ns - runtime::Duration(client_expiry).count()};
    producers.expire(limit);
    consumers.expire(limit);
  }
}

}  // namespace gantry::broker
