#include <algorithm>
#include <vector>

#include "tests/contract/streams.h"

namespace gantry::contract {

GANTRY_CONTRACT(NetworkContract);

TEST_P(NetworkContract, APortOfZeroBecomesARealOne) {
  in_world([&](Runtime rt) {
    const auto one = rt.network.listen({world->host(), 0}).value();
    const auto two = rt.network.listen({world->host(), 0}).value();
    EXPECT_NE(one->local().port, 0);
    EXPECT_NE(two->local().port, 0);
    EXPECT_NE(one->local().port, two->local().port);
    EXPECT_EQ(one->local().host, world->host());
  });
}

TEST_P(NetworkContract, BothEndsKnowEachOther) {
  in_world([&](Runtime rt) {
    const auto listener = rt.network.listen({world->host(), 0}).value();
    const Pair pair = connect_to(rt, *listener);
    EXPECT_EQ(pair.client->peer(), listener->local());
    EXPECT_EQ(pair.server->local(), listener->local());
    EXPECT_EQ(pair.server->peer(), pair.client->local());
    EXPECT_EQ(pair.client->local().host, world->host());
    EXPECT_NE(pair.client->local().port, 0);
  });
}

TEST_P(NetworkContract, AListenerOnEveryAddressIsReached) {
  in_world([&](Runtime rt) {
    const auto listener = rt.network.listen({"0.0.0.0", 0}).value();
    const auto client = rt.network.connect({world->host(), listener->local().port}, limit(rt));
    ASSERT_TRUE(client);
    EXPECT_EQ((*client)->peer().host, world->host());
    EXPECT_EQ(listener->accept().value()->local().host, world->host());
  });
}

TEST_P(NetworkContract, ANameWorksAsWellAsAnAddress) {
  in_world([&](Runtime rt) {
    const auto listener = rt.network.listen({world->name(), 0}).value();
    const auto client = rt.network.connect({world->name(), listener->local().port}, limit(rt));
    ASSERT_TRUE(client);
    EXPECT_EQ((*client)->peer().host, world->host());
  });
}

TEST_P(NetworkContract, ANameThatNobodyHasIsUnreachable) {
  in_world([&](Runtime rt) {
    EXPECT_EQ(rt.network.connect({"no such host", 1}, Instant::never()).error(), Error(Errc::unreachable));
  });
}

TEST_P(NetworkContract, AConnectionStandsBeforeItIsAccepted) {
  in_world([&](Runtime rt) {
    const auto listener = rt.network.listen({world->host(), 0}).value();
    const auto first = rt.network.connect(listener->local(), limit(rt)).value();
    EXPECT_TRUE(write_all(rt, *first, as_bytes("early")));
    const auto second = rt.network.connect(listener->local(), limit(rt)).value();
    const auto accepted = listener->accept().value();
    EXPECT_EQ(accepted->peer(), first->local());
    EXPECT_EQ(read_text(rt, *accepted, 5), "early");
    EXPECT_EQ(listener->accept().value()->peer(), second->local());
  });
}

TEST_P(NetworkContract, AcceptSuspendsUntilSomebodyConnects) {
  in_world([&](Runtime rt) {
    const auto listener = rt.network.listen({world->host(), 0}).value();
    sync::TaskGroup group(rt.tasks);
    std::unique_ptr<Connection> accepted;
    group.spawn("acceptor", [&] { accepted = listener->accept().value(); });
    rt.tasks.yield();
    EXPECT_EQ(accepted, nullptr);
    const auto client = rt.network.connect(listener->local(), limit(rt)).value();
    EXPECT_TRUE(group.join({limit(rt)}));
    EXPECT_NE(accepted, nullptr);
  });
}

TEST_P(NetworkContract, RefusedWhereNobodyListens) {
  in_world([&](Runtime rt) {
    const auto listener = rt.network.listen({world->host(), 0}).value();
    const Endpoint there = listener->local();
    listener->close();
    EXPECT_EQ(rt.network.connect(there, limit(rt)).error(), Error(Errc::refused));
  });
}

TEST_P(NetworkContract, ConnectTimesOutWhereNobodyAnswers) {
  in_world([&](Runtime rt) {
    const Endpoint there = world->silence();
    const Instant deadline = rt.clock.now() + 20ms;
    EXPECT_EQ(rt.network.connect(there, deadline).error(), Error(Errc::timed_out));
    EXPECT_GE(rt.clock.now(), deadline);
  });
}

TEST_P(NetworkContract, OthersRunWhileAConnectWaits) {
  in_world([&](Runtime rt) {
    const Endpoint there = world->silence();
    const Pair pair = new_pair(rt, world->host());
    sync::TaskGroup group(rt.tasks);
    bool connecting = true;
    bool meanwhile = false;
    group.spawn("other", [&] {
      EXPECT_TRUE(write_all(rt, *pair.client, as_bytes("x")));
      EXPECT_EQ(read_text(rt, *pair.server, 1), "x");
      meanwhile = connecting;
    });
    EXPECT_FALSE(rt.network.connect(there, rt.clock.now() + 100ms));
    connecting = false;
    EXPECT_TRUE(group.join());
    EXPECT_TRUE(meanwhile);
  });
}

TEST_P(NetworkContract, TwoListenersCannotShareAPort) {
  in_world([&](Runtime rt) {
    const auto listener = rt.network.listen({world->host(), 0}).value();
    EXPECT_EQ(rt.network.listen(listener->local()).error(), Error(Errc::in_use));
  });
}

TEST_P(NetworkContract, CloseFreesThePort) {
  in_world([&](Runtime rt) {
    auto listener = rt.network.listen({world->host(), 0}).value();
    const Endpoint there = listener->local();
    listener->close();
    listener = rt.network.listen(there).value();
    EXPECT_EQ(listener->local(), there);
    listener.reset();
    EXPECT_TRUE(rt.network.listen(there));
  });
}

TEST_P(NetworkContract, APortIsFreeAlthoughConnectionsOfItEndedJustNow) {
  in_world([&](Runtime rt) {
    auto listener = rt.network.listen({world->host(), 0}).value();
    const Endpoint there = listener->local();
    const Pair pair = connect_to(rt, *listener);
    pair.server->close();
    pair.client->close();
    listener->close();
    EXPECT_TRUE(rt.network.listen(there));
  });
}

TEST_P(NetworkContract, AnAddressOfSomebodyElseIsInvalid) {
  in_world([&](Runtime rt) { EXPECT_EQ(rt.network.listen({"192.0.2.1", 0}).error(), Error(Errc::invalid)); });
}

TEST_P(NetworkContract, CloseWakesAccept) {
  in_world([&](Runtime rt) {
    const auto listener = rt.network.listen({world->host(), 0}).value();
    sync::TaskGroup group(rt.tasks);
    group.spawn("acceptor", [&] { EXPECT_EQ(listener->accept().error(), Error(Errc::closed)); });
    rt.tasks.yield();
    listener->close();
    EXPECT_TRUE(group.join({limit(rt)}));
    EXPECT_EQ(listener->accept().error(), Error(Errc::closed));
    listener->close();
  });
}

TEST_P(NetworkContract, AConnectionSurvivesItsListener) {
  in_world([&](Runtime rt) {
    const Pair pair = new_pair(rt, world->host());  // the listener is gone by now
    EXPECT_TRUE(write_all(rt, *pair.client, as_bytes("ping")));
    EXPECT_EQ(read_text(rt, *pair.server, 4), "ping");
    EXPECT_TRUE(write_all(rt, *pair.server, as_bytes("pong")));
    EXPECT_EQ(read_text(rt, *pair.client, 4), "pong");
  });
}

TEST_P(NetworkContract, ManyConnectionsAtOnceDoNotMixTheirBytes) {
  constexpr std::size_t many = 200;
  in_world([&](Runtime rt) {
    const auto listener = rt.network.listen({world->host(), 0}).value();
    sync::TaskGroup group(rt.tasks);
    group.spawn("acceptor", [&] {
      for (std::size_t i = 0; i < many; ++i)
        group.spawn("echo", [&, peer = std::shared_ptr(listener->accept().value())] {
          EXPECT_TRUE(write_all(rt, *peer, read_up_to(rt, *peer, 20'000)));
        });
    });
    for (unsigned i = 0; i < many; ++i)
      group.spawn("client", [&, i] {
        const auto connection = rt.network.connect(listener->local(), limit(rt)).value();
        EXPECT_TRUE(write_all(rt, *connection, pattern(20'000, i)));
        EXPECT_EQ(read_up_to(rt, *connection, 20'000), pattern(20'000, i));
      });
    EXPECT_TRUE(group.join());
  });
}

TEST_P(NetworkContract, ACrashUnwindsWhoeverAcceptsOrConnects) {
  int unwound = 0;
  in_world([&](Runtime rt) {
    struct Count {
      int& into;
      ~Count() { ++into; }
    };
    rt.tasks.spawn("acceptor", [&, rt] {
      const Count count{unwound};
      (void)rt.network.listen({world->host(), 0}).value()->accept();
    });
    rt.tasks.spawn("connector", [&, rt, there = world->silence()] {
      const Count count{unwound};
      (void)rt.network.connect(there, Instant::never());
    });
    rt.tasks.yield();
    world->crash();
  });
  EXPECT_EQ(unwound, 2);
}

}  // namespace gantry::contract
