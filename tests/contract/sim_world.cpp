#include "sim/observer.h"
#include "sim/simulation.h"
#include "tests/contract/world.h"

namespace gantry::contract {

namespace {
/// A machine in the simulator, with another one that lies in the dark.
class SimWorld final : public World, sim::Observer {
 public:
  explicit SimWorld(std::uint64_t noise_seed) : simulation_(noise_seed) {
    simulation_.add_machine("machine");
    simulation_.add_machine("dark");
    simulation_.lose_power("dark");
    simulation_.observe(*this);
  }

  void run(Body body) override {
    simulation_.start("machine", "node", std::move(body));
    const auto ended = [this] { return !simulation_.running("machine", "node"); };
    constexpr Instant hour{3'600'000'000'000};
    EXPECT_TRUE(simulation_.run_until(ended, hour)) << testing::PrintToString(simulation_.describe());
  }

  void crash() override { simulation_.kill("machine", "node"); }
  std::string host() override { return simulation_.address("machine"); }
  std::map<std::string, int> seen() override { return seen_; }
  std::string name() override { return "machine"; }
  Endpoint silence() override { return {simulation_.address("dark"), 1}; }

 private:
  void on_event(const sim::Event& event) override {
    const bool named = event.kind == "count" || event.kind == "probe";
    seen_[std::string(named ? event.text : event.kind)] +=
        event.kind == "count" ? static_cast<int>(event.facts[0]) : 1;
  }
  std::map<std::string, int> seen_;
  sim::Simulation simulation_;
};
}  // namespace

std::unique_ptr<World> make_sim_world(std::uint64_t noise_seed) {
  return std::make_unique<SimWorld>(noise_seed);
}

}  // namespace gantry::contract
