#include "tests/runtime/remoting/support.h"

#include <rapidcheck/gtest.h>

namespace gantry::runtime::remoting::test {
namespace {

TEST(RemotingClient, CallsShareOneConnection) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Client client(runtime);
    sync::TaskGroup group(runtime.tasks);
    int answered = 0;
    for (int i = 0; i < 50; ++i)
      group.spawn("caller", [&, i] {
        const auto got = client.call(echoing.at, ask(echo, std::to_string(i)), in(runtime, 3s));
        ASSERT_TRUE(got);
        EXPECT_EQ(as_text(got->body), std::to_string(i));
        ++answered;
      });
    ASSERT_TRUE(group.join());
    EXPECT_EQ(answered, 50);
    EXPECT_EQ(echoing.server.channels().size(), 1u);
    client.stop();
    echoing.server.stop();
  });
}

TEST(RemotingClient, OneWayArrives) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Client client(runtime);
    ASSERT_TRUE(client.one_way(echoing.at, ask(echo, "told"), in(runtime, 3s)));
    nap(runtime, 1s);
    EXPECT_EQ(echoing.requests, std::vector<std::string>{"told"});
    client.stop();
    echoing.server.stop();
  });
}

TEST(RemotingClient, ARequestThatFitsNoFrameIsNotSent) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Client client(runtime);
    const std::string body(model::protocol::frame_bytes_max, 'x');
    EXPECT_EQ(client.call(echoing.at, ask(echo, body), in(runtime, 3s)).error().code, Errc::too_large);
    ASSERT_TRUE(client.one_way(echoing.at, ask(echo, body), in(runtime, 3s)));
    EXPECT_TRUE(client.call(echoing.at, ask(echo, "small"), in(runtime, 3s)));
    EXPECT_EQ(echoing.requests, std::vector<std::string>{"small"});
    EXPECT_TRUE(echoing.closed.empty());
    client.stop();
    echoing.server.stop();
  });
}

TEST(RemotingClient, ATimeoutOnASilentConnectionClosesIt) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Client client(runtime);
    const Instant before = runtime.clock.now();
    const auto got = client.call(echoing.at, ask(keep), in(runtime, 3s));
    EXPECT_EQ(got.error().code, Errc::timed_out);
    EXPECT_LT(runtime.clock.now() - before, 3100ms);
    nap(runtime, 1s);
    EXPECT_EQ(echoing.closed.size(), 1u);
    EXPECT_TRUE(client.call(echoing.at, ask(echo), in(runtime, 3s)));
    client.stop();
    echoing.server.stop();
  });
}

TEST(RemotingClient, ATimeoutWhereOthersAreAnsweredClosesNothingAndALateAnswerIsIgnored) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Client client(runtime);
    std::vector<Errc> outcomes;
    client.request(echoing.at, ask(keep), in(runtime, 2s),
                   [&](const Result<Command>& result) { outcomes.push_back(result.error().code); });
    nap(runtime, 1s);
    ASSERT_TRUE(client.call(echoing.at, ask(echo), in(runtime, 3s)));
    nap(runtime, 2s);
    EXPECT_EQ(outcomes, std::vector<Errc>{Errc::timed_out});
    echoing.kept.at(0)(answer("late"));
    nap(runtime, 1s);
    EXPECT_EQ(outcomes.size(), 1u);
    EXPECT_TRUE(echoing.closed.empty());
    EXPECT_EQ(as_text(client.call(echoing.at, ask(echo, "x"), in(runtime, 3s))->body), "x");
    client.stop();
    echoing.server.stop();
  });
}

TEST(RemotingClient, AClosedConnectionFailsWhatWaitsAndIsOpenedAgain) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Client client(runtime);
    std::vector<Endpoint> closed;
    client.on_close([&](const Endpoint& at) { closed.push_back(at); });
    std::vector<Errc> outcomes;
    client.request(echoing.at, ask(keep), in(runtime, 60s),
                   [&](const Result<Command>& result) { outcomes.push_back(result.error().code); });
    nap(runtime, 1s);
    echoing.server.channels().at(0)->close();
    nap(runtime, 1s);
    EXPECT_EQ(outcomes, std::vector<Errc>{Errc::closed});
    EXPECT_EQ(closed, std::vector<Endpoint>{echoing.at});
    EXPECT_TRUE(client.call(echoing.at, ask(echo), in(runtime, 3s)));
    client.stop();
    echoing.server.stop();
  });
}

TEST(RemotingClient, BacksOffAfterAFailedConnectAndTriesAgainLater) {
  in_node([](Runtime runtime) {
    const Endpoint nobody{"127.0.0.1", 4444};
    Client client(runtime);
    const auto attempt = [&] { return client.call(nobody, ask(echo), in(runtime, 3s)).error().code; };
    EXPECT_EQ(attempt(), Errc::refused);
    EXPECT_EQ(attempt(), Errc::unreachable);  // at once, without a connect
    nap(runtime, 110ms);
    EXPECT_EQ(attempt(), Errc::refused);
    nap(runtime, 110ms);
    EXPECT_EQ(attempt(), Errc::unreachable);  // twice as long now
    nap(runtime, 110ms);
    EXPECT_EQ(attempt(), Errc::refused);

    Server server(runtime);
    server.on(echo, [](const CommandView&, const Responder& respond) { respond(answer()); });
    ASSERT_TRUE(server.listen(nobody));
    nap(runtime, 5s);
    EXPECT_TRUE(client.call(nobody, ask(echo), in(runtime, 3s)));
    client.stop();
    server.stop();
  });
}

TEST(RemotingClient, BacksOffFromAPeerThatAcceptsAndCloses) {
  in_node([](Runtime runtime) {
    const auto listener = runtime.network.listen({"0.0.0.0", 4444}).value();
    int accepted = 0;
    runtime.tasks.spawn("acceptor", [&] {
      while (listener->accept()) ++accepted;
    });
    Client client(runtime);
    int attempts = 0;
    for (const Instant end = in(runtime, 10s); runtime.clock.now() < end; ++attempts) {
      EXPECT_FALSE(client.call({"127.0.0.1", 4444}, ask(echo), in(runtime, 3s)));
      nap(runtime, 1ms);
    }
    EXPECT_GT(attempts, 1000);
    EXPECT_GE(accepted, 4);
    EXPECT_LE(accepted, 8);  // at 0, 100, 300, 700 ms, 1.5, 3.1, 6.3 s
    listener->close();

    // One answer, and the next connection is not held back by what was before.
    Server server(runtime);
    server.on(echo, [](const CommandView&, const Responder& respond) { respond(answer()); });
    ASSERT_TRUE(server.listen({"0.0.0.0", 4444}));
    nap(runtime, 6s);
    ASSERT_TRUE(client.call({"127.0.0.1", 4444}, ask(echo), in(runtime, 3s)));
    server.channels().at(0)->close();
    nap(runtime, 10ms);
    EXPECT_TRUE(client.call({"127.0.0.1", 4444}, ask(echo), in(runtime, 3s)));
    client.stop();
    server.stop();
  });
}

TEST(RemotingClient, AFullTableOfRequestsIsBusy) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Client client(runtime, {.channel = {.pending_max = 2}});
    ASSERT_TRUE(client.call(echoing.at, ask(echo), in(runtime, 3s)));
    for (int i = 0; i < 2; ++i)
      client.request(echoing.at, ask(keep), in(runtime, 60s), [](const Result<Command>&) {});
    EXPECT_EQ(client.call(echoing.at, ask(echo), in(runtime, 3s)).error().code, Errc::busy);
    client.stop();
    echoing.server.stop();
  });
}

TEST(RemotingClient, StopFailsWhatWaitsWithStopped) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Client client(runtime);
    std::vector<Errc> outcomes;
    const auto note = [&](const Result<Command>& result) { outcomes.push_back(result.error().code); };
    client.request(echoing.at, ask(keep), in(runtime, 60s), note);
    nap(runtime, 1s);
    client.request({"127.0.0.1", 5555}, ask(keep), in(runtime, 60s), note);
    sync::TaskGroup group(runtime.tasks);
    group.spawn("caller", [&] {
      EXPECT_EQ(client.call(echoing.at, ask(keep), in(runtime, 60s)).error().code, Errc::stopped);
    });
    runtime.tasks.yield();
    client.stop();
    EXPECT_EQ(outcomes, std::vector<Errc>(2, Errc::stopped));
    EXPECT_EQ(client.call(echoing.at, ask(echo), in(runtime, 3s)).error().code, Errc::stopped);
    ASSERT_TRUE(group.join());
    echoing.server.stop();
  });
}

// Two machines, so that one of them can go away.
struct RemotingFaults : testing::Test {
  RemotingFaults() {
    world.add_machine("server");
    world.add_machine("client");
    at = {world.address("server"), 10911};
  }
  void serve() {
    world.start("server", "broker", [this](Runtime runtime) {
      Server server(runtime);
      server.on(echo, [](const CommandView& request, const Responder& respond) {
        respond(answer(as_text(request.body)));
      });
      server.on(keep, [](const CommandView&, const Responder&) {});
      ASSERT_TRUE(server.listen({"0.0.0.0", 10911}));
      for (;;) runtime.tasks.park();
    });
  }
  sim::Simulation world{7};
  Endpoint at;
};

TEST_F(RemotingFaults, AKilledPeerFailsWhatWaitsAndItsNextIncarnationIsFound) {
  serve();
  std::vector<std::string> story;
  world.start("client", "producer", [&](Runtime runtime) {
    Client client(runtime);
    for (int i = 0; i < 40; ++i) {
      const auto got = client.call(at, ask(i == 5 ? keep : echo, "x"), in(runtime, 3s));
      const std::string outcome(got ? "answered" : name_of(got.error().code));
      if (story.empty() || story.back() != outcome) story.push_back(outcome);
      nap(runtime, 250ms);
    }
    client.stop();
  });
  world.at({2'000'000'000}, [&] { world.kill("server", "broker"); });
  world.at({4'000'000'000}, [&] { world.restart("server", "broker"); });
  EXPECT_TRUE(world.run_until([&] { return !world.running("client", "producer"); }, {60'000'000'000}));
  ASSERT_GE(story.size(), 4u);
  EXPECT_EQ(story[0], "answered");
  EXPECT_EQ(story[1], "closed");
  EXPECT_EQ(story.back(), "answered");
}

TEST_F(RemotingFaults, APeerThatLostItsPowerIsNoticedByTheTimeoutOfACall) {
  serve();
  std::vector<std::string> story;
  world.start("client", "producer", [&](Runtime runtime) {
    Client client(runtime);
    for (int i = 0; i < 20; ++i) {
      const auto got = client.call(at, ask(echo, "x"), in(runtime, 3s));
      const std::string outcome(got ? "answered" : name_of(got.error().code));
      if (story.empty() || story.back() != outcome) story.push_back(outcome);
      nap(runtime, 1s);
    }
    client.stop();
  });
  world.at({2'000'000'000}, [&] { world.lose_power("server"); });
  world.at({20'000'000'000}, [&] {
    world.power_on("server");
    world.restart("server", "broker");
  });
  EXPECT_TRUE(world.run_until([&] { return !world.running("client", "producer"); }, {120'000'000'000}));
  ASSERT_GE(story.size(), 3u);
  EXPECT_EQ(story[1], "timed_out");
  EXPECT_EQ(story.back(), "answered");
}

TEST_F(RemotingFaults, ACrashAtAnyMomentUnwindsBothEnds) {
  for (std::int64_t ms = 1; ms < 40; ++ms) {
    sim::Simulation crashing(static_cast<std::uint64_t>(ms));
    crashing.add_machine("server");
    crashing.add_machine("client");
    const Endpoint server_at{crashing.address("server"), 10911};
    crashing.start("server", "broker", [](Runtime runtime) {
      EchoServer echoing(runtime);
      Server fixed(runtime, {.output_pause_bytes = 64 * 1024});
      fixed.on(echo, [](const CommandView& request, const Responder& respond) {
        respond(answer(as_text(request.body)));
      });
      ASSERT_TRUE(fixed.listen({"0.0.0.0", 10911}));
      for (;;) runtime.tasks.park();
    });
    crashing.start("client", "producer", [&](Runtime runtime) {
      Client client(runtime);
      sync::TaskGroup group(runtime.tasks);
      for (int i = 0; i < 8; ++i)
        group.spawn("caller", [&] {
          for (;;) {
            const auto got = client.call(server_at, ask(echo, std::string(50'000, 'x')), in(runtime, 3s));
            if (!got) nap(runtime, 1ms);
          }
        });
      for (;;) runtime.tasks.park();
    });
    const bool server_first = ms % 2 == 0;
    crashing.at({ms * 1'000'000}, [&] {
      server_first ? crashing.kill("server", "broker") : crashing.kill("client", "producer");
    });
    crashing.at({ms * 1'000'000 + 500'000'000},
                [&] { server_first ? crashing.kill("client", "producer") : crashing.lose_power("server"); });
    crashing.run_until({ms * 1'000'000 + 1'000'000'000});
    EXPECT_FALSE(crashing.running("server", "broker"));
    EXPECT_FALSE(crashing.running("client", "producer"));
  }
}

// Whatever happens to the peer, each request has one outcome, not later than its deadline, and an
// answer is the answer to that request.
RC_GTEST_PROP(RemotingClient, EveryRequestHasOneOutcomeByItsDeadline, ()) {
  struct Sent {
    std::string body;
    Instant deadline;
    int outcomes = 0;
    bool late = false;
    bool wrong = false;
  };
  sim::Simulation world(*rc::gen::inRange<std::uint64_t>(0, 1'000'000));
  world.add_machine("server");
  world.add_machine("client");
  const Endpoint at{world.address("server"), 10911};
  world.start("server", "broker", [](Runtime runtime) {
    Server server(runtime, {.output_pause_bytes = 100'000});
    std::vector<Responder> kept;
    server.on(echo, [](const CommandView& request, const Responder& respond) {
      respond(answer(as_text(request.body)));
    });
    server.on(keep, [&kept](const CommandView&, Responder respond) { kept.push_back(std::move(respond)); });
    ASSERT_TRUE(server.listen({"0.0.0.0", 10911}));
    for (;;) {
      nap(runtime, 300ms);
      for (const auto& channel : server.channels()) channel->close();
    }
  });
  const auto plan = *rc::gen::container<std::vector<std::pair<int, int>>>(
      rc::gen::pair(rc::gen::inRange(0, 60'000), rc::gen::inRange(0, 400)));
  std::vector<std::shared_ptr<Sent>> all;
  bool ended = false;
  world.start("client", "producer", [&](Runtime runtime) {
    Client client(runtime);
    for (const auto& [size, pause] : plan) {
      const auto sent = std::make_shared<Sent>();
      sent->body = std::string(static_cast<std::size_t>(size), static_cast<char>('a' + size % 26));
      sent->deadline = in(runtime, std::chrono::milliseconds(1 + size % 1000));
      all.push_back(sent);
      client.request(at, ask(size % 5 == 0 ? keep : echo, sent->body), sent->deadline,
                     [sent, runtime](const Result<Command>& outcome) {
                       ++sent->outcomes;
                       sent->late = runtime.clock.now() > sent->deadline + 1ms;
                       sent->wrong = outcome && as_text(outcome->body) != sent->body;
                     });
      if (pause > 0) nap(runtime, std::chrono::milliseconds(pause));
    }
    nap(runtime, 2s);
    client.stop();
    ended = true;
  });
  const auto kill_at = *rc::gen::inRange<std::int64_t>(1, 5'000);
  world.run_until({kill_at * 1'000'000});
  world.kill("server", "broker");
  world.run_until({kill_at * 1'000'000 + 700'000'000});
  world.restart("server", "broker");
  RC_ASSERT(
      world.run_until([&] { return ended && !world.running("client", "producer"); }, {200'000'000'000}));
  for (const auto& sent : all) {
    RC_ASSERT(sent->outcomes == 1);
    RC_ASSERT(!sent->late);
    RC_ASSERT(!sent->wrong);
  }
}

}  // namespace
}  // namespace gantry::runtime::remoting::test
