#include "broker/processor/clients.h"

#include <fmt/format.h>

#include "broker/door/answers.h"
#include "model/protocol/bodies/connections.h"
#include "model/protocol/headers.h"

namespace gantry::broker::processor {
namespace {

namespace protocol = model::protocol;
namespace bodies = model::protocol::bodies;
using protocol::Command;
using protocol::read_header;
using protocol::ResponseCode;

constexpr protocol::JsonLimits heartbeat_limits{.bytes = 4u << 20, .values = 400'000, .depth = 16};

std::vector<bodies::Connection> connections_of(const membership::Members& members) {
  std::vector<bodies::Connection> found;
  for (const auto& [id, member] : members)
    found.push_back({id, fmt::format("{}", member.peer->address()),
                     std::string(protocol::name_of(member.language)), member.version});
  return found;
}

}  // namespace

Command Clients::heartbeat(const View& request, const ChannelPtr& channel) {
  const auto data = protocol::read_body<bodies::HeartbeatData>(request.body, heartbeat_limits);
  if (!data) return door::refuse("the heartbeat's body cannot be read");
  return door::answer_to(consuming_.heartbeat(peers_.of(channel), {.client_id = data->client_id,
                                                                   .language = request.language,
                                                                   .version = request.version,
                                                                   .producers = data->producers,
                                                                   .consumers = data->consumers}));
}

Command Clients::unregister(const View& request, const ChannelPtr& channel) {
  const auto header = read_header<protocol::UnregisterClientHeader>(request);
  if (!header) return door::refuse(header.error());
  consuming_.leave(peers_.of(channel)->id(), header->client_id, header->producer_group,
                   header->consumer_group);
  return door::success();
}

Command Clients::consumer_list(const View& request) {
  const auto header = read_header<protocol::GroupHeader>(request);
  if (!header) return door::refuse(header.error());
  auto members = consuming_.members_of(header->consumer_group);
  if (!members) return door::refuse(members.error());
  return door::success_with(bodies::ConsumerIdList{std::move(*members)});
}

Command Clients::check_config(const View& request) {
  const auto data = protocol::read_body<bodies::CheckClientConfig>(request.body);
  if (!data) return door::refuse("the body cannot be read");
  if (data->subscription.is_tag_expression()) return door::success();
  return door::refuse(fmt::format("The broker does not support consumer to filter message by {}",
                                  data->subscription.expression_type));
}

Command Clients::consumer_connections(const View& request) {
  const auto header = read_header<protocol::GroupHeader>(request);
  if (!header) return door::refuse(header.error());
  const auto* group = consuming_.consumers().find(header->consumer_group);
  if (!group)
    return door::refuse(ResponseCode::consumer_not_online,
                        fmt::format("the consumer group[{}] not online", header->consumer_group));
  return door::success_with(bodies::ConsumerConnection{connections_of(group->members),
                                                       group->consume_from_where, group->consume_type,
                                                       group->message_model, group->subscriptions});
}

Command Clients::producer_connections(const View& request) {
  const auto header = read_header<protocol::ProducerGroupHeader>(request);
  if (!header) return door::refuse(header.error());
  const auto* members = consuming_.producers().find(header->producer_group);
  if (!members) return door::refuse(fmt::format("the producer group[{}] not exist", header->producer_group));
  return door::success_with(bodies::ProducerConnection{connections_of(*members)});
}

}  // namespace gantry::broker::processor
