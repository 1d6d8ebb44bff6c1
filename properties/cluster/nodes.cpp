#include "properties/cluster/nodes.h"

#include <algorithm>

#include <fmt/format.h>

#include "broker/broker.h"
#include "broker/namesrv/name_server.h"
#include "client/consumer/push_consumer.h"
#include "properties/cluster/body.h"
#include "properties/cluster/configured.h"
#include "properties/cluster/sender.h"
#include "runtime/sync/wait.h"

namespace gantry::properties::cluster {

using namespace std::chrono_literals;
using runtime::Instant;
using runtime::Runtime;

namespace {

[[noreturn]] void run_until_crashed(Runtime& runtime) {
  for (;;) runtime.tasks.park();
}

/// Returns when the process is asked to stop.
void run_until_stopped(Notebook& notebook, const std::string& machine, Runtime& runtime) {
  bool asked = false;
  runtime::Waker waiting;
  notebook.world.on_stop(machine, "main", [&] {
    asked = true;
    runtime.tasks.unpark(waiting);
  });
  while (!asked) {
    waiting = runtime.tasks.waker();
    runtime.tasks.park();
  }
}

/// Tries again a second later, as the supervisor of a service does.
void pause_before_retry(Runtime& runtime, std::string_view what, const Error& error) {
  runtime.events.log(runtime::Level::warn,
                     fmt::format("{} did not start: {} {}", what, name_of(error.code), error.detail));
  (void)runtime::sync::sleep(runtime.tasks, runtime.clock, 1s);
}

/// What a node lends to the notebook, for as long as its incarnation lives.
template <class Function>
class Entry {
 public:
  Entry(std::map<std::string, Function>& table, const std::string& name, Function function)
      : table_(table), name_(name) {
    table_[name_] = std::move(function);
  }
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;
  ~Entry() { table_.erase(name_); }

 private:
  std::map<std::string, Function>& table_;
  const std::string name_;
};

client::session::SessionOptions session_of(Notebook& notebook, const std::string& machine) {
  client::session::SessionOptions options;
  for (const auto& n : notebook.c.namesrvs)
    options.namesrvs.push_back({notebook.world.address(n.name), namesrv_port});
  options.client_ip = notebook.world.address(machine);
  return options;
}

std::int32_t queues_of(const cases::Case& c) {
  std::int32_t most = 1;
  for (const auto& topic : c.topics) most = std::max(most, topic.queues);
  return most;
}

}  // namespace

void namesrv_main(Notebook& notebook, const cases::NamesrvSpec& spec, Runtime runtime) {
  for (;;) {
    broker::namesrv::NamesrvConfig config;
    config.listen_port = namesrv_port;
    broker::namesrv::NameServer server(runtime, config);
    const auto started = server.start();
    if (started) run_until_stopped(notebook, spec.name, runtime);
    server.stop();
    if (started) return;
    pause_before_retry(runtime, "the NameServer", started.error());
  }
}

void broker_main(Notebook& notebook, const cases::BrokerSpec& spec, Runtime runtime) {
  broker::config::BrokerConfig config = configured(spec);
  config.broker_name = spec.name;
  config.broker_ip1 = config.broker_ip2 = notebook.world.address(spec.name);
  config.listen_port = broker_port;
  config.store_path_root_dir = "store";
  config.default_topic_queue_nums = queues_of(notebook.c);
  for (const auto& n : notebook.c.namesrvs)
    config.namesrv_addr += fmt::format("{}{}:{}", config.namesrv_addr.empty() ? "" : ";",
                                       notebook.world.address(n.name), namesrv_port);
  for (;;) {
    broker::Broker broker(runtime, config);
    const auto started = broker.start();
    const Entry<std::function<void()>> check(notebook.invariants, spec.name,
                                             [&broker] { broker.check_invariants(); });
    if (started) run_until_stopped(notebook, spec.name, runtime);
    broker.stop();
    if (started) return;
    pause_before_retry(runtime, spec.name, started.error());
  }
}

void producer_main(Notebook& notebook, const cases::ProducerSpec& spec, Runtime runtime) {
  ProducerOptions options;
  options.new_topic_queues = queues_of(notebook.c);
  Sender sender(notebook, spec.name, runtime, session_of(notebook, spec.name), options);
  sender.send_what_is_due();
  sender.send_probes();
  run_until_crashed(runtime);
}

void consumer_main(Notebook& notebook, const cases::ConsumerSpec& spec, Runtime runtime) {
  ConsumerOptions options;
  options.from = ConsumeFrom::first_offset;
  options.concurrency = static_cast<std::size_t>(spec.threads);
  const std::uint32_t incarnation = notebook.witness.incarnation_of(spec.name);
  std::vector<Consumed>& consumed = notebook.outcome.consumed;
  client::consumer::PushConsumer consumer(
      runtime, session_of(notebook, spec.name), spec.group, options, [&](const auto& messages) {
        const std::size_t first = consumed.size();
        for (const auto& message : messages) {
          const auto [id, intact] = read_body(notebook.bodies, message->body_text());
          consumed.push_back({.group = spec.group,
                              .consumer = spec.name,
                              .incarnation = incarnation,
                              .id = id,
                              .place = {message->queue.broker_name, message->queue.topic,
                                        message->queue.queue_id, message->queue_offset},
                              .at = notebook.now(),
                              .intact = intact});
        }
        if (spec.listener_ms > 0)
          (void)runtime::sync::sleep(runtime.tasks, runtime.clock,
                                     std::chrono::milliseconds(spec.listener_ms));
        for (std::size_t i = 0; i < messages.size(); ++i) consumed[first + i].ended = notebook.now();
        return ConsumeResult::success;
      });
  invariant(consumer.subscribe(spec.topic).has_value(), "a case holds only topics that can be subscribed");
  const Entry<std::function<std::vector<model::route::MessageQueue>()>> owner(
      notebook.owners, spec.name, [&consumer] { return consumer.owned(); });
  for (;;) {
    const auto started = consumer.start();
    if (started) {
      run_until_stopped(notebook, spec.name, runtime);
      return consumer.stop();
    }
    pause_before_retry(runtime, spec.name, started.error());
  }
}

}  // namespace gantry::properties::cluster
