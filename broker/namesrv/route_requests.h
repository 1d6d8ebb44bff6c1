#pragma once

#include "broker/namesrv/kv_config.h"
#include "broker/namesrv/namesrv_config.h"
#include "broker/namesrv/route_table.h"
#include "model/protocol/command.h"
#include "runtime/remoting/server.h"
#include "runtime/runtime.h"

namespace gantry::broker::namesrv {

/// The requests about brokers and topics. Each is checked, carried out on the route table, and answered. None
/// of them suspends.
class RouteRequests {
 public:
  /// Everything that is passed by reference must outlive this object.
  RouteRequests(runtime::Runtime runtime, const NamesrvConfig& config, RouteTable& routes, const KvConfig& kv)
      : runtime_(runtime), config_(config), routes_(routes), kv_(kv) {}

  /// Gives `server` the handlers of these requests. To be called before it listens. This object must outlive
  /// every request that the server handles.
  void serve(runtime::remoting::Server& server);

 private:
  using Command = model::protocol::Command;
  using View = model::protocol::CommandView;
  using Channel = runtime::remoting::Channel;

  Command register_broker(const View& request, const Channel& from);
  Command unregister_broker(const View& request, const Channel& from);
  Command query_data_version(const View& request, const Channel& from);
  Command route_of_topic(const View& request) const;
  Command clusters() const;
  Command wipe_write_permission(const View& request);
  Command add_write_permission(const View& request);
  Command delete_topic(const View& request);
  Command topics_of_cluster(const View& request) const;
  Command topic_list(std::set<std::string> topics) const;
  Command no_room(const BrokerIdentity& broker, std::string_view why);
  /// The topics without those that no broker can have meant, or whose numbers of queues would harm clients.
  std::vector<TopicConfig> sound(model::route::TopicConfigTable::Topics topics, std::string_view broker);

  runtime::Runtime runtime_;
  const NamesrvConfig& config_;
  RouteTable& routes_;
  const KvConfig& kv_;
};

}  // namespace gantry::broker::namesrv
