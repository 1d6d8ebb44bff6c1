#pragma once

#include <string>

#include "broker/config/broker_config.h"
#include "broker/groups/group_table.h"
#include "broker/offsets/consumer_offsets.h"
#include "broker/store/message_store.h"
#include "broker/topics/topic_table.h"
#include "runtime/log.h"
#include "runtime/runtime.h"

namespace gantry::broker::services {

/// What a broker keeps in `config/*.json` beside its log. Nothing is saved before it was loaded.
class Tables {
 public:
  /// What they refer to must outlive the tables.
  Tables(runtime::Runtime runtime, const config::BrokerConfig& config);

  /// Reads all of them; suspends. To be called while the store's lock is held and before its recovery: a
  /// table that cannot be read then leaves the store as it was. Errors: those of JsonFile::read() but
  /// `not_found`; trouble() says more.
  Result<void> load();
  /// Why load() failed, in one sentence for the operator.
  const std::string& trouble() const { return trouble_; }
  /// Makes topics and queues agree after the recovery, before anything is served; may suspend.
  void match_queues(store::MessageStore& store);
  /// Writes what has changed; suspends. A table that cannot be written is written by a later call, and the
  /// operator is told once. `last`: there is no later call.
  void save(bool last);

  topics::TopicTable topics;
  groups::GroupTable groups;
  offsets::ConsumerOffsets offsets;

 private:
  runtime::Events& events_;
  const config::BrokerConfig& config_;
  std::string trouble_;
  runtime::Complaint topics_unsaved_;
  runtime::Complaint groups_unsaved_;
  runtime::Complaint offsets_unsaved_;
};

}  // namespace gantry::broker::services
