#include "broker/namesrv/route_requests.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "broker/door/answers.h"
#include "model/base/crc32.h"
#include "model/message/names.h"
#include "model/protocol/bodies/lists.h"
#include "model/protocol/namesrv_headers.h"
#include "model/route/register_broker.h"
#include "runtime/log.h"

namespace gantry::broker::namesrv {

using namespace model::protocol;
using runtime::Level;

namespace {

// From here on a request's body is a RegisterBrokerBody; before, the bare table of topics.
constexpr std::int32_t version_3_0_11 = 37;
// From here on clients read standard JSON only.
constexpr std::int32_t version_4_9_4 = 401;
// RocketMQ's own largest, for benchmarks, has 1024; a client makes an object of every queue.
constexpr std::int32_t queue_nums_max = 16384;
// No broker has had any since filter servers are gone from RocketMQ; each stands in every route.
constexpr std::size_t filter_servers_max = 16;

/// Names of brokers and clusters are freer than those of topics: by default they are host names.
bool is_name(std::string_view text) {
  return model::message::check_client_id(text).has_value() && text.find(' ') == std::string_view::npos;
}

constexpr const char* no_broker_name = "the broker name is not acceptable";

/// `host:port`. Go clients split what we answer at commas and colons, so no other may be in there.
bool is_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (!is_name(text) || colon == std::string_view::npos || colon == 0) return false;
  const auto port = parse_i32(text.substr(colon + 1));
  return port && *port > 0 && *port <= 65535 && text.find_first_of(",\"{}") == std::string_view::npos;
}

template <class Header>
Result<BrokerIdentity> identity_of(const Header& header) {
  if (!is_name(header.cluster_name)) return Error(Errc::invalid, "the cluster name is not acceptable");
  if (!is_name(header.broker_name)) return Error(Errc::invalid, no_broker_name);
  if (!is_address(header.broker_addr)) return Error(Errc::invalid, "the broker address is not host:port");
  if (header.broker_id < 0) return Error(Errc::invalid, "the broker id is negative");
  return BrokerIdentity{std::string(header.cluster_name), std::string(header.broker_name),
                        std::string(header.broker_addr), header.broker_id};
}

Result<model::route::RegisterBrokerBody> body_of(const CommandView& request, bool compressed) {
  if (request.version >= version_3_0_11) return model::route::read_register_body(request.body, compressed);
  model::route::RegisterBrokerBody body;
  if (request.body.empty()) return body;
  auto table = read_body<model::route::TopicConfigTable>(request.body, model::route::register_limits);
  if (!table) return table.error();
  body.topic_config = std::move(*table);
  return body;
}

std::string say(const BrokerIdentity& broker) {
  return fmt::format("{} id {} at {} of cluster {}", broker.name, broker.id, broker.address, broker.cluster);
}

}  // namespace

void RouteRequests::serve(runtime::remoting::Server& server) {
  using Method = std::function<Command(const View&, const Channel&)>;
  const auto on = [&](RequestCode code, Method method) {
    server.on(code,
              [method = std::move(method)](const View& request, const runtime::remoting::Responder& respond) {
                respond(method(request, *respond.channel()));
              });
  };
  on(RequestCode::register_broker, [this](auto& r, auto& from) { return register_broker(r, from); });
  on(RequestCode::unregister_broker, [this](auto& r, auto& from) { return unregister_broker(r, from); });
  on(RequestCode::query_data_version, [this](auto& r, auto& from) { return query_data_version(r, from); });
  on(RequestCode::get_routeinfo_by_topic, [this](auto& r, auto&) { return route_of_topic(r); });
  on(RequestCode::get_broker_cluster_info, [this](auto&, auto&) { return clusters(); });
  on(RequestCode::wipe_write_perm_of_broker, [this](auto& r, auto&) { return wipe_write_permission(r); });
  on(RequestCode::add_write_perm_of_broker, [this](auto& r, auto&) { return add_write_permission(r); });
  on(RequestCode::delete_topic_in_namesrv, [this](auto& r, auto&) { return delete_topic(r); });
  on(RequestCode::get_topics_by_cluster, [this](auto& r, auto&) { return topics_of_cluster(r); });
  on(RequestCode::get_all_topic_list_from_nameserver,
     [this](auto&, auto&) { return topic_list(routes_.topics()); });
  on(RequestCode::get_system_topic_list_from_ns,
     [this](auto&, auto&) { return topic_list(routes_.system_topics()); });
  on(RequestCode::get_unit_topic_list,
     [this](auto&, auto&) { return topic_list(routes_.unit_topics(RouteTable::Unit::unit)); });
  on(RequestCode::get_has_unit_sub_topic_list, [this](auto&, auto&) {
    return topic_list(routes_.unit_topics(RouteTable::Unit::with_unit_subscription));
  });
  on(RequestCode::get_has_unit_sub_ununit_topic_list, [this](auto&, auto&) {
    return topic_list(routes_.unit_topics(RouteTable::Unit::only_subscribed_by_unit));
  });
}

Command RouteRequests::register_broker(const View& request, const Channel& from) {
  const auto header = read_header<RegisterBrokerHeader>(request);
  if (!header) return door::refuse(header.error());
  if (header->body_crc32 != 0 && header->body_crc32 != crc32_31(request.body))
    return door::refuse("crc32 not match");
  const auto broker = identity_of(*header);
  if (!broker) return door::refuse(broker.error());
  if (!header->ha_server_addr.empty() && !is_name(header->ha_server_addr))
    return door::refuse("the address for replication is not acceptable");
  auto body = body_of(request, header->compressed);
  if (!body) return door::refuse(body.error());
  if (body->filter_servers.size() > filter_servers_max || !std::ranges::all_of(body->filter_servers, is_name))
    return door::refuse("the filter servers are too many or have names that are not acceptable");

  BrokerReport report{*broker, std::string(header->ha_server_addr), body->topic_config.data_version,
                      sound(std::move(body->topic_config.topics), broker->name),
                      std::move(body->filter_servers)};
  const Registration done = routes_.register_broker(report, from.id(), runtime_.clock.now());
  if (!done.refusal.empty()) return no_room(*broker, done.refusal);
  if (done.is_late) runtime_.events.probe("namesrv.late-registration");
  if (done.is_new) runtime::log(runtime_.events, Level::info, "namesrv: registered {}", say(*broker));

  Command answer = door::success();
  write_fields(RegisterBrokerResponseHeader{done.master_ha_address, done.master_address}, answer.fields);
  if (const KvConfig::Values* const ordered = kv_.values(order_topics))
    answer.body = write_body(bodies::KvTable{*ordered});
  return answer;
}

RouteRequests::Command RouteRequests::no_room(const BrokerIdentity& broker, std::string_view why) {
  runtime_.events.count("namesrv.refused-registrations", 1);
  runtime::log(runtime_.events, Level::warn, "namesrv: refused {}: {}", say(broker), why);
  return door::refuse(why);
}

std::vector<TopicConfig> RouteRequests::sound(model::route::TopicConfigTable::Topics topics,
                                              std::string_view broker) {
  std::vector<TopicConfig> kept;
  std::size_t refused = 0;
  for (auto& [name, topic] : topics) {
    const auto in_range = [](std::int32_t queues) { return queues >= 0 && queues <= queue_nums_max; };
    const bool good = model::message::check_topic(topic.topic_name).has_value() &&
                      in_range(topic.read_queue_nums) && in_range(topic.write_queue_nums);
    if (good) kept.push_back(std::move(topic));
    else ++refused;
  }
  if (refused > 0) {
    runtime_.events.count("namesrv.refused-topics", static_cast<std::int64_t>(refused));
    runtime::log(runtime_.events, Level::warn,
                 "namesrv: {} topics of {} have names or numbers of queues that are not acceptable", refused,
                 broker);
  }
  return kept;
}

Command RouteRequests::unregister_broker(const View& request, const Channel& from) {
  const auto header = read_header<BrokerHeader>(request);
  if (!header) return door::refuse(header.error());
  const auto broker = identity_of(*header);
  if (!broker) return door::refuse(broker.error());
  if (routes_.unregister_broker(*broker, from.id()))
    runtime::log(runtime_.events, Level::info, "namesrv: unregistered {}", say(*broker));
  return door::success();
}

Command RouteRequests::query_data_version(const View& request, const Channel& from) {
  const auto header = read_header<BrokerHeader>(request);
  if (!header) return door::refuse(header.error());
  const auto broker = identity_of(*header);
  if (!broker) return door::refuse(broker.error());
  const auto version = read_body<DataVersion>(request.body, model::protocol::JsonLimits::small());
  if (!version) return door::refuse(version.error());
  std::optional<DataVersion> known;
  const bool changed = routes_.version_changed(*broker, *version, from.id(), runtime_.clock.now(), known);
  Command answer = known ? door::success_with(*known) : door::success();
  write_fields(QueryDataVersionResponseHeader{changed}, answer.fields);
  return answer;
}

Command RouteRequests::route_of_topic(const View& request) const {
  const auto header = read_header<RouteInfoHeader>(request);
  if (!header) return door::refuse(header.error());
  auto route = routes_.route_of(header->topic);
  if (!route)
    return door::refuse(ResponseCode::topic_not_exist,
                        fmt::format("No topic route info in name server for the topic: {}", header->topic));
  if (config_.order_message_enable)
    route->order_topic_conf = kv_.get(order_topics, header->topic).value_or(std::string());
  const bool standard = header->accept_standard_json_only || request.version >= version_4_9_4;
  // Older clients get what Java's NameServer gives them: broker ids as bare keys, {0:"ip:port"}.
  return door::success_with(*route, {.escape_non_ascii = standard, .quote_all_keys = standard});
}

Command RouteRequests::clusters() const {
  // Quoted: a tool says nothing about what it reads, and all of them read this.
  return door::success_with(routes_.clusters(), {.quote_all_keys = true});
}

Command RouteRequests::wipe_write_permission(const View& request) {
  const auto header = read_header<BrokerNameHeader>(request);
  if (!header) return door::refuse(header.error());
  if (!is_name(header->broker_name)) return door::refuse(no_broker_name);
  const std::int32_t topics = routes_.wipe_write_permission(header->broker_name);
  runtime::log(runtime_.events, Level::info, "namesrv: {} takes no writes for {} topics", header->broker_name,
               topics);
  return response_with(ResponseCode::success, WipeWritePermResponseHeader{topics});
}

Command RouteRequests::add_write_permission(const View& request) {
  const auto header = read_header<BrokerNameHeader>(request);
  if (!header) return door::refuse(header.error());
  if (!is_name(header->broker_name)) return door::refuse(no_broker_name);
  const std::int32_t topics = routes_.add_write_permission(header->broker_name);
  runtime::log(runtime_.events, Level::info, "namesrv: {} takes writes again for {} topics",
               header->broker_name, topics);
  return response_with(ResponseCode::success, AddWritePermResponseHeader{topics});
}

Command RouteRequests::delete_topic(const View& request) {
  const auto header = read_header<DeleteTopicInNamesrvHeader>(request);
  if (!header) return door::refuse(header.error());
  if (const auto legal = model::message::check_topic(header->topic); !legal)
    return door::refuse(legal.error());
  routes_.remove_topic(header->topic, header->cluster_name);
  return door::success();
}

Command RouteRequests::topics_of_cluster(const View& request) const {
  const auto header = read_header<TopicsByClusterHeader>(request);
  if (!header) return door::refuse(header.error());
  if (!is_name(header->cluster)) return door::refuse("the cluster name is not acceptable");
  return door::success_with(bodies::TopicList{{}, routes_.topics_of_cluster(header->cluster)});
}

Command RouteRequests::topic_list(std::set<std::string> topics) const {
  return door::success_with(bodies::TopicList{routes_.any_address(), std::move(topics)});
}

}  // namespace gantry::broker::namesrv
