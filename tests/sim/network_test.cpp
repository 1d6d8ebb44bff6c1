#include <gtest/gtest.h>

#include "tests/sim/world.h"

namespace gantry::sim {
namespace {

class Network : public testing::Test {
 protected:
  Network() {
    world.add_machine("server");
    world.add_machine("client");
  }
  void serve() { world.start("server", "echo", echo); }
  void connect(std::function<void(Runtime, Connection&)> body) {
    world.start("client", "main", [body = std::move(body)](Runtime runtime) {
      auto connection = dial(runtime, "server").value();
      body(runtime, *connection);
    });
  }
  void plan(Fault fault) { faults::apply(world, fault); }
  Simulation world{1};
};

TEST_F(Network, CarriesABigStreamInOrderThroughSmallBuffers) {
  serve();
  bool done = false;
  connect([&](Runtime runtime, Connection& connection) {
    std::string sent;
    for (int i = 0; i < 200'000; ++i) sent += std::to_string(i) + ",";
    runtime.tasks.spawn("writer", [&, runtime]() mutable { EXPECT_TRUE(say(runtime, connection, sent)); });
    EXPECT_EQ(hear(runtime, connection, sent.size()).value(), sent);
    done = true;
  });
  world.run_until(at(1min));
  EXPECT_TRUE(done);
}

TEST_F(Network, AReaderThatDoesNotReadStopsTheWriterAtABound) {
  world.start("server", "lazy", [](Runtime runtime) {
    auto listener = runtime.network.listen({"", 80}).value();
    auto connection = listener->accept().value();
    sleep(runtime, 10s);
    EXPECT_EQ(hear(runtime, *connection, 1'000'000).value().size(), 1'000'000u);
    for (;;) runtime.tasks.park();
  });
  std::size_t taken = 0;
  bool room_again = false;
  connect([&](Runtime runtime, Connection& connection) {
    const std::string much(100'000, 'x');
    const Bytes bytes = as_bytes(much);
    const auto fill = [&] {
      for (;;) {
        const std::size_t n = connection.write_some({&bytes, 1}).value();
        taken += n;
        if (n == 0 && !connection.await_writable(runtime.clock.now() + 1s)) return;
      }
    };
    fill();
    EXPECT_GE(taken, 256u * 1024);
    EXPECT_LE(taken, 512u * 1024);
    EXPECT_TRUE(connection.await_writable(runtime.clock.now() + 20s));
    room_again = true;
    while (taken < 1'000'000) {
      taken += connection.write_some({&bytes, 1}).value();
      (void)connection.await_writable(runtime.clock.now() + 1s);
    }
  });
  world.run_until(at(1min));
  EXPECT_TRUE(room_again);
}

TEST_F(Network, AClosedStreamIsReadToItsEnd) {
  world.start("server", "once", [](Runtime runtime) {
    auto listener = runtime.network.listen({"", 80}).value();
    auto connection = listener->accept().value();
    EXPECT_TRUE(say(runtime, *connection, "goodbye"));
    connection->close();
  });
  Errc after{};
  connect([&](Runtime runtime, Connection& connection) {
    sleep(runtime, 1s);
    EXPECT_EQ(hear(runtime, connection, 7).value(), "goodbye");
    after = hear(runtime, connection, 1).error().code;
  });
  world.run_until(at(10s));
  EXPECT_EQ(after, Errc::closed);
}

TEST_F(Network, ADeadPortRefusesAndADeadMachineIsSilent) {
  std::vector<Errc> seen;
  std::vector<Instant> when;
  world.start("client", "main", [&](Runtime runtime) {
    seen.push_back(dial(runtime, "server").error().code);
    when.push_back(world.now());
    seen.push_back(dial(runtime, "nowhere").error().code);
    sleep(runtime, 2s);
    seen.push_back(dial(runtime, "server", 3s).error().code);
    when.push_back(world.now());
  });
  world.at(at(1s), [&] { world.lose_power("server"); });
  world.run_until(at(10s));
  EXPECT_EQ(seen, (std::vector{Errc::refused, Errc::unreachable, Errc::timed_out}));
  EXPECT_LT(when[0], at(100ms));
  EXPECT_GT(when[1], at(5s));
}

TEST_F(Network, AKilledProcessResetsItsPeers) {
  serve();
  Errc seen{};
  Instant when{};
  connect([&](Runtime runtime, Connection& connection) {
    seen = hear(runtime, connection, 1).error().code;
    when = world.now();
  });
  world.at(at(1s), [&] { world.kill("server", "echo"); });
  world.run_until(at(10s));
  EXPECT_EQ(seen, Errc::reset);
  EXPECT_GT(when, at(1s));
  EXPECT_LT(when, at(1100ms));
}

TEST_F(Network, ALostMachineLeavesItsPeersHalfOpen) {
  serve();
  std::vector<Errc> seen;
  connect([&](Runtime runtime, Connection& connection) {
    seen.push_back(hear(runtime, connection, 1, 60s).error().code);  // silence
    EXPECT_TRUE(say(runtime, connection, "x"));                      // it takes this all the same
    seen.push_back(hear(runtime, connection, 1, 60s).error().code);
    seen.push_back(hear(runtime, connection, 1, 600s).error().code);  // until a time-out of TCP
  });
  world.at(at(1s), [&] { world.lose_power("server"); });
  world.run_until(at(20min));
  EXPECT_EQ(seen, (std::vector{Errc::timed_out, Errc::timed_out, Errc::reset}));
}

TEST_F(Network, AMachineThatIsBackAnswersOldConnectionsWithAReset) {
  serve();
  Errc seen{};
  Instant when{};
  connect([&](Runtime runtime, Connection& connection) {
    sleep(runtime, 10s);
    EXPECT_TRUE(say(runtime, connection, "x"));
    seen = hear(runtime, connection, 1, 60s).error().code;
    when = world.now();
  });
  plan({.kind = Kind::power_loss, .target = "server", .anchor = {1000, {}, 1}, .duration_ms = 2000});
  world.run_until(at(1min));
  EXPECT_EQ(seen, Errc::reset);
  EXPECT_LT(when, at(11s));
}

TEST_F(Network, AnIdleConnectionToALostMachineBreaksByKeepAlive) {
  serve();
  Errc seen{};
  Instant when{};
  connect([&](Runtime runtime, Connection& connection) {
    seen = hear(runtime, connection, 1, 2h).error().code;
    when = world.now();
  });
  world.at(at(1s), [&] { world.lose_power("server"); });
  world.run_until(at(2h));
  EXPECT_EQ(seen, Errc::reset);
  EXPECT_LT(when, at(10min));
}

TEST_F(Network, ACutIsSilentAndWhatWasWrittenArrivesAfterIt) {
  serve();
  Instant heard{};
  connect([&](Runtime runtime, Connection& connection) {
    sleep(runtime, 2s);
    EXPECT_TRUE(say(runtime, connection, "late"));
    EXPECT_EQ(hear(runtime, connection, 4, 5s).error().code, Errc::timed_out);
    EXPECT_EQ(hear(runtime, connection, 4).value(), "late");
    heard = world.now();
  });
  plan({.kind = Kind::cut,
        .target = "client",
        .peer = "server",
        .anchor = {1000, {}, 1},
        .duration_ms = 30'000});
  world.run_until(at(2min));
  EXPECT_GT(heard, at(31s));
  EXPECT_LT(heard, at(60s));
}

TEST_F(Network, AOneWayCutDeliversButNothingComesBack) {
  std::size_t arrived = 0;
  world.start("server", "sink", [&](Runtime runtime) {
    auto listener = runtime.network.listen({"", 80}).value();
    auto connection = listener->accept().value();
    while (hear(runtime, *connection, 1)) ++arrived;
  });
  Errc seen{};
  connect([&](Runtime runtime, Connection& connection) {
    sleep(runtime, 2s);
    EXPECT_TRUE(say(runtime, connection, "abc"));
    seen = hear(runtime, connection, 1, 1h).error().code;
  });
  plan({.kind = Kind::cut_outgoing,
        .target = "server",
        .peer = "client",
        .anchor = {1000, {}, 1},
        .duration_ms = -1});
  world.run_until(at(10s));
  EXPECT_EQ(arrived, 3u);
  world.run_until(at(1h));
  EXPECT_EQ(seen, Errc::reset);  // nobody acknowledged
}

TEST_F(Network, ALongCutBreaksAWriter) {
  serve();
  Errc seen{};
  connect([&](Runtime runtime, Connection& connection) {
    sleep(runtime, 2s);
    EXPECT_TRUE(say(runtime, connection, "x"));
    seen = hear(runtime, connection, 1, 1h).error().code;
  });
  plan({.kind = Kind::cut, .target = "client", .anchor = {1000, {}, 1}, .duration_ms = -1});
  world.run_until(at(1h));
  EXPECT_EQ(seen, Errc::reset);
}

TEST_F(Network, AStallAndADelayHoldBytesBack) {
  serve();
  std::vector<Instant> heard;
  connect([&](Runtime runtime, Connection& connection) {
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(say(runtime, connection, "x"));
      EXPECT_EQ(hear(runtime, connection, 1).value(), "x");
      heard.push_back(world.now());
      sleep(runtime, 10s);
    }
  });
  plan({.kind = Kind::stall, .target = "client", .anchor = {5000, {}, 1}, .duration_ms = 12'000});
  plan({.kind = Kind::delay,
        .target = "client",
        .anchor = {20'000, {}, 1},
        .duration_ms = 20'000,
        .amount = 300});
  world.run_until(at(2min));
  ASSERT_EQ(heard.size(), 3u);
  EXPECT_LT(heard[0], at(100ms));
  EXPECT_GE(heard[1], at(17s));
  EXPECT_GE(heard[2], at(27600ms));
}

TEST_F(Network, AResetBreaksBothEndsAtOnce) {
  serve();
  Errc seen{};
  connect([&](Runtime runtime, Connection& connection) {
    seen = hear(runtime, connection, 1).error().code;
    EXPECT_EQ(say(runtime, connection, "x").error().code, Errc::reset);
    EXPECT_TRUE(dial(runtime, "server"));
  });
  plan({.kind = Kind::reset, .target = "server", .peer = "client", .anchor = {1000, {}, 1}});
  world.run_until(at(5s));
  EXPECT_EQ(seen, Errc::reset);
}

TEST_F(Network, AForgottenConnectionIsSilentAtBothEndsAndNewOnesWork) {
  serve();
  std::vector<Errc> seen;
  bool again = false;
  connect([&](Runtime runtime, Connection& connection) {
    sleep(runtime, 2s);
    EXPECT_TRUE(say(runtime, connection, "x"));  // the kernel takes it
    seen.push_back(hear(runtime, connection, 1, 60s).error().code);
    auto fresh = dial(runtime, "server").value();
    again = say(runtime, *fresh, "y") && hear(runtime, *fresh, 1, 1s).has_value();
    seen.push_back(hear(runtime, connection, 1, 600s).error().code);  // until a time-out of TCP
  });
  plan({.kind = Kind::half_open, .target = "server", .peer = "client", .anchor = {1000, {}, 1}});
  world.run_until(at(20min));
  EXPECT_EQ(seen, (std::vector{Errc::timed_out, Errc::reset}));
  EXPECT_TRUE(again);
}

TEST_F(Network, AForgottenIdleConnectionBreaksByKeepAlive) {
  serve();
  Instant when{};
  connect([&](Runtime runtime, Connection& connection) {
    EXPECT_EQ(hear(runtime, connection, 1).error().code, Errc::reset);
    when = world.now();
  });
  plan({.kind = Kind::half_open, .target = "client", .anchor = {1000, {}, 1}});
  world.run_until(at(20min));
  EXPECT_EQ(when, at(301s));
}

TEST_F(Network, CloseWakesTheReader) {
  serve();
  Errc seen{};
  connect([&](Runtime runtime, Connection& connection) {
    runtime.tasks.spawn("closer", [&, runtime]() mutable {
      sleep(runtime, 1s);
      connection.close();
    });
    seen = hear(runtime, connection, 1).error().code;
  });
  world.run_until(at(5s));
  EXPECT_EQ(seen, Errc::closed);
}

TEST_F(Network, APausedProcessStillTakesConnectionsAndBytes) {
  serve();
  Instant heard{};
  world.start("client", "main", [&](Runtime runtime) {
    sleep(runtime, 2s);
    auto connection = dial(runtime, "server").value();
    EXPECT_LT(world.now(), at(3s));
    EXPECT_TRUE(say(runtime, *connection, "x"));
    EXPECT_EQ(hear(runtime, *connection, 1).value(), "x");
    heard = world.now();
  });
  plan({.kind = Kind::pause, .target = "server/echo", .anchor = {1000, {}, 1}, .duration_ms = 30'000});
  world.run_until(at(1min));
  EXPECT_GE(heard, at(31s));
  EXPECT_LT(heard, at(32s));
}

}  // namespace
}  // namespace gantry::sim
