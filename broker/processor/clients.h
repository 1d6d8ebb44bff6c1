#pragma once

#include "broker/consuming/consuming.h"
#include "broker/processor/remoting_peer.h"
#include "model/protocol/command.h"
#include "runtime/remoting/channel.h"

namespace gantry::broker::processor {

/// Who is connected: HEART_BEAT, UNREGISTER_CLIENT, GET_CONSUMER_LIST_BY_GROUP, CHECK_CLIENT_CONFIG,
/// and for tools GET_CONSUMER_CONNECTION_LIST and GET_PRODUCER_CONNECTION_LIST. Each answers one request.
class Clients {
 public:
  using Command = model::protocol::Command;
  using View = model::protocol::CommandView;
  using ChannelPtr = std::shared_ptr<runtime::remoting::Channel>;

  /// Both must outlive the processor.
  Clients(consuming::Consuming& consuming, RemotingPeers& peers) : consuming_(consuming), peers_(peers) {}

  /// May suspend, as Consuming::heartbeat().
  Command heartbeat(const View& request, const ChannelPtr& channel);
  Command unregister(const View& request, const ChannelPtr& channel);
  Command consumer_list(const View& request);
  /// Whether a subscription of this kind can be served.
  Command check_config(const View& request);
  Command consumer_connections(const View& request);
  Command producer_connections(const View& request);

 private:
  consuming::Consuming& consuming_;
  RemotingPeers& peers_;
};

}  // namespace gantry::broker::processor
