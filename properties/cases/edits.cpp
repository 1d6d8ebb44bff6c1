#include "properties/cases/edits.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "properties/cases/edit_nodes.h"
#include "properties/cases/edit_times.h"

namespace gantry::properties::cases {

using sim::faults::Fault;
using sim::faults::Kind;

namespace {

/// Rounded down to one digit and zeros: 7342 gives 7000.
std::int64_t round_down(std::int64_t value) {
  std::int64_t unit = 1;
  while (value / unit >= 10) unit *= 10;
  return value / unit * unit;
}

template <auto list>
std::size_t entries(const Case& c) {
  return (c.*list).size();
}

template <auto list>
std::optional<Case> without_block(const Case& c, std::size_t place, std::size_t width) {
  Case less = c;
  auto& rest = less.*list;
  const std::size_t end = std::min(place + width, rest.size());
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(place),
             rest.begin() + static_cast<std::ptrdiff_t>(end));
  return less;
}

/// The last operation of a block, with the bytes of all of them: what is written stays about as long.
std::optional<Case> with_joined_sends(const Case& c, std::size_t place, std::size_t width) {
  constexpr std::int64_t bytes_max = 1 << 20;
  constexpr std::int64_t record_bytes = 200;  // about what a message needs in the log in addition to its body
  const std::size_t end = std::min(place + std::max<std::size_t>(width, 2), c.sends.size());
  if (end - place < 2) return std::nullopt;
  std::int64_t bytes = 0;
  for (std::size_t i = place; i < end; ++i) bytes += c.sends[i].bytes + record_bytes;
  if (bytes > bytes_max) return std::nullopt;
  std::optional<Case> less = without_block<&Case::sends>(c, place, end - place - 1);
  less->sends[place].bytes = static_cast<std::int32_t>(bytes);
  return less;
}

/// The same under another noise, which is one of a few small numbers. When a run has less in it, what happens
/// by chance (which pages a loss of power takes, how much a write accepts) may have to come out differently.
constexpr std::size_t noises = 3;

template <auto list>
std::size_t entries_by_noises(const Case& c) {
  return (c.*list).size() * noises;
}

template <auto edit, std::size_t of_noises>
std::optional<Case> with_other_noise(const Case& c, std::size_t place, std::size_t width) {
  const std::uint64_t noise = 1 + place % of_noises;
  if (noise == c.noise) return std::nullopt;
  std::optional<Case> less = edit(c, place / of_noises, width);
  if (less) less->noise = noise;
  return less;
}

// ---------------------------------------------------------------------------- one number of a record

template <auto list>
std::size_t entries_by_ways(const Case& c) {
  return (c.*list).size() * lower_ways;
}

/// Lowers the number `field` of one entry of `list`, but not below `least`.
template <auto list, auto field, std::int64_t least>
std::optional<Case> with_lower(const Case& c, std::size_t place, std::size_t) {
  const std::size_t entry = place / lower_ways;
  const auto lowered = lower((c.*list)[entry].*field, least, place % lower_ways);
  if (!lowered) return std::nullopt;
  Case less = c;
  auto& number = (less.*list)[entry].*field;
  number = static_cast<std::remove_reference_t<decltype(number)>>(*lowered);
  return less;
}

std::optional<Case> with_earlier_occurrence(const Case& c, std::size_t place, std::size_t) {
  const sim::faults::Anchor& anchor = c.faults[place / lower_ways].anchor;
  if (anchor.event.empty()) return std::nullopt;
  const auto lowered = lower(static_cast<std::int64_t>(anchor.occurrence), 1, place % lower_ways);
  if (!lowered) return std::nullopt;
  Case less = c;
  less.faults[place / lower_ways].anchor.occurrence = static_cast<std::uint64_t>(*lowered);
  return less;
}

// ---------------------------------------------------------------------------- the rest

/// A fault that does a part of what this one does.
std::optional<Kind> weaker(Kind kind) {
  if (kind == Kind::power_loss) return Kind::process_kill;
  if (kind == Kind::cut) return Kind::cut_outgoing;
  return std::nullopt;
}

std::optional<Case> with_weaker_fault(const Case& c, std::size_t place, std::size_t) {
  const auto kind = weaker(c.faults[place].kind);
  if (!kind) return std::nullopt;
  Case less = c;
  less.faults[place].kind = *kind;
  return less;
}

std::size_t pairs_of_faults(const Case& c) {
  return c.faults.size() * c.faults.size();
}

/// Two faults of a machine as one pause of it, when the first would come: two that make it silent together
/// are often one silence too many.
std::optional<Case> with_a_pause_for_two(const Case& c, std::size_t place, std::size_t) {
  const std::size_t stays = place / c.faults.size(), goes = place % c.faults.size();
  if (stays == goes || c.faults[stays].target != c.faults[goes].target) return std::nullopt;
  Case less = c;
  Fault& pause = less.faults[stays];
  pause.kind = Kind::pause;
  pause.peer.clear();
  pause.part.clear();
  pause.amount = 0;
  pause.duration_ms = std::max(pause.duration_ms, c.faults[goes].duration_ms);
  less.faults.erase(less.faults.begin() + static_cast<std::ptrdiff_t>(goes));
  return less;
}

std::size_t config_keys(const Case& c) {
  std::size_t keys = 0;
  for (const auto& broker : c.brokers) keys += broker.config.size();
  return keys;
}

std::optional<Case> without_config_key(const Case& c, std::size_t place, std::size_t) {
  Case less = c;
  for (auto& broker : less.brokers) {
    if (place < broker.config.size()) {
      broker.config.erase(std::next(broker.config.begin(), static_cast<std::ptrdiff_t>(place)));
      return less;
    }
    place -= broker.config.size();
  }
  return std::nullopt;
}

std::optional<Case> with_default_threads(const Case& c, std::size_t place, std::size_t) {
  const std::int32_t usual = ConsumerSpec{}.threads;
  if (c.consumers[place].threads == usual) return std::nullopt;
  Case less = c;
  less.consumers[place].threads = usual;
  return less;
}

/// Changes all topics alike, because a broker creates every new topic with the same number of queues.
std::optional<Case> with_fewer_queues(const Case& c, std::size_t place, std::size_t) {
  std::int32_t most = 0;
  for (const TopicSpec& topic : c.topics) most = std::max(most, topic.queues);
  const auto lowered = lower(most, 1, place);
  if (!lowered) return std::nullopt;
  Case less = c;
  for (TopicSpec& topic : less.topics)
    topic.queues = std::min(topic.queues, static_cast<std::int32_t>(*lowered));
  return less;
}

std::size_t ways(const Case&) {
  return lower_ways;
}

std::size_t once(const Case&) {
  return 1;
}

/// Shrinks all large bodies at once, because there can be many of them.
std::optional<Case> with_small_bodies(const Case& c, std::size_t, std::size_t) {
  constexpr std::int32_t small = 100;
  Case less = c;
  for (Send& send : less.sends) send.bytes = std::min(send.bytes, small);
  return less == c ? std::nullopt : std::optional(less);
}

// The generator makes no shorter fault, and some faults of length 0 never end.
constexpr std::int64_t shortest_fault_ms = 100;

constexpr Edit without_faults{"without faults", entries<&Case::faults>, without_block<&Case::faults>};
constexpr Edit without_sends{"without sends", entries<&Case::sends>, without_block<&Case::sends>};
constexpr Edit joined_sends{"joined sends", entries<&Case::sends>, with_joined_sends};

constexpr std::array<Edit, 5> the_deletions{
    {without_faults,
     without_sends,
     joined_sends,
     {"without sends, other noise", entries<&Case::sends>, with_other_noise<without_block<&Case::sends>, 1>},
     {"joined sends, other noise", entries<&Case::sends>, with_other_noise<with_joined_sends, 1>}}};
constexpr std::array<Edit, 22> the_edits{{
    {"without a node", nodes_by_ways, without_node},
    {"without a topic", topics_by_ways, without_topic},
    without_faults,
    {"a time for an event", faults_by_moments, with_fault_at_a_time},
    without_sends,
    joined_sends,
    {"a weaker fault", entries<&Case::faults>, with_weaker_fault},
    {"fewer queues", ways, with_fewer_queues},
    {"a default", config_keys, without_config_key},
    {"a default listener", entries<&Case::consumers>, with_default_threads},
    {"a quicker listener", entries_by_ways<&Case::consumers>,
     with_lower<&Case::consumers, &ConsumerSpec::listener_ms, 0>},
    {"shorter gaps", gap_limits, with_gaps_limited},
    {"small bodies", once, with_small_bodies},
    {"a shorter gap", gaps_by_ways, with_shorter_gap},
    {"a shorter fault", entries_by_ways<&Case::faults>,
     with_lower<&Case::faults, &Fault::duration_ms, shortest_fault_ms>},
    {"an earlier occurrence", entries_by_ways<&Case::faults>, with_earlier_occurrence},
    {"a smaller amount", entries_by_ways<&Case::faults>, with_lower<&Case::faults, &Fault::amount, 1>},
    {"a pause for two faults", pairs_of_faults, with_a_pause_for_two},
    {"a smaller body", entries_by_ways<&Case::sends>, with_lower<&Case::sends, &Send::bytes, 1>},
    {"without a fault, other noise", entries_by_noises<&Case::faults>,
     with_other_noise<without_block<&Case::faults>, noises>},
    {"without a send, other noise", entries_by_noises<&Case::sends>,
     with_other_noise<without_block<&Case::sends>, noises>},
    {"joined sends, other noise", entries_by_noises<&Case::sends>,
     with_other_noise<with_joined_sends, noises>},
}};

}  // namespace

std::optional<std::int64_t> lower(std::int64_t value, std::int64_t least, std::size_t way) {
  const std::int64_t size = std::abs(value);
  std::int64_t lowered = least;
  if (way == 1) lowered = std::max(least, round_down(size / 2));
  if (way == 2) lowered = std::max(least, round_down(size));
  if (lowered >= size) return std::nullopt;
  return value < 0 ? -lowered : lowered;
}

std::span<const Edit> deletions() {
  return the_deletions;
}

std::span<const Edit> all_edits() {
  return the_edits;
}

}  // namespace gantry::properties::cases
