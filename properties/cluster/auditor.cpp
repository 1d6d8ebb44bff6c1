#include <fmt/format.h>

#include "model/layout/received.h"
#include "model/message/names.h"
#include "model/protocol/command.h"
#include "model/protocol/json_codec.h"
#include "model/route/topic_route.h"
#include "properties/cluster/nodes.h"
#include "runtime/remoting/client.h"

namespace gantry::properties::cluster {

using model::protocol::Command;
using model::protocol::RequestCode;
using model::protocol::ResponseCode;
using runtime::Endpoint;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t subscription_in_header = 4;  // a bit of the sysFlag of a pull

/// Reads one queue from its first offset to its end.
class QueueReader {
 public:
  QueueReader(Notebook& notebook, runtime::Runtime& runtime, runtime::remoting::Client& client)
      : notebook_(notebook), runtime_(runtime), client_(client) {}

  /// Returns what went wrong, or nothing.
  std::optional<std::string> read(const std::string& broker, const std::string& topic, std::int32_t queue) {
    std::int64_t offset = 0;
    for (;;) {
      const auto answer = client_.call({notebook_.world.address(broker), broker_port},
                                       request(topic, queue, offset), runtime_.clock.now() + 3s);
      if (!answer) return fmt::format("{} {}", name_of(answer.error().code), answer.error().detail);
      switch (static_cast<ResponseCode>(answer->code)) {
        case ResponseCode::success: break;
        case ResponseCode::topic_not_exist: return std::nullopt;
        case ResponseCode::pull_not_found:
          notebook_.outcome.queues.insert({broker, topic, queue});
          return std::nullopt;
        default: return fmt::format("at offset {}: code {} {}", offset, answer->code, answer->remark);
      }
      const auto received = model::layout::read_records(answer->body, broker);
      if (!received.complete || !received.lost.empty())
        return fmt::format("at offset {}: a record does not decode", offset);
      for (const auto& message : received.messages) {
        const auto [id, intact] = read_body(notebook_.bodies, message.body_text());
        notebook_.outcome.stored.push_back({id,
                                            {broker, topic, queue, message.queue_offset},
                                            message.physical_offset,
                                            message.store_timestamp,
                                            intact});
        offset = message.queue_offset + 1;
      }
    }
  }

 private:
  static Command request(const std::string& topic, std::int32_t queue, std::int64_t offset) {
    Command pull = Command::request(RequestCode::pull_message);
    pull.fields.set("consumerGroup", "TOOLS_CONSUMER");
    pull.fields.set("topic", topic);
    pull.fields.set("queueId", static_cast<std::int64_t>(queue));
    pull.fields.set("queueOffset", offset);
    pull.fields.set("maxMsgNums", std::int64_t{32});
    pull.fields.set("sysFlag", subscription_in_header);
    pull.fields.set("commitOffset", std::int64_t{0});
    pull.fields.set("suspendTimeoutMillis", std::int64_t{0});
    pull.fields.set("subscription", "*");
    pull.fields.set("subVersion", std::int64_t{0});
    return pull;
  }

  Notebook& notebook_;
  runtime::Runtime& runtime_;
  runtime::remoting::Client& client_;
};

Route ask_route(Notebook& notebook, runtime::Runtime& runtime, runtime::remoting::Client& client,
                const std::string& namesrv, const std::string& topic) {
  Route route{.namesrv = namesrv, .topic = topic, .brokers = {}, .trouble = {}};
  Command request = Command::request(RequestCode::get_routeinfo_by_topic);
  request.fields.set("topic", topic);
  const auto answer = client.call({notebook.world.address(namesrv), namesrv_port}, std::move(request),
                                  runtime.clock.now() + 3s);
  if (!answer) {
    route.trouble = name_of(answer.error().code);
    return route;
  }
  if (static_cast<ResponseCode>(answer->code) == ResponseCode::topic_not_exist) return route;
  const auto data = model::protocol::read_body<model::route::TopicRouteData>(answer->body);
  if (answer->code != 0 || !data) {
    route.trouble = fmt::format("code {} {}", answer->code, answer->remark);
    return route;
  }
  for (const auto& broker : data->broker_datas)
    for (const auto& [id, address] : broker.broker_addrs) route.brokers[broker.broker_name].address = address;
  for (const auto& queues : data->queue_datas) {
    route.brokers[queues.broker_name].read_queues = queues.read_queue_nums;
    route.brokers[queues.broker_name].write_queues = queues.write_queue_nums;
  }
  return route;
}

}  // namespace

void auditor_main(Notebook& notebook, runtime::Runtime runtime) {
  Outcome& outcome = notebook.outcome;
  outcome.stored.clear();
  outcome.unread.clear();
  outcome.queues.clear();
  outcome.routes.clear();
  outcome.owned.clear();
  runtime::remoting::Client client(runtime);
  QueueReader reader(notebook, runtime, client);
  for (const auto& broker : notebook.c.brokers)
    for (const auto& topic : notebook.c.topics)
      for (std::int32_t queue = 0; queue < topic.queues; ++queue)
        if (const auto wrong = reader.read(broker.name, topic.name, queue))
          outcome.unread[fmt::format("{} {} queue {}", broker.name, topic.name, queue)] = *wrong;
  std::vector<std::string> topics{std::string(model::message::system_topic::auto_create)};
  for (const auto& topic : notebook.c.topics) topics.push_back(topic.name);
  for (const auto& namesrv : notebook.c.namesrvs)
    for (const auto& topic : topics)
      outcome.routes.push_back(ask_route(notebook, runtime, client, namesrv.name, topic));
  for (const auto& [broker, check] : notebook.invariants) check();
  for (const auto& [consumer, owned] : notebook.owners) outcome.owned[consumer] = owned();
  client.stop();
}

}  // namespace gantry::properties::cluster
