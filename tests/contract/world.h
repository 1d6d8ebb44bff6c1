#pragma once

#include <gtest/gtest.h>

#include <functional>
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
};

std::unique_ptr<World> make_asio_world();

/// A test that runs once per world.
class Contract : public testing::TestWithParam<std::unique_ptr<World> (*)()> {
 protected:
  void in_world(World::Body body) { world->run(std::move(body)); }
  const std::unique_ptr<World> world = GetParam()();
};

}  // namespace gantry::contract

/// `suite` is a class derived from Contract; its tests are TEST_P(suite, ...).
#define GANTRY_CONTRACT(suite)                                                               \
  class suite : public gantry::contract::Contract {};                                        \
  INSTANTIATE_TEST_SUITE_P(Asio, suite, testing::Values(&gantry::contract::make_asio_world), \
                           [](const auto&) { return std::string("real"); })
