// Claim:  when everything has healed, within the time that cluster_gets_well_in_time allows, each queue
//         of a group's topic is owned by exactly one running member of the group, and nobody owns a queue
//         that does not exist.
// Faults: all kinds; healed at the end.
// Excuse: none.

#include <map>
#include <set>

#include <fmt/format.h>

#include "properties/claims.h"

namespace gantry::properties {

namespace {

std::string text_of(const cluster::Queue& q) {
  return fmt::format("{} {} queue {}", q.broker, q.topic, q.id);
}

}  // namespace

Violation each_queue_has_one_owner(const cases::Case& c, const cluster::Outcome& outcome, Excuses&) {
  std::map<std::pair<std::string, cluster::Queue>, std::string> owner;  // by group and queue
  std::set<std::pair<std::string, std::string>> groups;                 // with their topics
  for (const auto& consumer : c.consumers) {
    groups.emplace(consumer.group, consumer.topic);
    const auto owned = outcome.owned.find(consumer.name);
    if (owned == outcome.owned.end()) return fmt::format("{} does not run", consumer.name);
    for (const auto& queue : owned->second) {
      if (queue.topic != consumer.topic) continue;  // the group's retry topic
      const cluster::Queue which{queue.broker_name, queue.topic, queue.queue_id};
      if (!outcome.queues.contains(which))
        return fmt::format("{} owns {}, which does not exist", consumer.name, text_of(which));
      const auto [other, fresh] = owner.try_emplace({consumer.group, which}, consumer.name);
      if (!fresh)
        return fmt::format("{} and {} of {} both own {}", other->second, consumer.name, consumer.group,
                           text_of(which));
    }
  }
  for (const auto& [group, topic] : groups)
    for (const auto& queue : outcome.queues)
      if (queue.topic == topic && !owner.contains({group, queue}))
        return fmt::format("nobody of {} owns {}", group, text_of(queue));
  return std::nullopt;
}

}  // namespace gantry::properties
