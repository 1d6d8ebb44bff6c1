#include "broker/administration/group_changes.h"

#include <fmt/format.h>

#include "broker/topics/topic_table.h"
#include "model/message/names.h"

namespace gantry::broker::administration {

using model::delivery::Reason;

Outcome<void> GroupChanges::put(groups::SubscriptionGroupConfig wanted) {
  if (const auto legal = model::message::check_group(wanted.group_name); !legal)
    return Refusal{Reason::invalid, legal.error().detail};
  if (wanted.retry_queue_nums > topics::queue_nums_max)
    return Refusal{Reason::invalid, fmt::format("retryQueueNums is at most {}", topics::queue_nums_max)};
  if (!groups_.find(wanted.group_name) && groups_.full()) return groups_.missing(wanted.group_name);
  groups_.put(std::move(wanted));
  if (const auto saved = groups_.persist(); !saved)
    return model::delivery::not_saved(Reason::not_saved, "the group", saved.error());
  return {};
}

Outcome<void> GroupChanges::remove(std::string_view group, bool with_offsets) {
  groups_.remove(group);
  if (with_offsets) offsets_.remove_group(group);
  if (const auto saved = groups_.persist(); !saved)
    return model::delivery::not_saved(Reason::not_saved, "the change", saved.error());
  return {};
}

}  // namespace gantry::broker::administration
