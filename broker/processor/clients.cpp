#include "broker/processor/clients.h"

#include "model/message/names.h"
#include "model/protocol/bodies/connections.h"
#include "model/protocol/headers.h"

namespace gantry::broker::processor {
namespace {

namespace names = model::message;
namespace protocol = model::protocol;
namespace bodies = model::protocol::bodies;

/// What one heartbeat may list; no client comes near.
constexpr std::size_t groups_max = 4096;
constexpr std::size_t subscriptions_max = 4096;
constexpr protocol::JsonLimits heartbeat_limits{.bytes = 4u << 20, .values = 400'000, .depth = 16};

/// The names in a heartbeat's body, which the door does not see.
std::optional<Command> check(const bodies::HeartbeatData& data) {
  Result<void> legal = names::check_client_id(data.client_id);
  bool too_many = data.producers.size() + data.consumers.size() > groups_max;
  for (const auto& producer : data.producers)
    if (legal) legal = names::check_group(producer.group_name);
  for (const auto& consumer : data.consumers) {
    if (legal) legal = names::check_group(consumer.group_name);
    too_many = too_many || consumer.subscriptions.size() > subscriptions_max;
    for (const auto& subscription : consumer.subscriptions)
      if (legal) legal = names::check_topic(subscription.topic);
  }
  if (!legal) return refuse(ResponseCode::system_error, legal.error().detail);
  if (too_many)
    return refuse(ResponseCode::system_error, "the heartbeat lists too many groups or subscriptions");
  return std::nullopt;
}

Command no_room_for_member() {
  return refuse(
      ResponseCode::system_error,
      "this connection, or the broker, has as many members and subscriptions of groups as it can keep");
}

std::vector<bodies::Connection> connections_of(const membership::Members& members) {
  std::vector<bodies::Connection> found;
  for (const auto& [id, member] : members) {
    const runtime::Endpoint peer = member.channel->peer();
    found.push_back({id, peer.host + ":" + std::to_string(peer.port),
                     std::string(protocol::name_of(member.language)), member.version});
  }
  return found;
}

}  // namespace

Command Clients::heartbeat(const CommandView& request, const std::shared_ptr<Channel>& channel) {
  const auto data = protocol::read_body<bodies::HeartbeatData>(request.body, heartbeat_limits);
  if (!data) return refuse(ResponseCode::system_error, "the heartbeat's body cannot be read");
  if (auto refusal = check(*data)) return *refusal;

  for (const auto& consumer : data->consumers)
    if (parts_.consumers.has_room(data->client_id, channel->id(), consumer))
      create_group(consumer.group_name);
  if (parts_.topics.dirty())
    if (auto saved = parts_.topics.persist(); !saved)
      parts_.runtime.events.log(runtime::Level::error,
                                "topics.json cannot be written: " + std::string(name_of(saved.error().code)) +
                                    " " + saved.error().detail);
  if (!channel->open()) return Command::response(ResponseCode::success);  // closed while we were suspended
  return join(*data, request, channel);
}

void Clients::create_group(std::string_view name) {
  const auto* group = parts_.groups.or_create(name);
  const std::string retry = names::retry_topic(name);
  if (!group || group->retry_queue_nums <= 0 || parts_.topics.find(retry) || !names::check_topic(retry))
    return;
  if (parts_.topics.full()) return parts_.runtime.events.count("broker.no-room-for-topic", 1);
  parts_.topics.or_create(retry, group->retry_queue_nums);
  parts_.registration.soon();
}

Command Clients::join(const bodies::HeartbeatData& data, const CommandView& request,
                      const std::shared_ptr<Channel>& channel) {
  // One that is refused does not keep the others out: who has been a member must not expire because its
  // client wants more.
  std::optional<Command> refusal;
  for (const auto& producer : data.producers)
    if (!parts_.producers.heartbeat(producer.group_name, data.client_id, channel, request.language,
                                    request.version))
      refusal = no_room_for_member();
  for (const auto& consumer : data.consumers)
    if (!parts_.groups.find(consumer.group_name) && parts_.groups.full())
      refusal = no_group(parts_, consumer.group_name);
    else if (!parts_.consumers.heartbeat(data.client_id, channel, request.language, request.version,
                                         consumer))
      refusal = no_room_for_member();
  if (!refusal) return Command::response(ResponseCode::success);
  parts_.runtime.events.count("broker.heartbeat-refused", 1);
  return std::move(*refusal);
}

Command Clients::unregister(const CommandView& request, const std::shared_ptr<Channel>& channel) {
  const auto header = read_header<protocol::UnregisterClientHeader>(request);
  if (!header) return refuse(header.error());
  if (!header->producer_group.empty())
    parts_.producers.unregister(header->producer_group, header->client_id, channel->id());
  if (!header->consumer_group.empty())
    parts_.consumers.unregister(header->consumer_group, header->client_id, channel->id());
  return Command::response(ResponseCode::success);
}

Command Clients::consumer_list(const CommandView& request) {
  const auto header = read_header<protocol::GroupHeader>(request);
  if (!header) return refuse(header.error());
  const std::string_view name = header->consumer_group;
  // Never an empty list: clients would take it for an answer.
  const auto* group = parts_.consumers.find(name);
  if (!group) return refuse(ResponseCode::system_error, "no consumer for this group, " + std::string(name));
  bodies::ConsumerIdList list;
  for (const auto& [id, member] : group->members) list.consumer_ids.push_back(id);
  return with_body(protocol::write_text(list));
}

Command Clients::check_config(const CommandView& request) {
  const auto data = protocol::read_body<bodies::CheckClientConfig>(request.body);
  if (!data) return refuse(ResponseCode::system_error, "the body cannot be read");
  if (data->subscription.is_tag_expression()) return Command::response(ResponseCode::success);
  return refuse(ResponseCode::system_error, "The broker does not support consumer to filter message by " +
                                                data->subscription.expression_type);
}

Command Clients::consumer_connections(const CommandView& request) {
  const auto header = read_header<protocol::GroupHeader>(request);
  if (!header) return refuse(header.error());
  const std::string_view name = header->consumer_group;
  const auto* group = parts_.consumers.find(name);
  if (!group)
    return refuse(ResponseCode::consumer_not_online,
                  "the consumer group[" + std::string(name) + "] not online");
  return with_body(protocol::write_text(
      bodies::ConsumerConnection{connections_of(group->members), group->consume_from_where,
                                 group->consume_type, group->message_model, group->subscriptions}));
}

Command Clients::producer_connections(const CommandView& request) {
  const auto header = read_header<protocol::ProducerGroupHeader>(request);
  if (!header) return refuse(header.error());
  const std::string_view name = header->producer_group;
  const auto* members = parts_.producers.find(name);
  if (!members)
    return refuse(ResponseCode::system_error, "the producer group[" + std::string(name) + "] not exist");
  return with_body(protocol::write_text(bodies::ProducerConnection{connections_of(*members)}));
}

void notify_members(const Parts& parts, std::string_view group, const membership::ConsumerGroup& members) {
  const auto* known = parts.groups.find(group);
  if (!parts.config.notify_consumer_ids_changed_enable) return;
  if (known && !known->notify_consumer_ids_changed_enable) return;
  for (const auto& [id, member] : members.members) {
    Command notice = Command::request(RequestCode::notify_consumer_ids_changed);
    notice.fields.set("consumerGroup", group);
    member.channel->one_way(std::move(notice));
  }
}

}  // namespace gantry::broker::processor
