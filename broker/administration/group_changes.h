#pragma once

#include <string_view>

#include "broker/groups/group_table.h"
#include "broker/offsets/consumer_offsets.h"
#include "model/delivery/refusal.h"

namespace gantry::broker::administration {

using model::delivery::Outcome;
using model::delivery::Refusal;

/// Consumer groups as operators want them. A change is durable when its call has returned; all suspend for
/// that.
class GroupChanges {
 public:
  /// What it refers to must outlive the service.
  GroupChanges(groups::GroupTable& groups, offsets::ConsumerOffsets& offsets)
      : groups_(groups), offsets_(offsets) {}

  /// Creates the group, or makes an existing one like this.
  Outcome<void> put(groups::SubscriptionGroupConfig wanted);
  /// Removes the group if there is one, and its offsets, too, where that is wanted: whoever makes a group of
  /// that name goes on from those that stay.
  Outcome<void> remove(std::string_view group, bool with_offsets);

 private:
  groups::GroupTable& groups_;
  offsets::ConsumerOffsets& offsets_;
};

}  // namespace gantry::broker::administration
