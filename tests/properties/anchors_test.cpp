// Faults can begin at what processes do and at nothing else: the lists in sim/faults and sim/observer.h are
// held against what really happens in generated cases.
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "properties/cases/generate.h"
#include "properties/cluster/run.h"

namespace gantry::properties {
namespace {

/// The kinds of events that processes made, and those that the world did.
struct Kinds final : sim::Observer {
  std::set<std::string> of_processes, of_world;
  void on_event(const sim::Event& event) override {
    if (event.kind != "probe" && event.kind != "count")
      (event.actor.node == 0 ? of_world : of_processes).emplace(event.kind);
  }
};

TEST(Anchors, AreWhatProcessesDo) {
  Kinds kinds;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) cluster::run(cases::generate(seed), {.observer = &kinds});
  EXPECT_GT(kinds.of_processes.size(), 20u);
  EXPECT_GT(kinds.of_world.size(), 5u);
  for (const std::string& kind : kinds.of_processes) EXPECT_TRUE(sim::faults::is_anchor(kind)) << kind;
  for (const std::string& kind : kinds.of_world) EXPECT_FALSE(sim::faults::is_anchor(kind)) << kind;
}

}  // namespace
}  // namespace gantry::properties
