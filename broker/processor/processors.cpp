#include "broker/processor/processors.h"

#include "broker/processor/steps.h"

namespace gantry::broker::processor {
namespace {

using model::protocol::Command;
using model::protocol::CommandView;
using model::protocol::RequestCode;
using runtime::remoting::Channel;
using runtime::remoting::Responder;
using runtime::remoting::Server;

/// A part's function that yields the answer.
template <class Part>
void on(Server& server, RequestCode code, Part& part, Command (Part::*function)(const CommandView&)) {
  server.on(code, [&part, function](const CommandView& request, const Responder& respond) {
    respond((part.*function)(request));
  });
}

}  // namespace

Processors::Processors(runtime::Runtime runtime, const config::BrokerConfig& config,
                       services::Services& services, statistics::Statistics& statistics)
    : services_(services),
      clock_(runtime.clock),
      config_(config),
      statistics_(statistics),
      peers_(services.peer_ids),
      send_(config, services.sending),
      pull_(services.pulling, peers_),
      offsets_(services.consuming, services.querying),
      clients_(services.consuming, peers_),
      topics_(services.topic_changes, services.group_changes, services.progress, services.querying),
      admin_(runtime.clock, runtime.disk, config, services.config_changes, services.querying, statistics) {}

void Processors::serve(Server& server) {
  add_steps(server, clock_, config_, statistics_);
  server.on_close([this](const std::shared_ptr<Channel>& channel) {
    if (const auto peer = peers_.take(channel->id())) services_.peer_gone(peer->id());
  });
  serve_messages(server);
  serve_clients(server);
  serve_administration(server);
}

void Processors::serve_messages(Server& server) {
  const auto send = [this](const CommandView& request, Responder respond) {
    send_(request, std::move(respond));
  };
  server.on(RequestCode::send_message, send);
  server.on(RequestCode::send_message_v2, send);
  server.on(RequestCode::send_batch_message, send);
  const auto pull = [this](const CommandView& request, Responder respond) {
    pull_(request, std::move(respond));
  };
  server.on(RequestCode::pull_message, pull);
  server.on(lite_pull_message, pull);

  on(server, RequestCode::query_consumer_offset, offsets_, &Offsets::query_consumer);
  on(server, RequestCode::update_consumer_offset, offsets_, &Offsets::update_consumer);
  on(server, RequestCode::search_offset_by_timestamp, offsets_, &Offsets::search_by_time);
  on(server, RequestCode::get_max_offset, offsets_, &Offsets::max);
  on(server, RequestCode::get_min_offset, offsets_, &Offsets::min);
  on(server, RequestCode::get_earliest_msg_storetime, offsets_, &Offsets::earliest_store_time);
  on(server, RequestCode::get_all_consumer_offset, offsets_, &Offsets::all_consumer);
}

void Processors::serve_clients(Server& server) {
  server.on(RequestCode::heart_beat, [this](const CommandView& request, const Responder& respond) {
    respond(clients_.heartbeat(request, respond.channel()));
  });
  server.on(RequestCode::unregister_client, [this](const CommandView& request, const Responder& respond) {
    respond(clients_.unregister(request, respond.channel()));
  });
  on(server, RequestCode::get_consumer_list_by_group, clients_, &Clients::consumer_list);
  on(server, RequestCode::check_client_config, clients_, &Clients::check_config);
  on(server, RequestCode::get_consumer_connection_list, clients_, &Clients::consumer_connections);
  on(server, RequestCode::get_producer_connection_list, clients_, &Clients::producer_connections);
}

void Processors::serve_administration(Server& server) {
  on(server, RequestCode::update_and_create_topic, topics_, &TopicAdmin::update_topic);
  on(server, RequestCode::delete_topic_in_broker, topics_, &TopicAdmin::delete_topic);
  on(server, RequestCode::get_all_topic_config, topics_, &TopicAdmin::all_topics);
  on(server, RequestCode::get_topic_stats_info, topics_, &TopicAdmin::topic_stats);
  on(server, RequestCode::query_topic_consume_by_who, topics_, &TopicAdmin::consumed_by);
  on(server, RequestCode::get_system_topic_list_from_broker, topics_, &TopicAdmin::system_topics);
  on(server, RequestCode::update_and_create_subscriptiongroup, topics_, &TopicAdmin::update_group);
  on(server, RequestCode::delete_subscriptiongroup, topics_, &TopicAdmin::delete_group);
  on(server, RequestCode::get_all_subscriptiongroup_config, topics_, &TopicAdmin::all_groups);
  on(server, RequestCode::get_consume_stats, topics_, &TopicAdmin::consume_stats);

  on(server, RequestCode::get_broker_config, admin_, &BrokerAdmin::config);
  on(server, RequestCode::update_broker_config, admin_, &BrokerAdmin::update_config);
  on(server, RequestCode::get_broker_runtime_info, admin_, &BrokerAdmin::runtime_info);
  on(server, RequestCode::view_message_by_id, admin_, &BrokerAdmin::view_message);
}

}  // namespace gantry::broker::processor
