#include "properties/cases/edit_times.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "properties/cases/edits.h"

namespace gantry::properties::cases {

using sim::faults::Fault;

namespace {

/// The times at which something begins, in ascending order.
std::vector<std::int64_t> begins(const Case& c) {
  std::set<std::int64_t> times;
  for (const Send& send : c.sends) times.insert(send.at_ms);
  for (const Fault& fault : c.faults)
    if (fault.anchor.event.empty()) times.insert(fault.anchor.at_ms);
  return {times.begin(), times.end()};
}

/// A few of the times of operations, from the first to the last.
constexpr std::size_t moments = 6;

std::optional<std::int64_t> moment(const Case& c, std::size_t which) {
  std::set<std::int64_t> times;
  for (const Send& send : c.sends) times.insert(send.at_ms);
  const std::size_t few = std::min(moments, times.size());
  if (which >= few) return std::nullopt;
  const std::size_t place = few == 1 ? 0 : which * (times.size() - 1) / (few - 1);
  return *std::next(times.begin(), static_cast<std::ptrdiff_t>(place));
}

/// The case with another time for each of begins().
Case moved(const Case& c, const std::map<std::int64_t, std::int64_t>& to) {
  Case less = c;
  for (Send& send : less.sends) send.at_ms = to.at(send.at_ms);
  for (Fault& fault : less.faults)
    if (fault.anchor.event.empty()) fault.anchor.at_ms = to.at(fault.anchor.at_ms);
  return less;
}

}  // namespace

std::size_t gaps_by_ways(const Case& c) {
  return begins(c).size() * lower_ways;
}

std::optional<Case> with_shorter_gap(const Case& c, std::size_t place, std::size_t) {
  const std::vector<std::int64_t> times = begins(c);
  const std::size_t at = place / lower_ways;
  const std::int64_t gap = times[at] - (at == 0 ? 0 : times[at - 1]);
  const auto lowered = lower(gap, 0, place % lower_ways);
  if (!lowered) return std::nullopt;
  std::map<std::int64_t, std::int64_t> to;
  for (std::size_t i = 0; i < times.size(); ++i) to[times[i]] = times[i] - (i < at ? 0 : gap - *lowered);
  return moved(c, to);
}

std::size_t faults_by_moments(const Case& c) {
  return c.faults.size() * moments;
}

std::optional<Case> with_fault_at_a_time(const Case& c, std::size_t place, std::size_t) {
  const sim::faults::Anchor& anchor = c.faults[place / moments].anchor;
  const auto at = moment(c, place % moments);
  if (anchor.event.empty() || !at) return std::nullopt;
  Case less = c;
  less.faults[place / moments].anchor = {.at_ms = *at};
  return less;
}

std::size_t gap_limits(const Case&) {
  return 2;
}

std::optional<Case> with_gaps_limited(const Case& c, std::size_t place, std::size_t) {
  constexpr std::array<std::int64_t, 2> limits{100, 1000};
  std::map<std::int64_t, std::int64_t> to;
  std::int64_t before = 0, now = 0;
  for (const std::int64_t time : begins(c)) {
    now += std::min(time - before, limits[place]);
    before = time;
    to[time] = now;
  }
  if (now == before) return std::nullopt;
  return moved(c, to);
}

}  // namespace gantry::properties::cases
