#include "broker/administration/progress.h"

#include <algorithm>

namespace gantry::broker::administration {
namespace {

namespace bodies = model::protocol::bodies;
using store::QueueOffset;

std::int64_t number(QueueOffset offset) {
  return std::max<std::int64_t>(0, value(offset));
}

}  // namespace

Outcome<bodies::TopicStatsTable> Progress::of_topic(const std::string& topic) {
  const auto* known = topics_.find(topic);
  if (!known) return topics_.missing(topic);
  const std::int32_t queues = known->write_queue_nums;

  bodies::TopicStatsTable stats;
  for (std::int32_t id = 0; id < queues; ++id) {
    bodies::TopicOffset& offset = stats.offsets[{topic, config_.broker_name, id}];
    offset.min_offset = number(store_.min_offset(topic, id));
    offset.max_offset = number(store_.max_offset(topic, id));
    if (offset.max_offset == 0) continue;
    const auto last = store_.store_time_at(topic, id, QueueOffset{offset.max_offset - 1});
    offset.last_update_timestamp = last.value_or(0);
  }
  return stats;
}

bodies::ConsumeStats Progress::of_group(std::string_view group, const std::string& topic) {
  bodies::ConsumeStats stats;
  const std::vector<std::string> wanted =
      topic.empty() ? offsets_.topics_of(group) : std::vector<std::string>{topic};
  for (const std::string& one : wanted) {
    const auto* online = consumers_.find(group);
    if (online && !online->subscriptions.contains(one)) continue;
    add(group, one, stats);
  }
  return stats;
}

void Progress::add(std::string_view group, const std::string& topic, bodies::ConsumeStats& into) {
  const auto* known = topics_.find(topic);
  if (!known) return;
  const std::int32_t queues = known->read_queue_nums;
  for (std::int32_t id = 0; id < queues; ++id) {
    bodies::OffsetWrapper& offset = into.offsets[{topic, config_.broker_name, id}];
    offset.broker_offset = number(store_.max_offset(topic, id));
    offset.consumer_offset = std::max<std::int64_t>(0, offsets_.query(group, topic, id).value_or(0));
    if (offset.consumer_offset == 0) continue;
    const auto last = store_.store_time_at(topic, id, QueueOffset{offset.consumer_offset - 1});
    offset.last_timestamp = last.value_or(0);
  }
}

bodies::GroupList Progress::groups_of(std::string_view topic) const {
  bodies::GroupList list;
  for (std::string& group : consumers_.groups_of(topic)) list.groups.insert(std::move(group));
  for (std::string& group : offsets_.groups_of(topic)) list.groups.insert(std::move(group));
  return list;
}

}  // namespace gantry::broker::administration
