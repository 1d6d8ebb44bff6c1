#include <gtest/gtest.h>

#include <optional>

#include "sim/observer.h"
#include "tests/sim/world.h"

namespace gantry::sim {
namespace {

struct Say {
  std::string& into;
  char what;
  ~Say() { into += what; }
};

struct Counter final : Observer {
  std::size_t events = 0;
  Instant last{};
  std::string last_kind;
  void on_event(const Event& event) override {
    if (event.actor.node == 0) return;
    ++events;
    last = event.at;
    last_kind = event.kind;
  }
};

TEST(Crash, UnwindsTheYoungestFiberFirstAndNoTimePasses) {
  std::string order;
  Simulation world(1);
  world.add_machine("m");
  world.start("m", "p", [&](Runtime runtime) {
    const Say oldest{order, '1'};
    for (const char name : {'2', '3'})
      runtime.tasks.spawn("child", [&order, runtime, name] {
        const Say child{order, name};
        for (;;) runtime.tasks.park();
      });
    for (;;) runtime.tasks.park();
  });
  world.run_until(at(1s));
  EXPECT_EQ(order, "");
  world.kill("m", "p");
  world.run_until(at(1s));
  EXPECT_EQ(order, "321");
  EXPECT_FALSE(world.running("m", "p"));
}

TEST(Crash, AfterItEveryCallIsGoneAndMute) {
  Counter counter;
  std::vector<Errc> seen;
  Simulation world(1);
  world.observe(counter);
  world.add_machine("m");
  struct Last {
    Runtime runtime;
    std::unique_ptr<runtime::File>& file;
    std::unique_ptr<runtime::Listener>& listener;
    std::vector<Errc>& seen;
    ~Last() {
      const Bytes bytes = as_bytes("late");
      seen.push_back(file->write_at(0, {&bytes, 1}).error().code);
      seen.push_back(file->sync().error().code);
      seen.push_back(file->size().error().code);
      seen.push_back(listener->accept().error().code);
      seen.push_back(runtime.disk.unlink("file").error().code);
      seen.push_back(runtime.disk.open("other", OpenMode::must_create).error().code);
      seen.push_back(runtime.network.listen({"", 81}).error().code);
      seen.push_back(runtime.network.connect({"m", 80}, Instant::never()).error().code);
      runtime.tasks.spawn("late", [] { FAIL() << "a gone node starts no fiber"; });
      runtime.events.probe("late");
      runtime.events.record("late", "", {});
      runtime.events.count("late", 1);
      runtime.random.draw("late");
    }
  };
  world.start("m", "p", [&](Runtime runtime) {
    auto file = runtime.disk.open("file", OpenMode::must_create).value();
    auto listener = runtime.network.listen({"", 80}).value();
    const Last last{runtime, file, listener, seen};
    for (;;) runtime.tasks.park();
  });
  world.run_until(at(1s));
  const std::size_t before = counter.events;
  world.kill("m", "p");
  world.run_until(at(2s));
  EXPECT_EQ(seen, std::vector<Errc>(8, Errc::gone));
  EXPECT_EQ(counter.events, before);
}

TEST(Crash, AnotherIncarnationFindsThePortsAndTheLocksFree) {
  Simulation world(1);
  world.add_machine("m");
  int runs = 0;
  const auto main = [&](Runtime runtime) {
    auto lock = runtime.disk.lock("lock").value();
    auto listener = runtime.network.listen({"", 80}).value();
    EXPECT_EQ(runtime.disk.lock("lock").error().code, Errc::in_use);
    EXPECT_EQ(runtime.network.listen({"", 80}).error().code, Errc::in_use);
    ++runs;
    for (;;) runtime.tasks.park();
  };
  world.start("m", "p", main);
  world.run_until(at(1s));
  world.kill("m", "p");
  world.restart("m", "p");
  world.run_until(at(2s));
  world.lose_power("m");
  world.run_until(at(3s));
  EXPECT_FALSE(world.running("m", "p"));
  world.power_on("m");
  world.restart("m", "p");
  world.run_until(at(4s));
  EXPECT_EQ(runs, 3);
}

TEST(Crash, ABootLastsUntilPowerIsLost) {
  Simulation world(1);
  world.add_machine("m");
  std::vector<std::string> boots;
  const auto main = [&](Runtime runtime) {
    boots.push_back(runtime.disk.boot_id().value());
    for (;;) runtime.tasks.park();
  };
  world.start("m", "p", main);
  world.run_until(at(1s));
  world.kill("m", "p");
  world.restart("m", "p");
  world.run_until(at(2s));
  world.lose_power("m");
  world.power_on("m");
  world.restart("m", "p");
  world.run_until(at(3s));
  ASSERT_EQ(boots.size(), 3u);
  EXPECT_EQ(boots[0], boots[1]);
  EXPECT_NE(boots[1], boots[2]);
}

TEST(Crash, AProcessEndsWithItsLastFiber) {
  Simulation world(1);
  world.add_machine("m");
  world.start("m", "p", [](Runtime runtime) {
    runtime.tasks.spawn("longer", [runtime]() mutable { sleep(runtime, 1s); });
  });
  world.run_until(at(500ms));
  EXPECT_TRUE(world.running("m", "p"));
  world.run_until(at(2s));
  EXPECT_FALSE(world.running("m", "p"));
}

TEST(CrashDeathTest, ALoopThatTakesGoneForOrdinaryTroubleIsNamed) {
  const auto spin = [] {
    Simulation world(1);
    world.add_machine("m");
    world.start("m", "p", [&](Runtime runtime) {
      for (;;) (void)runtime.disk.make_directories("/");
    });
    faults::apply(world, Fault{.target = "m", .anchor = {0, "disk.make-directories", 3}});
    world.run_until(at(2s));
  };
  EXPECT_DEATH(spin(), "a loop ends when a call says `gone`");
}

TEST(Crash, AnExceptionOutsideOfTheWorldDoesNotDisturbIt) {
  std::string order;
  try {
    Simulation world(1);
    world.add_machine("m");
    world.start("m", "p", [&](Runtime runtime) {
      const Say say{order, 'x'};
      for (;;) runtime.tasks.park();
    });
    world.run_until(at(1s));
    throw std::string("a failed check");
  } catch (const std::string&) {
    in_simulation([&](Runtime runtime) { sleep(runtime, 1s); });
  }
  EXPECT_EQ(order, "x");
}

TEST(InSimulation, HandsOnWhatTheBodyThrows) {
  EXPECT_THROW(in_simulation([](Runtime runtime) {
                 sleep(runtime, 1s);
                 throw std::string("a failed check");
               }),
               std::string);
}

}  // namespace
}  // namespace gantry::sim
