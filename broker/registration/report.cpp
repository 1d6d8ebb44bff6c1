#include "broker/registration/report.h"

#include "model/base/crc32.h"
#include "model/route/register_broker.h"

namespace gantry::broker::registration {
namespace {

using model::protocol::Command;
using model::protocol::RequestCode;
using model::route::RegisterBrokerBody;

/// What a frame holds beside the header, of which some hundred bytes are used.
constexpr std::size_t body_bytes_max = model::protocol::frame_bytes_max - 64 * 1024;

void put_identity(Command& command, const config::BrokerConfig& config) {
  command.fields.set("brokerName", config.broker_name);
  command.fields.set("brokerAddr", config.address());
  command.fields.set("clusterName", config.broker_cluster_name);
  command.fields.set("brokerId", config.broker_id);
}

}  // namespace

Result<Command> report_of(const config::BrokerConfig& config, const topics::TopicTable& topics) {
  RegisterBrokerBody body{topics.lasting(), {}};
  const auto permitted = static_cast<std::int32_t>(config.broker_permission);
  if ((permitted & 6) != 6)
    for (auto& [name, topic] : body.topic_config.topics) topic.perm &= permitted;

  bool compressed = config.compressed_register;
  Buffer bytes = model::route::encode(body, compressed);
  if (!compressed && bytes.size() > body_bytes_max) bytes = model::route::encode(body, compressed = true);
  if (bytes.size() > body_bytes_max) return Error(Errc::too_large, "the topics do not fit a frame");

  Command command = Command::request(RequestCode::register_broker);
  put_identity(command, config);
  command.fields.set("haServerAddr", config.ha_address());
  command.fields.set("compressed", compressed);
  command.body = std::move(bytes);
  command.fields.set("bodyCrc32", std::int64_t{crc32_31(command.body)});
  return command;
}

Command farewell_of(const config::BrokerConfig& config) {
  Command command = Command::request(RequestCode::unregister_broker);
  put_identity(command, config);
  return command;
}

}  // namespace gantry::broker::registration
