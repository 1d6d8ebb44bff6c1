#pragma once

#include "broker/administration/config_changes.h"
#include "broker/administration/group_changes.h"
#include "broker/administration/progress.h"
#include "broker/administration/topic_changes.h"
#include "broker/config/broker_config.h"
#include "broker/consuming/consuming.h"
#include "broker/membership/peer.h"
#include "broker/pulling/pulling.h"
#include "broker/querying/querying.h"
#include "broker/sending/sending.h"
#include "broker/services/tables.h"
#include "broker/store/message_store.h"
#include "broker/topics/announcer.h"
#include "runtime/runtime.h"
#include "runtime/sync/task_group.h"
#include "runtime/sync/wait.h"

namespace gantry::broker::services {

/// What a broker does for whoever asks, through whatever door: the services over one store and its tables.
///
///     door --> sending, pulling, consuming, querying, administration --> tables, store
///                             ^                                      |
///                             +------- messages arrive --------------+
class Services {
 public:
  /// `store` is open, and `tables` are loaded. What it refers to must outlive the services.
  Services(runtime::Runtime runtime, config::BrokerConfig& config, store::MessageStore& store, Tables& tables,
           topics::Announcer& announcer);
  ~Services();  // stop() has returned, or the node is gone

  /// Begins: from now on arrivals answer the pulls that wait, silent members expire, and the tables are
  /// saved from time to time.
  void start();
  /// Whoever came through a door is gone for good: no member of any group, and no pull of its waits any more.
  void peer_gone(membership::PeerId peer);
  /// Answers the pulls that wait; suspends until that is done. Every other service goes on.
  void stop_waiting() { pulling.stop(); }
  /// Ends what start() began and saves the tables; suspends. After the doors have closed.
  void stop();

  membership::PeerIds peer_ids;  ///< for all doors
  sending::Sending sending;
  consuming::Consuming consuming;
  pulling::Pulling pulling;
  administration::TopicChanges topic_changes;
  administration::GroupChanges group_changes;
  administration::ConfigChanges config_changes;
  administration::Progress progress;
  querying::Querying querying;

 private:
  void save_often();
  void expire_often();

  runtime::Runtime runtime_;
  const config::BrokerConfig& config_;
  store::MessageStore& store_;
  Tables& tables_;
  runtime::sync::Cancellation stopping_;
  runtime::sync::TaskGroup fibers_;
};

}  // namespace gantry::broker::services
