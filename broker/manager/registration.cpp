#include "broker/manager/registration.h"

#include "model/base/crc32.h"
#include "model/protocol/bodies/lists.h"
#include "model/route/register_broker.h"

namespace gantry::broker::manager {
namespace {

using model::protocol::Command;
using model::protocol::RequestCode;

void put_identity(Command& command, const config::BrokerConfig& config) {
  command.fields.set("brokerName", config.broker_name);
  command.fields.set("brokerAddr", config.address());
  command.fields.set("clusterName", config.broker_cluster_name);
  command.fields.set("brokerId", config.broker_id);
}

}  // namespace

std::vector<runtime::Endpoint> parse_addresses(std::string_view list) {
  std::vector<runtime::Endpoint> found;
  while (!list.empty()) {
    std::string_view one = list.substr(0, list.find(';'));
    list.remove_prefix(std::min(one.size() + 1, list.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    const auto colon = one.rfind(':');
    if (colon == std::string_view::npos || colon == 0) continue;
    std::uint32_t port = 0;
    for (const char digit : one.substr(colon + 1))
      port = digit >= '0' && digit <= '9' && port < 65536
                 ? port * 10 + static_cast<std::uint32_t>(digit - '0')
                 : 1'000'000;
    if (port == 0 || port > 65535) continue;
    found.push_back({std::string(one.substr(0, colon)), static_cast<std::uint16_t>(port)});
  }
  return found;
}

/// One request on its way to all NameServers.
struct Registration::Round {
  std::size_t open = 0;
  runtime::sync::WaitList done;
};

Registration::Registration(runtime::Runtime runtime, const config::BrokerConfig& config,
                           topic::TopicTable& topics)
    : runtime_(runtime), config_(config), topics_(topics), client_(runtime), fiber_(runtime.tasks) {}

Registration::~Registration() = default;

void Registration::start() {
  register_all();
  fiber_.spawn("registration", [this] { work(); });
}

void Registration::work() {
  while (!stopping_) {
    if (!due_) {
      const auto period = std::chrono::milliseconds(config_.register_name_server_period_ms);
      const auto woken = wake_.wait(runtime_.tasks, runtime::sync::within(runtime_.clock, period));
      if (!woken && woken.error().code != Errc::timed_out) return;
    }
    if (stopping_) return;
    due_ = false;
    register_all();
  }
}

void Registration::soon() {
  due_ = true;
  wake_.wake_all(runtime_.tasks);
}

Command Registration::registration(std::map<std::string, topic::TopicConfig> topics) const {
  const auto permitted = static_cast<std::int32_t>(config_.broker_permission);
  if ((permitted & 6) != 6)
    for (auto& [name, topic] : topics) topic.perm &= permitted;

  const model::route::RegisterBrokerBody body{{topics_.version(), std::move(topics)}, {}};
  Command command = Command::request(RequestCode::register_broker);
  put_identity(command, config_);
  command.fields.set("haServerAddr", config_.ha_address());
  command.fields.set("compressed", config_.compressed_register);
  command.body = model::route::encode(body, config_.compressed_register);
  command.fields.set("bodyCrc32", std::int64_t{crc32_31(command.body)});
  return command;
}

void Registration::register_all() {
  send(registration(topics_.all()), true);
}

void Registration::register_topic(const topic::TopicConfig& topic) {
  send(registration({{topic.topic_name, topic}}), true);
}

void Registration::send(const Command& command, bool takes_order) {
  const auto addresses = parse_addresses(config_.namesrv_addr);
  const auto round = std::make_shared<Round>();
  round->open = addresses.size();
  const auto timeout = std::chrono::milliseconds(config_.register_broker_timeout_ms);
  for (const runtime::Endpoint& to : addresses) {
    const runtime::Instant deadline = runtime_.clock.now() + timeout;
    client_.request(to, command, deadline, [this, round, to, takes_order](Result<Command> answer) {
      if (!answer || answer->code != 0)
        runtime_.events.log(runtime::Level::warn,
                            "name server " + to.host + ":" + std::to_string(to.port) + ": " +
                                (answer ? answer->remark : std::string(name_of(answer.error().code))));
      else if (takes_order) take_order_topics(*answer);
      if (--round->open == 0) round->done.wake_all(runtime_.tasks);
    });
  }
  while (round->open > 0)
    if (auto waited = round->done.wait(runtime_.tasks, {}); !waited) return;
}

void Registration::take_order_topics(const Command& answer) {
  if (answer.body.empty()) return;
  const auto table = model::protocol::read_body<model::protocol::bodies::KvTable>(answer.body);
  if (!table) return;
  std::set<std::string, std::less<>> ordered;
  for (const auto& [topic, queues] : table->table) ordered.insert(topic);
  topics_.set_ordered(ordered);
}

void Registration::stop() {
  if (std::exchange(stopping_, true)) return;
  wake_.wake_all(runtime_.tasks);
  if (auto joined = fiber_.join(); !joined) return;
  Command command = Command::request(RequestCode::unregister_broker);
  put_identity(command, config_);
  send(command, false);
  client_.stop();
}

}  // namespace gantry::broker::manager
