#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "runtime/runtime.h"

namespace gantry::contract {

using namespace gantry::runtime;

/// One of the two implementations of the runtime, with one node in it. What runtime/*.h promise is
/// tested against both, so that what is proved in the simulator means something outside of it.
class World {
 public:
  using Body = std::function<void(Runtime)>;
  virtual ~World() = default;

  /// Runs `body` as the first fiber of a node with an empty disk, until all its fibers have ended.
  virtual void run(Body body) = 0;
  /// Crashes that node. Called by one of its fibers, which learns it when it next suspends.
  virtual void crash() = 0;
  /// Where the node reaches itself.
  virtual std::string host() = 0;
  /// A name of that place.
  virtual std::string name() = 0;
  /// A place from which no answer comes, not even a refusal.
  virtual Endpoint silence() = 0;
  /// What the node has let the world know by Events::record(), probe() and count(): how often each.
  virtual std::map<std::string, int> seen() = 0;
};

std::unique_ptr<World> make_asio_world();
std::unique_ptr<World> make_sim_world(std::uint64_t noise_seed);

/// Which world a test runs in: the real one, or a simulated one with that noise.
struct Which {
  std::uint64_t noise_seed = 0;  // 0: the real one
  std::string name() const { return noise_seed == 0 ? "real" : "simulated" + std::to_string(noise_seed); }
  friend void PrintTo(const Which& which, std::ostream* out) { *out << which.name(); }
};

/// A test that runs in the real world and in some simulated ones, where fibers that are ready at the
/// same time run in another order each.
class Contract : public testing::TestWithParam<Which> {
 protected:
  void in_world(World::Body body) { world->run(std::move(body)); }
  const std::unique_ptr<World> world =
      GetParam().noise_seed == 0 ? make_asio_world() : make_sim_world(GetParam().noise_seed);
};

}  // namespace gantry::contract

/// `suite` becomes a class derived from Contract; its tests are TEST_P(suite, ...).
#define GANTRY_CONTRACT(suite)                                                                 \
  class suite : public gantry::contract::Contract {};                                          \
  INSTANTIATE_TEST_SUITE_P(In, suite, testing::Values(Which{0}, Which{1}, Which{2}, Which{3}), \
                           [](const auto& each) { return each.param.name(); })
