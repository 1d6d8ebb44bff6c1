#include <gtest/gtest.h>

#include "sim/simulation.h"

namespace gantry::sim {
namespace {
using namespace std::chrono_literals;
using runtime::Instant;
using runtime::Runtime;

TEST(InSimulation, RunsTheBodyAndItsFibersInVirtualTime) {
  int sum = 0;
  in_simulation([&](Runtime runtime) {
    const Instant before = runtime.clock.now();
    runtime.tasks.spawn("adder", [&] { sum += 1; });
    runtime.tasks.park(before + 30min);
    while (runtime.clock.now() < before + 30min) runtime.tasks.park(before + 30min);
    EXPECT_EQ(runtime.clock.now() - before, 30min);
  });
  EXPECT_EQ(sum, 1);
}

TEST(InSimulation, CarriesBytesBetweenFibers) {
  in_simulation([&](Runtime runtime) {
    auto listener = runtime.network.listen({"127.0.0.1", 0}).value();
    std::string got;
    bool done = false;
    const runtime::Waker reader = runtime.tasks.waker();
    runtime.tasks.spawn("server", [&] {
      auto connection = listener->accept().value();
      std::array<std::byte, 100> room;
      for (;;) {
        const auto n = connection->read_some(room, Instant::never());
        if (!n) {
          EXPECT_EQ(n.error().code, Errc::closed);
          break;
        }
        got += as_text(Bytes(room).first(*n));
      }
      done = true;
      runtime.tasks.unpark(reader);
    });
    auto connection = runtime.network.connect(listener->local(), Instant::never()).value();
    std::string text = "hello, world";
    while (!text.empty()) {
      const Bytes bytes = as_bytes(text);
      text.erase(0, connection->write_some({&bytes, 1}).value());
    }
    connection->close();
    while (!done) runtime.tasks.yield(), runtime.tasks.park(runtime.clock.now() + 1ms);
    EXPECT_EQ(got, "hello, world");
  });
}

TEST(InSimulation, KeepsFiles) {
  in_simulation([&](Runtime runtime) {
    ASSERT_TRUE(runtime.disk.make_directories("a/b"));
    auto file = runtime.disk.open("a/b/c", runtime::OpenMode::must_create).value();
    const Bytes bytes = as_bytes("stored");
    ASSERT_TRUE(file->write_at(5000, {&bytes, 1}));
    ASSERT_TRUE(file->sync());
    EXPECT_EQ(file->size().value(), 5006u);
    std::array<std::byte, 6> read;
    EXPECT_EQ(file->read_at(5000, read).value(), 6u);
    EXPECT_EQ(as_text(read), "stored");
    EXPECT_EQ(runtime.disk.list("a/b").value().front().name, "c");
  });
}

}  // namespace
}  // namespace gantry::sim
