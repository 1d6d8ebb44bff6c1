#include "properties/cluster/nodes.h"

#include <algorithm>

#include <fmt/format.h>

#include "broker/broker.h"
#include "broker/namesrv/name_server.h"
#include "client/consumer/push_consumer.h"
#include "client/producer/producer.h"
#include "model/message/message_id.h"
#include "properties/cluster/configured.h"
#include "properties/cluster/run.h"
#include "runtime/sync/wait.h"

namespace gantry::properties::cluster {

using namespace std::chrono_literals;
using runtime::Instant;
using runtime::Runtime;

namespace {

[[noreturn]] void run_until_crashed(Runtime& runtime) {
  for (;;) runtime.tasks.park();
}

/// What an operator's supervisor does: comes back a second later.
void pause_before_retry(Runtime& runtime, std::string_view what, const Error& error) {
  runtime.events.log(runtime::Level::warn,
                     fmt::format("{} did not start: {} {}", what, name_of(error.code), error.detail));
  (void)runtime::sync::sleep(runtime.tasks, runtime.clock, 1s);
}

/// Until that time of the world, whatever this node's clock says.
void wait_until(Notebook& notebook, Runtime& runtime, Instant when) {
  while (notebook.now() < when)
    (void)runtime::sync::sleep(runtime.tasks, runtime.clock, when - notebook.now() + 1us);
}

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

namespace {

/// What follows the id in the body of its message.
class Letters {
 public:
  explicit Letters(std::string_view id) {
    for (const char ch : id) x_ = (x_ ^ static_cast<unsigned char>(ch)) * 16777619u;
  }
  char next() {
    x_ = x_ * 1664525u + 1013904223u;
    return static_cast<char>('a' + (x_ >> 24) % 26);
  }

 private:
  std::uint32_t x_ = 0x9E3779B9;
};

}  // namespace

std::string body_of(std::string_view id, std::int32_t bytes) {
  std::string body(std::max(id.size() + 1, static_cast<std::size_t>(bytes)), '|');
  std::ranges::copy(id, body.begin());
  Letters letters(id);
  for (std::size_t i = id.size() + 1; i < body.size(); ++i) body[i] = letters.next();
  return body;
}

std::pair<std::string, bool> read_body(const Notebook& notebook, std::string_view body) {
  const std::string_view id = body.substr(0, body.find('|'));
  const auto bytes = notebook.bytes_of.find(id);
  if (bytes == notebook.bytes_of.end()) return {std::string(id), false};
  const bool whole = body.size() == std::max(id.size() + 1, static_cast<std::size_t>(bytes->second));
  Letters letters(id);
  const auto is_next = [&](char ch) { return ch == letters.next(); };
  return {std::string(id), whole && std::ranges::all_of(body.substr(id.size() + 1), is_next)};
}

void namesrv_main(Notebook&, Runtime runtime) {
  for (;;) {
    broker::namesrv::NamesrvConfig config;
    config.listen_port = namesrv_port;
    broker::namesrv::NameServer server(runtime, config);
    const auto started = server.start();
    if (started) run_until_crashed(runtime);
    server.stop();
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
    if (started) run_until_crashed(runtime);
    broker.stop();
    pause_before_retry(runtime, spec.name, started.error());
  }
}

namespace {

/// One of the case's producers, for one life of its process.
class Sender {
 public:
  Sender(Notebook& notebook, const std::string& name, Runtime runtime)
      : notebook_(notebook), name_(name), runtime_(runtime), producer_(runtime, options()) {
    producer_.start();
    notebook_.sending.erase(name_);  // an incarnation that crashed in a send left its mark
  }

  void send_what_is_due() {
    std::vector<const cases::Send*> mine;
    for (const auto& send : notebook_.c.sends)
      if (send.producer == name_) mine.push_back(&send);
    std::size_t& next = notebook_.next_send[name_];
    while (next < mine.size()) {
      const cases::Send& due = *mine[next];
      wait_until(notebook_, runtime_, Instant{due.at_ms * 1'000'000});
      ++next;  // from here on this send has happened, also when we crash in the middle of it
      send({due.topic, body_of(due.id, due.bytes)}, due.id, false);
    }
  }

  /// For each topic one to whatever queue, and one to a queue of each broker that has it.
  void send_probes() {
    while (!notebook_.probing) (void)runtime::sync::sleep(runtime_.tasks, runtime_.clock, 1s);
    for (const auto& topic : notebook_.c.topics) {
      // No timer goes over the connection to the NameServer of a producer that knows no topic: whether it is
      // silent for good shows with this.
      (void)producer_.queues(topic.name);
      probe(topic.name, nullptr);
      for (const auto& broker : notebook_.c.brokers)
        if (const auto queue = queue_to_probe(broker.name, topic.name)) probe(topic.name, &*queue);
    }
    notebook_.probed.insert(name_);
  }

 private:
  static constexpr std::int32_t probe_bytes = 100;

  client::producer::ProducerOptions options() const {
    client::producer::ProducerOptions options;
    options.session = session_of(notebook_, name_);
    options.group = "PG";
    options.new_topic_queues = queues_of(notebook_.c);
    return options;
  }

  /// Another one for each producer, where the broker has so many.
  std::optional<client::message::MessageQueue> queue_to_probe(const std::string& broker,
                                                              const std::string& topic) const {
    std::vector<std::int32_t> ids;
    for (const Queue& queue : notebook_.outcome.probed)
      if (queue.broker == broker && queue.topic == topic) ids.push_back(queue.id);
    if (ids.empty()) return std::nullopt;
    const auto me = std::ranges::find(notebook_.c.producers, name_, &cases::ProducerSpec::name);
    const auto turn = static_cast<std::size_t>(me - notebook_.c.producers.begin());
    return client::message::MessageQueue{topic, broker, ids[turn % ids.size()]};
  }

  void probe(const std::string& topic, const client::message::MessageQueue* queue) {
    const std::string id = fmt::format("{}{}:{}", cases::probe_prefix, name_, ++probes_);
    notebook_.bytes_of[id] = probe_bytes;
    send({topic, body_of(id, probe_bytes)}, id, true, queue);
  }

  void send(client::message::Message message, const std::string& id, bool is_probe,
            const client::message::MessageQueue* queue = nullptr) {
    notebook_.sending.insert(name_);
    const std::size_t at = notebook_.outcome.sent.size();
    notebook_.outcome.sent.push_back({.id = id,
                                      .producer = name_,
                                      .begun = notebook_.now(),
                                      .ended = Instant::never(),
                                      .place = {},
                                      .topic = message.topic,
                                      .probe = is_probe});
    const auto result =
        queue == nullptr ? producer_.send(std::move(message)) : producer_.send(std::move(message), *queue);
    note(notebook_.outcome.sent[at], result);
    notebook_.sending.erase(name_);
  }

  void note(Sent& sent, const Result<client::producer::SendResult>& result) const {
    sent.ended = notebook_.now();
    if (!result) {
      sent.error = result.error().code;
      sent.trouble = fmt::format("{} {}", name_of(result.error().code), result.error().detail);
    } else if (result->status != client::producer::SendStatus::ok) {
      sent.trouble = fmt::format("{} by {}", name_of(result->status), result->queue.broker_name);
    } else {
      sent.acknowledged = true;
      sent.place = {result->queue.broker_name, result->queue.topic, result->queue.queue_id,
                    result->queue_offset};
      if (const auto id = model::message::parse_offset_message_id(result->offset_message_id))
        sent.physical_offset = id->physical_offset;
    }
  }

  Notebook& notebook_;
  const std::string& name_;
  Runtime runtime_;
  client::producer::Producer producer_;
  int probes_ = 0;
};

}  // namespace

void producer_main(Notebook& notebook, const cases::ProducerSpec& spec, Runtime runtime) {
  Sender sender(notebook, spec.name, runtime);
  sender.send_what_is_due();
  sender.send_probes();
  run_until_crashed(runtime);
}

void consumer_main(Notebook& notebook, const cases::ConsumerSpec& spec, Runtime runtime) {
  client::consumer::ConsumerOptions options;
  options.session = session_of(notebook, spec.name);
  options.group = spec.group;
  options.from = client::consumer::ConsumeFrom::first_offset;
  options.concurrency = static_cast<std::size_t>(spec.threads);
  const std::uint32_t incarnation = notebook.witness.incarnation_of(spec.name);
  std::vector<Consumed>& consumed = notebook.outcome.consumed;
  client::consumer::PushConsumer consumer(runtime, options, [&](const auto& messages) {
    const std::size_t first = consumed.size();
    for (const auto& message : messages) {
      const auto [id, intact] = read_body(notebook, message->body_text());
      consumed.push_back({.group = spec.group,
                          .consumer = spec.name,
                          .incarnation = incarnation,
                          .id = id,
                          .place = {message->queue.broker_name, message->queue.topic, message->queue.queue_id,
                                    message->queue_offset},
                          .at = notebook.now(),
                          .intact = intact});
    }
    if (spec.listener_ms > 0)
      (void)runtime::sync::sleep(runtime.tasks, runtime.clock, std::chrono::milliseconds(spec.listener_ms));
    for (std::size_t i = 0; i < messages.size(); ++i) consumed[first + i].ended = notebook.now();
    return client::consumer::ConsumeResult::success;
  });
  invariant(consumer.subscribe(spec.topic).has_value(), "a case holds only topics that can be subscribed");
  notebook.owners[spec.name] = [&] { return consumer.owned(); };
  struct Forget {
    Notebook& notebook;
    const std::string& name;
    ~Forget() { notebook.owners.erase(name); }
  } forget{notebook, spec.name};
  for (;;) {
    const auto started = consumer.start();
    if (started) run_until_crashed(runtime);
    pause_before_retry(runtime, spec.name, started.error());
  }
}

}  // namespace gantry::properties::cluster
