#include <vector>

#include "tests/contract/streams.h"

namespace gantry::contract {

GANTRY_CONTRACT(ConnectionContract);

TEST_P(ConnectionContract, BytesArriveInOrderInBothDirectionsAtOnce) {
  in_world([&](Runtime rt) {
    const Pair pair = new_pair(rt, world->host());
    sync::TaskGroup group(rt.tasks);
    const auto stream = [&](Connection& from, Connection& to, unsigned seed) {
      group.spawn("writer", [&, seed] { EXPECT_TRUE(write_all(rt, from, pattern(3'000'000, seed))); });
      group.spawn("reader",
                  [&, seed] { EXPECT_EQ(read_up_to(rt, to, 3'000'000), pattern(3'000'000, seed)); });
    };
    stream(*pair.client, *pair.server, 1);
    stream(*pair.server, *pair.client, 2);
    EXPECT_TRUE(group.join());
  });
}

TEST_P(ConnectionContract, AReadReturnsWhatIsThereAndNoMoreThanAsked) {
  in_world([&](Runtime rt) {
    const Pair pair = new_pair(rt, world->host());
    EXPECT_TRUE(write_all(rt, *pair.client, as_bytes("abc")));
    std::byte two[2];
    std::size_t got = 0;
    std::string text;
    while (text.size() < 3) {
      got = pair.server->read_some(two, limit(rt)).value();
      EXPECT_GE(got, 1u);
      EXPECT_LE(got, 2u);
      text += as_text(std::span(two).first(got));
    }
    EXPECT_EQ(text, "abc");
  });
}

TEST_P(ConnectionContract, AReadSuspendsUntilBytesAreThere) {
  in_world([&](Runtime rt) {
    const Pair pair = new_pair(rt, world->host());
    sync::TaskGroup group(rt.tasks);
    bool written = false;
    group.spawn("writer", [&] {
      rt.tasks.yield();
      written = true;
      EXPECT_TRUE(write_all(rt, *pair.client, as_bytes("x")));
    });
    EXPECT_EQ(read_text(rt, *pair.server, 1), "x");
    EXPECT_TRUE(written);
    EXPECT_TRUE(group.join());
  });
}

TEST_P(ConnectionContract, AReadThatTimesOutLeavesTheStreamAsGoodAsBefore) {
  in_world([&](Runtime rt) {
    const Pair pair = new_pair(rt, world->host());
    std::byte one[1];
    for (int i = 0; i < 3; ++i) {
      const Instant deadline = rt.clock.now() + 1ms;
      EXPECT_EQ(pair.server->read_some(one, deadline).error(), Error(Errc::timed_out));
      EXPECT_GE(rt.clock.now(), deadline);
    }
    EXPECT_TRUE(write_all(rt, *pair.client, as_bytes("after")));
    EXPECT_EQ(read_text(rt, *pair.server, 5), "after");
  });
}

TEST_P(ConnectionContract, ADeadlineThatHasPassedKeepsNobodyFromWhatIsThere) {
  in_world([&](Runtime rt) {
    const Pair pair = new_pair(rt, world->host());
    EXPECT_TRUE(write_all(rt, *pair.client, as_bytes("ab")));
    pair.client->close();
    EXPECT_EQ(read_text(rt, *pair.server, 1), "a");
    std::byte one[1];
    EXPECT_EQ(pair.server->read_some(one, limit(rt)).value(), 1u);
    EXPECT_EQ(one[0], std::byte{'b'});
  });
}

TEST_P(ConnectionContract, AWriteGathersItsBuffersInOrder) {
  in_world([&](Runtime rt) {
    const Pair pair = new_pair(rt, world->host());
    std::vector<std::string> pieces;
    std::string whole;
    for (int i = 0; i < 500; ++i) {
      pieces.push_back(i % 7 == 0 ? "" : std::to_string(i) + ",");
      whole += pieces.back();
    }
    std::vector<Bytes> buffers;
    for (const std::string& piece : pieces) buffers.push_back(as_bytes(piece));
    EXPECT_EQ(pair.client->write_some(buffers).value(), whole.size());
    EXPECT_EQ(read_text(rt, *pair.server, whole.size()), whole);
  });
}

TEST_P(ConnectionContract, AWriteOfNothingTakesNothing) {
  in_world([&](Runtime rt) {
    const Pair pair = new_pair(rt, world->host());
    EXPECT_EQ(pair.client->write_some({}).value(), 0u);
    const std::vector<Bytes> empty(3);
    EXPECT_EQ(pair.client->write_some(empty).value(), 0u);
  });
}

TEST_P(ConnectionContract, AWriterIsHeldBackByAPeerThatDoesNotRead) {
  in_world([&](Runtime rt) {
    const Pair pair = new_pair(rt, world->host());
    std::size_t total = 0;
    // What lies between the two ends has a bound, and await_writable() says when it is reached.
    do {
      total += fill(*pair.client);
      ASSERT_LT(total, std::size_t{256} << 20);
    } while (pair.client->await_writable(rt.clock.now() + 50ms));
    EXPECT_GT(total, 0u);
    EXPECT_EQ(pair.client->await_writable(rt.clock.now() + 1ms).error(), Error(Errc::timed_out));
  });
}

TEST_P(ConnectionContract, AWriterGoesOnWhenThePeerReads) {
  in_world([&](Runtime rt) {
    const Pair pair = new_pair(rt, world->host());
    std::size_t total = 0;
    do total += fill(*pair.client);
    while (pair.client->await_writable(rt.clock.now() + 50ms));
    sync::TaskGroup group(rt.tasks);
    group.spawn("reader", [&] { EXPECT_EQ(read_up_to(rt, *pair.server, total).size(), total); });
    EXPECT_TRUE(pair.client->await_writable(limit(rt)));
    EXPECT_GT(fill(*pair.client), 0u);
    EXPECT_TRUE(group.join());
  });
}

TEST_P(ConnectionContract, AFreshStreamIsWritable) {
  in_world([&](Runtime rt) {
    const Pair pair = new_pair(rt, world->host());
    EXPECT_TRUE(pair.client->await_writable(limit(rt)));
    EXPECT_TRUE(pair.server->await_writable(limit(rt)));
  });
}

TEST_P(ConnectionContract, WhatWasWrittenBeforeCloseIsDelivered) {
  in_world([&](Runtime rt) {
    const Pair pair = new_pair(rt, world->host());
    const std::size_t total = fill(*pair.client);
    pair.client->close();
    Errc end{};
    EXPECT_EQ(read_up_to(rt, *pair.server, total + 1, &end).size(), total);
    EXPECT_EQ(end, Errc::closed);
  });
}

TEST_P(ConnectionContract, WhatWasWrittenIsDeliveredAlsoByAnEndThatLeftInputUnread) {
  in_world([&](Runtime rt) {
    const Pair pair = new_pair(rt, world->host());
    EXPECT_TRUE(write_all(rt, *pair.server, pattern(100'000)));
    const std::size_t total = fill(*pair.client);
    pair.client->close();
    Errc end{};
    EXPECT_EQ(read_up_to(rt, *pair.server, total + 1, &end).size(), total);
    EXPECT_EQ(end, Errc::closed);
  });
}

TEST_P(ConnectionContract, AfterThePeersLastByteEveryReadSaysClosed) {
  in_world([&](Runtime rt) {
    const Pair pair = new_pair(rt, world->host());
    pair.client->close();
    std::byte one[1];
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(pair.server->read_some(one, limit(rt)).error(), Error(Errc::closed));
  });
}

TEST_P(ConnectionContract, DestructionCloses) {
  in_world([&](Runtime rt) {
    Pair pair = new_pair(rt, world->host());
    EXPECT_TRUE(write_all(rt, *pair.client, as_bytes("bye")));
    pair.client.reset();
    Errc end{};
    EXPECT_EQ(as_text(read_up_to(rt, *pair.server, 4, &end)), "bye");
    EXPECT_EQ(end, Errc::closed);
  });
}

TEST_P(ConnectionContract, CloseWakesOurReader) {
  in_world([&](Runtime rt) {
    const Pair pair = new_pair(rt, world->host());
    sync::TaskGroup group(rt.tasks);
    group.spawn("reader", [&] {
      std::byte one[1];
      EXPECT_EQ(pair.client->read_some(one, Instant::never()).error(), Error(Errc::closed));
    });
    rt.tasks.yield();
    pair.client->close();
    EXPECT_TRUE(group.join({limit(rt)}));
  });
}

TEST_P(ConnectionContract, CloseWakesOurWriter) {
  in_world([&](Runtime rt) {
    const Pair pair = new_pair(rt, world->host());
    do fill(*pair.client);
    while (pair.client->await_writable(rt.clock.now() + 50ms));
    sync::TaskGroup group(rt.tasks);
    group.spawn("writer", [&] {
      EXPECT_EQ(pair.client->await_writable(Instant::never()).error(), Error(Errc::closed));
    });
    rt.tasks.yield();
    pair.client->close();
    EXPECT_TRUE(group.join({limit(rt)}));
  });
}

TEST_P(ConnectionContract, AfterOurCloseEveryCallSaysClosed) {
  in_world([&](Runtime rt) {
    const Pair pair = new_pair(rt, world->host());
    EXPECT_TRUE(write_all(rt, *pair.server, as_bytes("unread")));
    pair.client->close();
    pair.client->close();
    std::byte one[1];
    const Bytes text = as_bytes("x");
    EXPECT_EQ(pair.client->read_some(one, limit(rt)).error(), Error(Errc::closed));
    EXPECT_EQ(pair.client->write_some(std::span(&text, 1)).error(), Error(Errc::closed));
    EXPECT_EQ(pair.client->await_writable(limit(rt)).error(), Error(Errc::closed));
  });
}

TEST_P(ConnectionContract, WhoWritesToAPeerThatHasClosedLearnsIt) {
  in_world([&](Runtime rt) {
    const Pair pair = new_pair(rt, world->host());
    pair.client->close();
    const Bytes text = as_bytes("x");
    Result<std::size_t> written = 0u;
    const Instant end = limit(rt);
    while (written && rt.clock.now() < end) {
      written = pair.server->write_some(std::span(&text, 1));
      (void)rt.tasks.park(rt.clock.now() + 1ms);
    }
    ASSERT_FALSE(written);
    EXPECT_TRUE(written.error().code == Errc::reset || written.error().code == Errc::closed);
  });
}

TEST_P(ConnectionContract, AStreamThatNeverRunsDryLeavesTurnsToOthers) {
  in_world([&](Runtime rt) {
    const Pair busy = new_pair(rt, world->host());
    const Pair quiet = new_pair(rt, world->host());
    bool done = false;
    sync::TaskGroup group(rt.tasks);
    group.spawn("flood", [&] {
      while (!done && busy.client->await_writable(limit(rt))) fill(*busy.client);
      busy.client->close();
    });
    group.spawn("drain", [&] {
      std::byte few[16];
      while (busy.server->read_some(few, limit(rt))) {
      }
    });
    for (int i = 0; i < 20; ++i) {
      EXPECT_TRUE(write_all(rt, *quiet.client, as_bytes("ping")));
      EXPECT_EQ(read_text(rt, *quiet.server, 4), "ping");
    }
    done = true;
    busy.server->close();
    EXPECT_TRUE(group.join());
  });
}

TEST_P(ConnectionContract, ACrashUnwindsReadersAndWriters) {
  int unwound = 0;
  in_world([&](Runtime rt) {
    struct Count {
      int& into;
      ~Count() { ++into; }
    };
    const auto pair = std::make_shared<Pair>(new_pair(rt, world->host()));
    do fill(*pair->client);
    while (pair->client->await_writable(rt.clock.now() + 50ms));
    rt.tasks.spawn("reader", [&unwound, pair] {
      const Count count{unwound};
      std::byte one[1];
      (void)pair->client->read_some(one, Instant::never());
    });
    rt.tasks.spawn("writer", [&unwound, pair] {
      const Count count{unwound};
      (void)pair->client->await_writable(Instant::never());
    });
    rt.tasks.yield();
    world->crash();
  });
  EXPECT_EQ(unwound, 2);
}

}  // namespace gantry::contract
