#include "broker/processor/remoting_peer.h"

#include <utility>

namespace gantry::broker::processor {

using runtime::remoting::Channel;
using runtime::remoting::Command;

void RemotingPeer::members_changed(std::string_view group) {
  Command notice = Command::request(model::protocol::RequestCode::notify_consumer_ids_changed);
  notice.fields.set("consumerGroup", group);
  channel_->one_way(std::move(notice));
}

const std::shared_ptr<membership::Peer>& RemotingPeers::of(const std::shared_ptr<Channel>& channel) {
  std::shared_ptr<membership::Peer>& peer = peers_[channel->id()];
  if (!peer) peer = std::make_shared<RemotingPeer>(ids_.next(), channel);
  return peer;
}

std::shared_ptr<membership::Peer> RemotingPeers::take(runtime::remoting::ChannelId closed) {
  const auto found = peers_.extract(closed);
  return found.empty() ? nullptr : found.mapped();
}

}  // namespace gantry::broker::processor
