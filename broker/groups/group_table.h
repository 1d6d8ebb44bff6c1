#pragma once

#include <map>
#include <string>
#include <string_view>

#include "broker/config/broker_config.h"
#include "broker/files/table_file.h"
#include "model/delivery/refusal.h"
#include "model/protocol/bodies/subscription_group.h"

namespace gantry::broker::groups {

using model::protocol::bodies::SubscriptionGroupConfig;

/// The consumer groups of this broker and what they may do, kept in `config/subscriptionGroup.json`.
/// Pointers that find() and or_create() return are valid until the next suspension.
class GroupTable {
 public:
  /// `config` must outlive this.
  GroupTable(runtime::Runtime runtime, const config::BrokerConfig& config);

  /// Reads the file, then adds the groups that every broker has. Before anything is served.
  Result<void> load();
  /// Suspends until every change so far is durable. Errors: those of the disk.
  Result<void> persist() { return file_.persist(); }

  /// Null when there is none.
  const SubscriptionGroupConfig* find(std::string_view group) const;
  /// Whether there is no room for one more group. Whoever puts a new one asks first.
  bool full() const { return table_.groups.size() >= config_.groups_max; }
  /// The group, created with the defaults where the broker creates groups by itself and has room; else
  /// nothing.
  const SubscriptionGroupConfig* or_create(std::string_view group);
  /// What those are told for whom or_create() had nothing: the name is illegal, there is no room, or such a
  /// group does not exist.
  model::delivery::Refusal missing(std::string_view group) const;
  /// Creates or replaces.
  void put(SubscriptionGroupConfig group);
  /// Returns whether there was one.
  bool remove(std::string_view group);
  /// All groups, by name, with their version.
  const model::protocol::bodies::SubscriptionGroupTable& table() const { return table_; }

 private:
  void touch();
  bool parse(std::string_view text);

  const runtime::Clock& clock_;
  runtime::Events& events_;
  const config::BrokerConfig& config_;
  model::protocol::bodies::SubscriptionGroupTable table_;
  files::TableFile file_;
};

}  // namespace gantry::broker::groups
