#include "sim/simulation.h"
#include "tests/contract/world.h"

namespace gantry::contract {

namespace {
/// A machine in the simulator, with another one that lies in the dark.
class SimWorld final : public World {
 public:
  explicit SimWorld(std::uint64_t noise_seed) : simulation_(noise_seed) {
    simulation_.add_machine("machine");
    simulation_.add_machine("dark");
    simulation_.lose_power("dark");
  }

  void run(Body body) override {
    simulation_.start("machine", "node", std::move(body));
    const auto ended = [this] { return !simulation_.running("machine", "node"); };
    constexpr Instant hour{3'600'000'000'000};
    EXPECT_TRUE(simulation_.run_until(ended, hour)) << testing::PrintToString(simulation_.describe());
  }

  void crash() override { simulation_.kill("machine", "node"); }
  std::string host() override { return simulation_.address("machine"); }
  std::string name() override { return "machine"; }
  Endpoint silence() override { return {simulation_.address("dark"), 1}; }

 private:
  sim::Simulation simulation_;
};
}  // namespace

std::unique_ptr<World> make_sim_world(std::uint64_t noise_seed) {
  return std::make_unique<SimWorld>(noise_seed);
}

}  // namespace gantry::contract
