#include "broker/processor/processors.h"

namespace gantry::broker::processor {

Processors::Processors(Parts parts)
    : send_(parts),
      pull_(parts),
      offsets_(parts),
      clients_(parts),
      topics_(parts, pull_.held()),
      admin_(parts) {}

void Processors::serve(runtime::remoting::Server& server) {
  const auto send = [this](const CommandView& request, Responder respond) { send_(request, respond); };
  server.on(RequestCode::send_message, send);
  server.on(RequestCode::send_message_v2, send);
  server.on(RequestCode::send_batch_message, send);
  const auto pull = [this](const CommandView& request, Responder respond) { pull_(request, respond); };
  server.on(RequestCode::pull_message, pull);
  server.on(lite_pull_message, pull);

  // A part's function that yields the answer.
  const auto on = [&server](RequestCode code, auto& part, auto function) {
    server.on(code, [&part, function](const CommandView& request, Responder respond) {
      respond((part.*function)(request));
    });
  };
  on(RequestCode::query_consumer_offset, offsets_, &Offsets::query_consumer);
  on(RequestCode::update_consumer_offset, offsets_, &Offsets::update_consumer);
  on(RequestCode::search_offset_by_timestamp, offsets_, &Offsets::search_by_time);
  on(RequestCode::get_max_offset, offsets_, &Offsets::max);
  on(RequestCode::get_min_offset, offsets_, &Offsets::min);
  on(RequestCode::get_earliest_msg_storetime, offsets_, &Offsets::earliest_store_time);
  on(RequestCode::get_all_consumer_offset, offsets_, &Offsets::all_consumer);

  server.on(RequestCode::heart_beat, [this](const CommandView& request, Responder respond) {
    respond(clients_.heartbeat(request, respond.channel()));
  });
  server.on(RequestCode::unregister_client, [this](const CommandView& request, Responder respond) {
    respond(clients_.unregister(request, respond.channel()));
  });
  on(RequestCode::get_consumer_list_by_group, clients_, &Clients::consumer_list);
  on(RequestCode::check_client_config, clients_, &Clients::check_config);
  on(RequestCode::get_consumer_connection_list, clients_, &Clients::consumer_connections);
  on(RequestCode::get_producer_connection_list, clients_, &Clients::producer_connections);

  on(RequestCode::update_and_create_topic, topics_, &TopicAdmin::update_topic);
  on(RequestCode::delete_topic_in_broker, topics_, &TopicAdmin::delete_topic);
  on(RequestCode::get_all_topic_config, topics_, &TopicAdmin::all_topics);
  on(RequestCode::get_topic_stats_info, topics_, &TopicAdmin::topic_stats);
  on(RequestCode::query_topic_consume_by_who, topics_, &TopicAdmin::consumed_by);
  on(RequestCode::get_system_topic_list_from_broker, topics_, &TopicAdmin::system_topics);
  on(RequestCode::update_and_create_subscriptiongroup, topics_, &TopicAdmin::update_group);
  on(RequestCode::delete_subscriptiongroup, topics_, &TopicAdmin::delete_group);
  on(RequestCode::get_all_subscriptiongroup_config, topics_, &TopicAdmin::all_groups);
  on(RequestCode::get_consume_stats, topics_, &TopicAdmin::consume_stats);

  on(RequestCode::get_broker_config, admin_, &BrokerAdmin::config);
  on(RequestCode::update_broker_config, admin_, &BrokerAdmin::update_config);
  on(RequestCode::get_broker_runtime_info, admin_, &BrokerAdmin::runtime_info);
  on(RequestCode::view_message_by_id, admin_, &BrokerAdmin::view_message);
}

}  // namespace gantry::broker::processor
