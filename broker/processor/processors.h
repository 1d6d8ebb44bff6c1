#pragma once

#include "broker/processor/broker_admin.h"
#include "broker/processor/clients.h"
#include "broker/processor/offsets.h"
#include "broker/processor/pull_message.h"
#include "broker/processor/remoting_peer.h"
#include "broker/processor/send_message.h"
#include "broker/processor/topic_admin.h"
#include "broker/services/services.h"
#include "runtime/remoting/server.h"
#include "runtime/runtime.h"

namespace gantry::broker::processor {

/// The remoting door of a broker: all requests that it answers. Each is decoded, handed to one service, and
/// its outcome encoded. What is not here is answered with code 3.
class Processors {
 public:
  /// What it refers to must outlive the door.
  Processors(runtime::Runtime runtime, const config::BrokerConfig& config, services::Services& services,
             statistics::Statistics& statistics);

  /// Makes the server hand its requests to us, and tells the services of each connection that closes; before
  /// it listens. We outlive the server's fibers.
  void serve(runtime::remoting::Server& server);

 private:
  void serve_messages(runtime::remoting::Server& server);
  void serve_clients(runtime::remoting::Server& server);
  void serve_administration(runtime::remoting::Server& server);

  services::Services& services_;
  const runtime::Clock& clock_;
  const config::BrokerConfig& config_;
  statistics::Statistics& statistics_;
  RemotingPeers peers_;
  SendMessage send_;
  PullMessage pull_;
  Offsets offsets_;
  Clients clients_;
  TopicAdmin topics_;
  BrokerAdmin admin_;
};

}  // namespace gantry::broker::processor
