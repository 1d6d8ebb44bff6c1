#pragma once

#include <span>
#include <string>
#include <utility>

#include "broker/config/broker_config.h"
#include "broker/groups/group_table.h"
#include "broker/sending/request.h"
#include "broker/store/message_store.h"
#include "broker/topics/announcer.h"
#include "broker/topics/topic_table.h"
#include "model/delivery/refusal.h"
#include "model/delivery/stored_properties.h"
#include "runtime/clock.h"
#include "runtime/random.h"

namespace gantry::broker::sending {

using model::delivery::Outcome;
using model::delivery::Refusal;

/// Stores what producers send, and what other services of the broker store in their name.
///
///     may it be sent? --> find or create the topic --> choose the queue, or the dead letters
///        --> lay out the properties --> append to the log's tail --> report when it is stored
///
/// Nothing waits between the last two: the report is a record in the store's list. Half messages and delayed
/// ones are refused, never stored as ordinary ones. (RocketMQ's SendMessageProcessor.)
class Sending {
 public:
  /// What it refers to must outlive the service, and the store's fibers must have ended when it goes.
  Sending(const runtime::Clock& clock, runtime::Random& random, const config::BrokerConfig& config,
          store::MessageStore& store, topics::TopicTable& topics, groups::GroupTable& groups,
          topics::Announcer& announcer);

  /// Calls `done`, a callable that takes an Outcome<Sent>, exactly once: inside of this call with a refusal,
  /// or later, on a fiber of the store, when the messages are stored as safely as configured. `done` must not
  /// suspend. It goes into the record of the store's list as it is: a send allocates nothing else for its
  /// report. May suspend to save a topic that was created or changed. In doubt about a message (it is stored,
  /// and the flush took too long) the outcome is a Sent that is not safe.
  template <class Done>
  void send(const Request& request, Done done) {
    Outcome<Taken> taken = take(request);
    if (!taken) return done(Outcome<Sent>(taken.error()));
    const store::PhysicalOffset end = taken->sent.placed.end;
    store_.when_stored(end, taken->wait_for_sync,
                       [sent = std::move(taken->sent), done = std::move(done)](
                           store::PutStatus status) mutable { done(outcome_of(std::move(sent), status)); });
  }

 private:
  /// What is in the log's tail, and not yet stored.
  struct Taken {
    Sent sent;
    bool wait_for_sync = true;
  };
  /// Where a message goes, which may be the dead letters.
  struct Target {
    std::string topic;
    std::int32_t queue_id = 0;
    std::int32_t sys_flag = 0;
    bool dead_letter = false;
  };

  /// The whole way into the log's tail.
  Outcome<Taken> take(const Request& request);
  Outcome<Target> find_target(const Request& request);
  /// The topic, which this send may create; never null. The pointer is valid until the next suspension.
  Outcome<const topics::TopicConfig*> find_topic(const Request& request);
  Outcome<std::int32_t> find_queue(std::int32_t asked, const topics::TopicConfig& topic);
  /// Turns the target of a message that was tried too often into the group's dead letters.
  Outcome<void> divert_dead_letter(const Request& request, Target& target);
  Outcome<void> save_topic(std::string_view topic);
  /// `common` is what the messages of the batch have in common. Its properties follow those of each, as in
  /// RocketMQ.
  Outcome<Taken> append_batch(const Request& request, const store::PutMessage& common, bool drop_delay,
                              bool wait_for_sync);
  Outcome<Taken> append(std::span<const store::PutMessage> messages, bool wait_for_sync);
  static Outcome<Sent> outcome_of(Sent&& sent, store::PutStatus status);

  const runtime::Clock& clock_;
  runtime::Random& random_;
  const config::BrokerConfig& config_;
  store::MessageStore& store_;
  topics::TopicTable& topics_;
  groups::GroupTable& groups_;
  topics::Announcer& announcer_;
};

}  // namespace gantry::broker::sending
