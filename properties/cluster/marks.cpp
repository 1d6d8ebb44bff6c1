#include "properties/cluster/marks.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

namespace gantry::properties::cluster {

namespace {

constexpr std::array<std::pair<Phase, const char*>, 8> phases{{{Phase::before_sends, "before-sends"},
                                                               {Phase::within_sends, "within-sends"},
                                                               {Phase::after_sends, "after-sends"},
                                                               {Phase::starting, "starting"},
                                                               {Phase::recovering, "recovering"},
                                                               {Phase::down, "down"},
                                                               {Phase::rebalancing, "rebalancing"},
                                                               {Phase::overlapping, "overlapping"}}};

using Marks = std::set<std::string>;

void add_options(const cases::Case& c, Marks& into) {
  const auto option = [&](std::string_view name, const auto& value) {
    into.insert(fmt::format("option {}={}", name, value));
  };
  option("namesrvs", c.namesrvs.size());
  option("brokers", c.brokers.size());
  option("topics", c.topics.size());
  option("queues", c.topics.empty() ? 0 : c.topics.front().queues);
  option("producers", c.producers.size());
  option("consumers", c.consumers.size());
  std::set<std::string> groups;
  for (const auto& consumer : c.consumers) {
    groups.insert(consumer.group);
    option("threads", consumer.threads);
    option("listener", consumer.listener_ms > 0 ? "slow" : "instant");
  }
  option("groups", groups.size());
  for (const auto& broker : c.brokers)
    for (const auto& [key, value] : broker.config) option(key, value);
  if (std::ranges::any_of(c.sends, [](const auto& send) { return send.bytes >= 2000; }))
    option("messages", "large");
}

}  // namespace

std::vector<std::string> phase_names() {
  std::vector<std::string> names;
  for (const auto& [phase, name] : phases) names.emplace_back(name);
  return names;
}

std::vector<std::string> marks_of(const cases::Case& c, const Outcome& outcome) {
  Marks marks;
  add_options(c, marks);
  for (const auto& fault : c.faults) marks.insert(fmt::format("fault {} planned", name_of(fault.kind)));
  for (const Struck& struck : outcome.struck) {
    const std::string_view kind = name_of(struck.fault.kind);
    const std::string& event = struck.fault.anchor.event;
    marks.insert(fmt::format("anchor {}", event.empty() ? "time" : event));
    marks.insert(fmt::format("fault {} begun", kind));
    if (!struck.hit) continue;
    marks.insert(fmt::format("fault {} hit", kind));
    for (const auto& [phase, name] : phases)
      if ((struck.phases & static_cast<unsigned>(phase)) != 0)
        marks.insert(fmt::format("phase {} {}", kind, name));
  }
  for (const auto& probe : outcome.probes) marks.insert("probe " + probe);
  return {marks.begin(), marks.end()};
}

}  // namespace gantry::properties::cluster
