// Claim:  whenever a broker is asked, the offset that a group has committed for a queue is not above the
//         first offset of that queue that no listener of the group has finished. So whoever continues there
//         misses nothing.
// Faults: all kinds; healed at the end.
// Excuse: none.

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "properties/claims.h"

namespace gantry::properties {

namespace {

using Key = std::pair<std::string, cluster::Queue>;  // a group's way through a queue

struct Finished {
  cluster::Instant at;
  std::int64_t offset;
};

/// What a group has finished of a queue: everything below `first`, and `more` above it.
struct Way {
  std::vector<Finished> finished;  // by time
  std::size_t next = 0;
  std::int64_t first = 0;
  std::set<std::int64_t> more;

  void go_on_until(cluster::Instant at) {
    for (; next < finished.size() && finished[next].at <= at; ++next) more.insert(finished[next].offset);
    while (!more.empty() && *more.begin() <= first) {
      if (*more.begin() == first) ++first;
      more.erase(more.begin());
    }
  }
};

}  // namespace

Violation progress_never_passes_consumption(const cases::Case&, const cluster::Outcome& outcome, Excuses&) {
  std::map<Key, Way> ways;
  for (const auto& consumed : outcome.consumed)
    if (consumed.ended != cluster::Instant::never())
      ways[{consumed.group, consumed.place.in()}].finished.push_back({consumed.ended, consumed.place.offset});
  for (auto& [key, way] : ways) std::ranges::sort(way.finished, {}, &Finished::at);
  for (const auto& progress : outcome.progress) {  // in ascending order of time
    Way& way = ways[{progress.group, progress.queue}];
    way.go_on_until(progress.at);
    if (progress.offset > way.first)
      return fmt::format("{} {} queue {}: {} had committed {} at {} ms, and nobody had finished {}",
                         progress.queue.broker, progress.queue.topic, progress.queue.id, progress.group,
                         progress.offset, progress.at.ns / 1'000'000, way.first);
  }
  return std::nullopt;
}

}  // namespace gantry::properties
