#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/config/broker_config.h"
#include "broker/groups/group_table.h"
#include "broker/membership/consumers.h"
#include "broker/offsets/consumer_offsets.h"
#include "broker/store/message_store.h"
#include "broker/topics/announcer.h"
#include "broker/topics/topic_table.h"
#include "model/delivery/refusal.h"
#include "runtime/log.h"

namespace gantry::broker::consuming {

using model::delivery::Outcome;
using model::delivery::Refusal;

/// What a client says of itself, again and again: which groups it is a member of.
struct Heartbeat {
  std::string_view client_id;
  model::protocol::Language language{};
  std::int32_t version = 0;  ///< of its library, MQVersion's ordinal
  std::span<const model::protocol::bodies::ProducerData> producers;
  std::span<const model::protocol::bodies::ConsumerData> consumers;
};

/// Who consumes, and how far: the members of groups, what they are told of each other, and the offsets of
/// groups. Producers are members, too, since transactions ask them.
///
///     heartbeat() --> missing groups and retry topics are made --> member --> the others are told
///                        leave(), peer_gone(), expire() --> no member --> the others are told
///
/// (RocketMQ's ClientManageProcessor and ConsumerManageProcessor.)
class Consuming {
 public:
  /// What it refers to must outlive the service.
  Consuming(const runtime::Clock& clock, runtime::Events& events, const config::BrokerConfig& config,
            store::MessageStore& store, topics::TopicTable& topics, groups::GroupTable& groups,
            offsets::ConsumerOffsets& offsets, topics::Announcer& announcer);

  /// Makes the client a member of the groups that it lists, for as long as its heartbeats come. A consumer
  /// group that is missing is created where that is allowed, and so is its retry topic, which is saved first:
  /// this may suspend. When one of the groups finds no room the outcome is a refusal, and the others are
  /// taken nevertheless; a name that is not legal refuses all of them.
  Outcome<void> heartbeat(const std::shared_ptr<membership::Peer>& peer, const Heartbeat& said);
  /// The client is no member of these groups any more; an empty name stands for none. Without effect when
  /// the client has come back through another peer meanwhile.
  void leave(membership::PeerId peer, std::string_view client_id, std::string_view producer_group,
             std::string_view consumer_group);
  /// Whoever was a member through this peer is none any more.
  void peer_gone(membership::PeerId peer);
  /// Closes and removes the members that have not been heard of since `limit`.
  void expire(runtime::Instant limit);

  /// The client ids of a consumer group's members, in ascending order: what members share the queues by.
  /// Never an empty list, which clients would take for an answer.
  Outcome<std::vector<std::string>> members_of(std::string_view group) const;
  /// For those who look only. Pointers from it are valid until the next suspension.
  const membership::Consumers& consumers() const { return consumers_; }
  const membership::Producers& producers() const { return producers_; }

  /// Where the group goes on in a queue. A group without an offset starts a young queue at its beginning,
  /// whatever its consumeFromWhere says; of an older queue nothing is known. May suspend for the disk.
  Outcome<std::int64_t> offset_of(std::string_view group, std::string_view topic, std::int32_t queue_id);
  /// The group wants `offset` next, which may be smaller than before. Topic and group are there, or the group
  /// may be created.
  Outcome<void> commit(std::string_view group, std::string_view topic, std::int32_t queue_id,
                       std::int64_t offset);

 private:
  void create_group(std::string_view name);
  void save_topics();
  Outcome<void> join(const std::shared_ptr<membership::Peer>& peer, const Heartbeat& said);
  void tell_members(std::string_view group, const membership::ConsumerGroup& members);
  /// Whether a message is so near to the log's end that it would be in memory; as RocketMQ, also when there
  /// is no such message.
  bool in_memory(std::string_view topic, std::int32_t queue_id, store::QueueOffset at);

  runtime::Events& events_;
  const config::BrokerConfig& config_;
  store::MessageStore& store_;
  topics::TopicTable& topics_;
  groups::GroupTable& groups_;
  offsets::ConsumerOffsets& offsets_;
  topics::Announcer& announcer_;
  membership::Consumers consumers_;
  membership::Producers producers_;
  runtime::Complaint unsaved_topics_;
};

}  // namespace gantry::broker::consuming
