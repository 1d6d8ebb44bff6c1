#include "tests/runtime/remoting/support.h"

// What peers can make a server hold: unfinished frames and answers that they do not take.
namespace gantry::runtime::remoting::test {
namespace {

constexpr std::size_t mib = 1 << 20;

/// Answers each heart beat with `bytes` bytes.
void answer_largely(EchoServer& server, std::size_t bytes) {
  server.server.on(RequestCode::heart_beat, [&server, bytes](const CommandView&, const Responder& respond) {
    server.requests.emplace_back();
    respond(answer(std::string(bytes, 'x')));
  });
}

Buffer heart_beats(int count) {
  Buffer all;
  for (int i = 0; i < count; ++i) {
    const Buffer one = frame(RequestCode::heart_beat, i);
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

bool serves(Runtime runtime, const EchoServer& server) {
  RawPeer peer(runtime, server.at);
  peer.write(frame(echo, 1, "good"));
  return peer.read().has_value();
}

TEST(RemotingHeldBytes, RequestsOfOneReadStopWhenTheirAnswersAreNotTaken) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime, {.output_pause_bytes = mib});
    answer_largely(echoing, 200'000);
    RawPeer peer(runtime, echoing.at);
    peer.write(heart_beats(290));
    nap(runtime, 10s);
    EXPECT_LT(echoing.requests.size(), 12u);
    for (int i = 0; i < 290; ++i) {
      const auto got = peer.read();
      ASSERT_TRUE(got);
      ASSERT_EQ(got->opaque, i);
    }
    echoing.server.stop();
  });
}

TEST(RemotingHeldBytes, ThousandsOfRequestsOfOneReadLetOthersHaveTheirTurn) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    RawPeer many(runtime, echoing.at);
    RawPeer one(runtime, echoing.at);
    many.write(heart_beats(1));  // not served: only to be sure that it is being read
    ASSERT_TRUE(many.read());
    Buffer all;
    for (int i = 0; i < 2000; ++i) {
      const Buffer each = frame(echo, i, "many");
      all.insert(all.end(), each.begin(), each.end());
    }
    many.write(all);
    one.write(frame(echo, 1, "one"));
    ASSERT_TRUE(one.read());
    EXPECT_LT(echoing.requests.size(), 1000u);
    for (int i = 0; i < 2000; ++i) ASSERT_TRUE(many.read());
    echoing.server.stop();
  });
}

TEST(RemotingHeldBytes, AFrameThatComesByteByByteIsClosedInTheEnd) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    RawPeer peer(runtime, echoing.at);
    const Buffer slow = frame(echo, 1, std::string(1000, 'x'));
    const Instant begun = runtime.clock.now();
    std::size_t sent = 0;
    while (echoing.closed.empty() && sent < 200) {
      peer.write(Bytes(slow).subspan(sent++, 1));
      nap(runtime, 1s);
    }
    EXPECT_EQ(echoing.closed.size(), 1u);
    EXPECT_GE(runtime.clock.now() - begun, 120s);
    EXPECT_LE(runtime.clock.now() - begun, 122s);
    EXPECT_EQ(echoing.noted.counts["remoting.slow-frame"], 1);
    echoing.server.stop();
  });
}

TEST(RemotingHeldBytes, FramesThatAlwaysOverlapStayWelcome) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    RawPeer peer(runtime, echoing.at);
    const Buffer one = frame(echo, 1, std::string(1000, 'x'));
    peer.write(Bytes(one).first(10));
    for (int i = 0; i < 10; ++i) {
      nap(runtime, 100s);
      Buffer rest(one.begin() + 10, one.end());
      rest.insert(rest.end(), one.begin(), one.begin() + 10);
      peer.write(rest);
      ASSERT_TRUE(peer.read());
    }
    EXPECT_TRUE(echoing.closed.empty());
    echoing.server.stop();
  });
}

// While the peer's own answers keep us from reading, the rest of its frame cannot come.
TEST(RemotingHeldBytes, AFrameIsNotLateWhileItIsNotRead) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime, {.output_pause_bytes = 100'000, .write_stall_max = 200s});
    answer_largely(echoing, 2'000'000);
    RawPeer peer(runtime, echoing.at);
    Buffer bytes = heart_beats(1);
    const Buffer last = frame(echo, 7, "last");
    bytes.insert(bytes.end(), last.begin(), last.begin() + 10);
    peer.write(bytes);
    nap(runtime, 150s);
    EXPECT_EQ(echoing.noted.counts["remoting.reading-paused"], 1);
    EXPECT_TRUE(peer.read());
    nap(runtime, 1s);
    peer.write(Bytes(last).subspan(10));
    const auto got = peer.read();
    ASSERT_TRUE(got);
    EXPECT_EQ(got->opaque, 7);
    echoing.server.stop();
  });
}

TEST(RemotingHeldBytes, UnfinishedFramesOfManyConnectionsAreBounded) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime, {.held_bytes_max = 8 * mib});
    RawPeer small(runtime, echoing.at);
    const Buffer hello = frame(echo, 1, std::string(10'000, 'x'));
    small.write(Bytes(hello).first(5'000));
    const Buffer large = frame(echo, 1, std::string(3 * mib, 'x'));
    std::vector<std::unique_ptr<RawPeer>> peers;
    for (int i = 0; i < 20; ++i) {
      peers.push_back(std::make_unique<RawPeer>(runtime, echoing.at));
      Bytes left = Bytes(large).first(large.size() - 1);
      while (!left.empty()) {
        const auto taken = peers.back()->connection->write_some(std::vector<Bytes>{left});
        if (!taken) break;
        left = left.subspan(*taken);
        if (!left.empty() && !peers.back()->connection->await_writable(in(runtime, 10s))) break;
      }
    }
    nap(runtime, 1s);
    EXPECT_GE(echoing.closed.size(), 18u);  // each of the others holds 4 MiB
    EXPECT_LT(echoing.closed.size(), 20u);
    EXPECT_EQ(echoing.noted.counts["remoting.no-room"], static_cast<std::int64_t>(echoing.closed.size()));
    small.write(Bytes(hello).subspan(5'000));
    EXPECT_TRUE(small.read());  // who holds little is not the one to go
    EXPECT_TRUE(serves(runtime, echoing));
    echoing.server.stop();
  });
}

TEST(RemotingHeldBytes, AnswersThatManyConnectionsDoNotTakeAreBounded) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime, {.held_bytes_max = 16 * mib});
    answer_largely(echoing, 200'000);
    std::vector<std::unique_ptr<RawPeer>> peers;
    for (int i = 0; i < 40; ++i) {
      peers.push_back(std::make_unique<RawPeer>(runtime, echoing.at));
      peers.back()->write(heart_beats(290));
    }
    nap(runtime, 10s);
    // Without a bound for all of them together, each would hold 4 MiB: 21 answers.
    EXPECT_LT(echoing.requests.size(), 40u * 8);
    EXPECT_TRUE(serves(runtime, echoing));
    // Who begins to read gets everything.
    for (int i = 0; i < 290; ++i) ASSERT_TRUE(peers.front()->read());
    echoing.server.stop();
  });
}

TEST(RemotingHeldBytes, LateAnswersThatTogetherAreTooMuchCloseTheLargest) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime, {.held_bytes_max = 8 * mib});
    RawPeer modest(runtime, echoing.at);
    modest.write(frame(keep, 1));
    std::vector<std::unique_ptr<RawPeer>> peers;
    for (int i = 0; i < 10; ++i) {
      peers.push_back(std::make_unique<RawPeer>(runtime, echoing.at));
      peers.back()->write(frame(keep, 1));
    }
    nap(runtime, 1s);
    ASSERT_EQ(echoing.kept.size(), 11u);
    for (const Responder& respond : echoing.kept) {
      const bool first = respond.channel()->peer() == modest.connection->local();
      respond(answer(std::string(first ? mib / 2 : 2 * mib, 'x')));
    }
    nap(runtime, 1s);
    EXPECT_GE(echoing.closed.size(), 5u);
    EXPECT_LT(echoing.closed.size(), 10u);
    EXPECT_TRUE(modest.read());
    EXPECT_TRUE(serves(runtime, echoing));
    echoing.server.stop();
  });
}

}  // namespace
}  // namespace gantry::runtime::remoting::test
