#pragma once

#include <map>
#include <memory>

#include "broker/membership/peer.h"
#include "runtime/remoting/channel.h"

namespace gantry::broker::processor {

/// A client behind a connection of the remoting protocol.
class RemotingPeer final : public membership::Peer {
 public:
  RemotingPeer(membership::PeerId id, std::shared_ptr<runtime::remoting::Channel> channel)
      : id_(id), channel_(std::move(channel)) {}

  membership::PeerId id() const override { return id_; }
  runtime::Endpoint address() const override { return channel_->peer(); }
  bool connected() const override { return channel_->open(); }
  void close() override { channel_->close(); }
  /// Sends NOTIFY_CONSUMER_IDS_CHANGED.
  void members_changed(std::string_view group) override;

 private:
  const membership::PeerId id_;
  const std::shared_ptr<runtime::remoting::Channel> channel_;
};

/// The peers of the connections that are open and that some service was asked to know. Each connection is one
/// peer.
class RemotingPeers {
 public:
  /// `ids` is the broker's, and outlives this.
  explicit RemotingPeers(membership::PeerIds& ids) : ids_(ids) {}

  /// The connection's peer, which is made at the first request that needs one.
  const std::shared_ptr<membership::Peer>& of(const std::shared_ptr<runtime::remoting::Channel>& channel);
  /// Takes out the peer of a connection that has closed; null when it never needed one.
  std::shared_ptr<membership::Peer> take(runtime::remoting::ChannelId closed);

 private:
  membership::PeerIds& ids_;
  std::map<runtime::remoting::ChannelId, std::shared_ptr<membership::Peer>> peers_;
};

}  // namespace gantry::broker::processor
