#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "broker/config/broker_config.h"
#include "broker/groups/group_table.h"
#include "broker/membership/consumers.h"
#include "broker/offsets/consumer_offsets.h"
#include "broker/pulling/pull_hold.h"
#include "broker/pulling/request.h"
#include "broker/topics/topic_table.h"
#include "runtime/runtime.h"

namespace gantry::broker::pulling {

using model::delivery::Outcome;
using model::delivery::Refusal;

/// Gives consumers their messages, and lets those wait for whom there are none yet.
///
///     check --> read the queue --found, moved, ...--> finish()
///                   |
///                   +--nothing yet, may wait--> held --arrival, deadline--> read once more --> finish()
///
/// (RocketMQ's PullMessageProcessor and PullRequestHoldService.)
class Pulling {
 public:
  /// What it refers to must outlive the service.
  Pulling(runtime::Runtime runtime, const config::BrokerConfig& config, store::MessageStore& store,
          const topics::TopicTable& topics, groups::GroupTable& groups, offsets::ConsumerOffsets& offsets,
          const membership::Consumers& consumers);

  /// Calls `finish`, a callable that takes an Outcome<Pulled>, once: inside of this call, or later on a fiber
  /// of this service when the pull waits. Not at all when the peer is gone before there is an answer.
  /// `finish` must not suspend. May suspend for the disk.
  template <class Finish>
  void pull(std::shared_ptr<membership::Peer> peer, const Request& request, Finish finish) {
    HeldPull pull;
    pull.peer = std::move(peer);
    if (auto answer = look(request, pull)) return finish(std::move(*answer));
    // Only a pull that waits pays for a callable whose type nobody knows.
    pull.done = std::move(finish);
    wait(std::move(pull), *request.wait_ms);
  }

  /// A message with this tags code became visible; `next` is its queue offset + 1. Never suspends.
  void arrived(std::string_view topic, std::int32_t queue_id, store::QueueOffset next,
               std::int64_t tags_code) {
    held_.on_arrival(topic, queue_id, next, tags_code);
  }
  /// Those who wait for this topic look again: it was deleted.
  void topic_deleted(std::string_view topic) { held_.wake_topic(topic); }
  /// Nobody reads the answers to this peer's pulls any more.
  void peer_gone(membership::PeerId peer) { held_.forget(peer); }
  /// Answers all that wait by a last look, and suspends until that is done. Pulls that come later do not
  /// wait.
  void stop() { held_.stop(); }

 private:
  /// The answer when there is one at once; nothing when the pull has to wait, which `pull` is ready for.
  std::optional<Outcome<Pulled>> look(const Request& request, HeldPull& pull);
  Outcome<void> check(const Request& request);
  /// Gives the pull its filter, or says why it cannot have one.
  Outcome<void> set_filter(const Request& request, HeldPull& pull) const;
  Outcome<void> set_known_filter(const Request& request, HeldPull& pull) const;
  /// Nothing when there is nothing yet and the pull may wait.
  std::optional<Pulled> read(const HeldPull& pull, bool may_wait);
  /// Holds the pull for as long as it may wait, or answers that there is no room for it.
  void wait(HeldPull pull, std::int64_t asked_ms);

  const runtime::Clock& clock_;
  runtime::Events& events_;
  const config::BrokerConfig& config_;
  store::MessageStore& store_;
  const topics::TopicTable& topics_;
  groups::GroupTable& groups_;
  offsets::ConsumerOffsets& offsets_;
  const membership::Consumers& consumers_;
  PullHold held_;
};

}  // namespace gantry::broker::pulling
