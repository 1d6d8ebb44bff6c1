#include <fmt/format.h>

#include "client/message/message.h"
#include "model/protocol/command.h"
#include "properties/cluster/nodes.h"
#include "runtime/remoting/client.h"

namespace gantry::properties::cluster {

using model::protocol::Command;
using model::protocol::RequestCode;
using model::protocol::ResponseCode;
using runtime::Endpoint;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t subscription_in_header = 4;  // pull sys flag, protocol.md 4.3

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
        case ResponseCode::topic_not_exist:
        case ResponseCode::pull_not_found: return std::nullopt;
        default: return fmt::format("at offset {}: code {} {}", offset, answer->code, answer->remark);
      }
      const auto decoded = client::message::decode_messages(answer->body, broker);
      if (!decoded.complete || !decoded.lost.empty())
        return fmt::format("at offset {}: a record does not decode", offset);
      for (const auto& message : decoded.messages) {
        const auto [id, intact] = read_body(notebook_, message.body_text());
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

}  // namespace

void auditor_main(Notebook& notebook, runtime::Runtime runtime) {
  notebook.outcome.stored.clear();
  notebook.outcome.unread.clear();
  runtime::remoting::Client client(runtime);
  QueueReader reader(notebook, runtime, client);
  for (const auto& broker : notebook.c.brokers)
    for (const auto& topic : notebook.c.topics)
      for (std::int32_t queue = 0; queue < topic.queues; ++queue)
        if (const auto wrong = reader.read(broker.name, topic.name, queue))
          notebook.outcome.unread[fmt::format("{} {} queue {}", broker.name, topic.name, queue)] = *wrong;
  client.stop();
}

}  // namespace gantry::properties::cluster
