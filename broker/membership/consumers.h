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
/// A client id is one member: when it comes back on a new connection, that takes the place of the
/// old one, whose late close then removes nothing. (RocketMQ keys by connection and can list a
/// client twice, which spoils the allocation of queues.)
class Consumers {
 public:
  /// The members of this group, or its topics, have changed.
  using Changed = std::function<void(std::string_view group, const ConsumerGroup&)>;
  Consumers(const runtime::Clock& clock, Changed changed, const HeartbeatLimits& limits = {})
      : clock_(clock), changed_(std::move(changed)), memberships_(limits) {}

  /// One group of a heartbeat. Subscriptions are replaced per topic by newer ones; topics that are
  /// not among them are removed: the last writer wins.
  ///
  /// False when there is no room for it. A member that was there then stays one, and is alive, with what
  /// it had.
  bool heartbeat(std::string_view client_id, const std::shared_ptr<Peer>& peer,
                 model::protocol::Language language, std::int32_t version, const bodies::ConsumerData& data);
  /// Whether heartbeat() would not refuse this.
  bool has_room(std::string_view client_id, PeerId peer, const bodies::ConsumerData& data) const;
  void unregister(std::string_view group, std::string_view client_id, PeerId peer);
  void peer_gone(PeerId peer);
  /// Closes and removes members without a heartbeat since `limit`.
  void expire(runtime::Instant limit);

  const ConsumerGroup* find(std::string_view group) const;
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
  explicit Producers(const runtime::Clock& clock, const HeartbeatLimits& limits = {})
      : clock_(clock), memberships_(limits) {}
  /// False when there is no room for it; a member that was there then stays one, and is alive.
  bool heartbeat(std::string_view group, std::string_view client_id, const std::shared_ptr<Peer>& peer,
                 model::protocol::Language language, std::int32_t version);
  void unregister(std::string_view group, std::string_view client_id, PeerId peer);
  void peer_gone(PeerId peer);
  void expire(runtime::Instant limit);
  /// Nothing when no producer of that group is connected.
  const Members* find(std::string_view group) const;

 private:
  void remove(const Memberships::Names& gone);

  const runtime::Clock& clock_;
  Memberships memberships_;
  std::map<std::string, Members, std::less<>> groups_;
};

}  // namespace gantry::broker::membership
