#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/membership/memberships.h"
#include "model/protocol/bodies/heartbeat.h"

namespace gantry::broker::membership {

namespace bodies = model::protocol::bodies;
using model::message::SubscriptionData;

/// The members of a group that are connected now, and what all of them subscribe to.
struct ConsumerGroup {
  bodies::ConsumeType consume_type{};
  bodies::MessageModel message_model{};
  bodies::ConsumeFromWhere consume_from_where{};
  Members members;
  std::map<std::string, SubscriptionData> subscriptions;  ///< by topic
  std::size_t bytes = 0;                                  ///< of the subscriptions
};

/// Who is connected and consumes what.
///
/// A client id is one member. When a client comes back through a new peer, that peer takes the place of the
/// old one, whose late end then removes nothing. (RocketMQ keys members by connection and can list a client
/// twice, which spoils the allocation of queues.)
class Consumers {
 public:
  /// Called when the members of a group, or its topics, have changed, with the group as it is then. Must not
  /// suspend, and must not change who is a member.
  using Changed = std::function<void(std::string_view group, const ConsumerGroup&)>;
  /// `clock` must outlive this.
  Consumers(const runtime::Clock& clock, Changed changed, const HeartbeatLimits& limits = {})
      : clock_(clock), changed_(std::move(changed)), memberships_(limits) {}

  /// Takes one group of a heartbeat. A subscription replaces an older one to the same topic; topics that are
  /// not among the subscriptions are removed: the last writer wins.
  ///
  /// Returns false when there is no room for it. A client that was a member stays one then, counts as alive,
  /// and keeps what it had.
  bool heartbeat(std::string_view client_id, const std::shared_ptr<Peer>& peer,
                 model::protocol::Language language, std::int32_t version, const bodies::ConsumerData& data);
  /// Whether heartbeat() would take this.
  bool has_room(std::string_view client_id, PeerId peer, const bodies::ConsumerData& data) const;
  /// Removes the member, unless it has come back through another peer.
  void unregister(std::string_view group, std::string_view client_id, PeerId peer);
  /// Removes all members that came through this peer.
  void peer_gone(PeerId peer);
  /// Removes the members that have sent no heartbeat since `limit`, and closes their peers.
  void expire(runtime::Instant limit);

  /// The group; null when it has no member. Valid until the next change.
  const ConsumerGroup* find(std::string_view group) const;
  /// All groups that have a member, by name.
  const std::map<std::string, ConsumerGroup, std::less<>>& all() const { return groups_; }
  /// Groups with a member that is subscribed to the topic.
  std::vector<std::string> groups_of(std::string_view topic) const;

 private:
  using Groups = std::map<std::string, ConsumerGroup, std::less<>>;
  void remove(const Memberships::Names& gone);

  const runtime::Clock& clock_;
  Changed changed_;
  Memberships memberships_;
  Groups groups_;
};

/// Who is connected and produces for which group.
class Producers {
 public:
  /// `clock` must outlive this.
  explicit Producers(const runtime::Clock& clock, const HeartbeatLimits& limits = {})
      : clock_(clock), memberships_(limits) {}
  /// Takes one group of a heartbeat. Returns false when there is no room for it; a client that was a member
  /// stays one then, and counts as alive.
  bool heartbeat(std::string_view group, std::string_view client_id, const std::shared_ptr<Peer>& peer,
                 model::protocol::Language language, std::int32_t version);
  /// Removes the member, unless it has come back through another peer.
  void unregister(std::string_view group, std::string_view client_id, PeerId peer);
  /// Removes all members that came through this peer.
  void peer_gone(PeerId peer);
  /// Removes the members that have sent no heartbeat since `limit`, and closes their peers.
  void expire(runtime::Instant limit);
  /// The group's members; null when none is connected. Valid until the next change.
  const Members* find(std::string_view group) const;

 private:
  void remove(const Memberships::Names& gone);

  const runtime::Clock& clock_;
  Memberships memberships_;
  std::map<std::string, Members, std::less<>> groups_;
};

}  // namespace gantry::broker::membership
