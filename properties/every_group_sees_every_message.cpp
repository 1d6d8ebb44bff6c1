// Claim:  once every fault has healed, each group sees every message that its topic holds at the end,
//         at least once. Under ASYNC_FLUSH a group may miss a message at an offset that it had gone past
//         before a fault took the first message there back.
// Faults: all kinds; healed at the end.
// Excuse: skip (docs/guarantees.md).

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "properties/claims.h"

namespace gantry::properties {

Violation every_group_sees_every_message(const cases::Case& c, const cluster::Outcome& outcome,
                                         Excuses& excuses) {
  std::map<std::string_view, std::vector<std::string_view>> seen;  // ids by group, in ascending order
  for (const auto& consumed : outcome.consumed)
    if (consumed.ended != cluster::Instant::never()) seen[consumed.group].push_back(consumed.id);
  for (auto& [group, ids] : seen) std::ranges::sort(ids);
  std::set<std::pair<std::string, std::string>> groups;  // with their topics
  for (const auto& consumer : c.consumers) groups.emplace(consumer.group, consumer.topic);
  for (const auto& [group, topic] : groups) {
    const std::vector<std::string_view>& ids = seen[group];
    for (const auto& stored : outcome.stored) {
      if (stored.place.topic != topic || std::ranges::binary_search(ids, stored.id)) continue;
      auto excuse = excuse_for_skip(c, outcome, group, stored);
      if (!excuse)
        return fmt::format("group {} never saw {} ({} queue {} offset {}), {} ms after everything had healed",
                           group, stored.id, stored.place.broker, stored.place.queue, stored.place.offset,
                           (outcome.end - outcome.healed).count() / 1'000'000);
      excuses.push_back(std::move(*excuse));
    }
  }
  return std::nullopt;
}

}  // namespace gantry::properties
