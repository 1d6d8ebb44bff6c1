#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "sim/noise.h"
#include "sim/observer.h"
#include "sim/timeline.h"
#include "tests/sim/world.h"

namespace gantry::sim {
namespace {

// Two clients that talk to a server and write what they hear to their disks.
void client(Runtime runtime, const std::string& host) {
  auto file = runtime.disk.open("heard", OpenMode::create_if_missing).value();
  for (std::uint64_t round = 0;; ++round) {
    sleep(runtime,
          runtime::Duration(1'000'000 * (20 + static_cast<std::int64_t>(runtime.random.below("pause", 30)))));
    auto connection = dial(runtime, host);
    if (!connection) continue;
    for (int i = 0; i < 5; ++i) {
      if (!say(runtime, **connection, "ping-" + std::to_string(runtime.random.draw("word") % 1000) + ".", 2s))
        break;
      const auto heard = hear(runtime, **connection, 6, 2s);
      if (!heard) break;
      if (!write(*file, round * 64, *heard) || !file->sync()) break;
    }
    runtime.events.record("client.round", "", std::array{static_cast<std::int64_t>(round)});
  }
}

struct Story final : Observer {
  std::map<std::string, std::vector<std::string>> by_machine;
  void on_event(const Event& event) override {
    std::string line =
        std::to_string(event.at.ns) + " " + std::string(event.kind) + " " + std::string(event.text);
    for (const auto fact : event.facts) line += " " + std::to_string(fact);
    by_machine[std::string(event.actor.machine)].push_back(line + " " + std::to_string(event.digest));
  }
};

Simulation::Hash run(std::uint64_t seed, std::span<const Fault> planned = {}, Observer* observer = nullptr) {
  Simulation world(seed);
  if (observer != nullptr) world.observe(*observer);
  for (const auto* name : {"server", "ann", "bob", "other", "carl"}) world.add_machine(name);
  world.start("server", "echo", echo);
  world.start("other", "echo", echo);
  for (const auto* name : {"ann", "bob"}) world.start(name, "client", [](Runtime r) { client(r, "server"); });
  world.start("carl", "client", [](Runtime r) { client(r, "other"); });
  faults::apply(world, planned);
  world.run_until(at(20s));
  return world.hash();
}

const std::vector<Fault> trouble = {
    {.id = 1, .kind = Kind::process_kill, .target = "server", .anchor = {2000, {}, 1}, .duration_ms = 500},
    {.id = 2, .kind = Kind::cut, .target = "ann", .anchor = {5000, {}, 1}, .duration_ms = 3000},
    {.id = 3, .kind = Kind::power_loss, .target = "bob", .anchor = {9000, {}, 1}, .duration_ms = 1000},
    {.id = 4,
     .kind = Kind::clock_drift,
     .target = "ann",
     .anchor = {10000, {}, 1},
     .duration_ms = 3000,
     .amount = 500},
};

TEST(Determinism, TheSameSeedGivesTheSameRunAndAnotherSeedAnother) {
  EXPECT_EQ(run(1, trouble), run(1, trouble));
  EXPECT_NE(run(1, trouble), run(2, trouble));
  EXPECT_NE(run(1, trouble), run(1));
}

TEST(Determinism, ManyRunsInOneProcessLeaveNothingBehind) {
  const auto first = run(7, trouble);
  for (std::uint64_t seed = 100; seed < 110; ++seed) run(seed, trouble);
  EXPECT_EQ(run(7, trouble), first);
}

TEST(Determinism, WatchingDoesNotChangeTheRun) {
  Story story;
  EXPECT_EQ(run(3, trouble, &story), run(3, trouble));
  EXPECT_GT(story.by_machine["ann"].size(), 1000u);
}

TEST(Determinism, HeapAndAddressesDoNotMatter) {
  const auto first = run(5, trouble);
  std::vector<std::unique_ptr<std::vector<int>>> litter;
  for (std::size_t i = 1; i < 500; ++i) litter.push_back(std::make_unique<std::vector<int>>(i * 3, 42));
  for (std::size_t i = 0; i < litter.size(); i += 2) litter[i].reset();
  EXPECT_EQ(run(5, trouble), first);
}

TEST(Determinism, WithoutAFaultWhateverItDidNotTouchIsAsBefore) {
  Story with, without;
  run(11, trouble, &with);
  run(11, {}, &without);
  EXPECT_NE(with.by_machine["ann"], without.by_machine["ann"]);
  EXPECT_EQ(with.by_machine["carl"], without.by_machine["carl"]);
  EXPECT_EQ(with.by_machine["other"], without.by_machine["other"]);
}

TEST(Determinism, ChanceIsAFunctionOfWhatIsDecided) {
  // Part of every archived case: these numbers never change.
  EXPECT_EQ(Noise(1)(Domain::draw, 2, 3, 4), 936640963357064004u);
  EXPECT_EQ(entity_of("broker-a"), 17174409752838474986u);
}

TEST(Timeline, TakesByTimeAndThenInOrderOfArrival) {
  Timeline line;
  std::string order;
  line.add(at(2s), [&] { order += 'c'; });
  line.add(at(1s), [&] { order += 'a'; });
  line.add(at(2s), [&] { order += 'd'; });
  line.add(at(1s), [&] { order += 'b'; });
  while (!line.empty()) line.take()();
  EXPECT_EQ(order, "abcd");
}

}  // namespace
}  // namespace gantry::sim
