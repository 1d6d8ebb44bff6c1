#include "tests/runtime/remoting/support.h"

#include <rapidcheck/gtest.h>

namespace gantry::runtime::remoting::test {
namespace {

TEST(RemotingServer, AnswersInTheEncodingAndWithTheOpaqueOfTheRequest) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    RawPeer peer(runtime, echoing.at);
    for (const auto type : {SerializeType::json, SerializeType::rocketmq}) {
      Command request = ask(echo, "hello");
      request.opaque = 4711;
      peer.write(encode(request, type));
      const auto got = peer.read();
      ASSERT_TRUE(got);
      EXPECT_EQ(got->opaque, 4711);
      EXPECT_TRUE(got->is_response());
      EXPECT_EQ(got->version, model::protocol::announced_version);
      EXPECT_EQ(as_text(got->body), "hello");
    }
    echoing.server.stop();
  });
}

TEST(RemotingServer, HandlesManyFramesOfOneReadInOrder) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    RawPeer peer(runtime, echoing.at);
    Buffer all;
    for (int i = 0; i < 100; ++i) {
      const Buffer one = frame(echo, i, std::to_string(i));
      all.insert(all.end(), one.begin(), one.end());
    }
    peer.write(all);
    for (int i = 0; i < 100; ++i) {
      const auto got = peer.read();
      ASSERT_TRUE(got);
      EXPECT_EQ(got->opaque, i);
      EXPECT_EQ(as_text(got->body), std::to_string(i));
    }
    echoing.server.stop();
  });
}

TEST(RemotingServer, ReadsAFrameByteByByte) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    RawPeer peer(runtime, echoing.at);
    for (const std::byte b : frame(echo, 9, "slowly")) {
      peer.write(Bytes(&b, 1));
      nap(runtime, 10ms);
    }
    const auto got = peer.read();
    ASSERT_TRUE(got);
    EXPECT_EQ(as_text(got->body), "slowly");
    echoing.server.stop();
  });
}

TEST(RemotingServer, CarriesAFrameOfTheGreatestSize) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    const std::string body(16'000'000, 'x');
    Client client(runtime);
    const auto got = client.call(echoing.at, ask(echo, body), in(runtime, 60s));
    ASSERT_TRUE(got);
    EXPECT_EQ(got->body.size(), body.size());
    client.stop();
    echoing.server.stop();
  });
}

TEST(RemotingServer, AnAnswerThatFitsNoFrameIsARefusalAndTheConnectionGoesOn) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    RawPeer peer(runtime, echoing.at);
    peer.write(frame(keep, 1));
    peer.write(frame(echo, 2, "between"));
    ASSERT_EQ(peer.read()->opaque, 2);
    echoing.kept.at(0)(answer(std::string(model::protocol::frame_bytes_max, 'x')));
    const auto got = peer.read();
    ASSERT_TRUE(got);
    EXPECT_EQ(got->opaque, 1);
    EXPECT_EQ(got->code, static_cast<std::int32_t>(ResponseCode::system_error));
    EXPECT_EQ(got->remark, "the answer does not fit a frame");
    EXPECT_EQ(echoing.noted.counts["remoting.answer-too-large"], 1);
    peer.write(frame(echo, 3, "after"));
    EXPECT_EQ(peer.read()->opaque, 3);
    echoing.server.stop();
  });
}

TEST(RemotingServer, AOneWayRequestGetsNoAnswer) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    RawPeer peer(runtime, echoing.at);
    peer.write(frame(echo, 1, "one-way", model::protocol::flag_oneway));
    peer.write(frame(echo, 2, "asked"));
    const auto got = peer.read();
    ASSERT_TRUE(got);
    EXPECT_EQ(got->opaque, 2);
    EXPECT_EQ(echoing.requests, (std::vector<std::string>{"one-way", "asked"}));
    echoing.server.stop();
  });
}

TEST(RemotingServer, AnswersLaterAndOutOfOrder) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    RawPeer peer(runtime, echoing.at);
    for (int i = 0; i < 3; ++i) peer.write(frame(keep, i));
    nap(runtime, 1s);
    ASSERT_EQ(echoing.kept.size(), 3u);
    for (const int i : {2, 0, 1}) echoing.kept[static_cast<std::size_t>(i)](answer());
    for (const int i : {2, 0, 1}) {
      const auto got = peer.read();
      ASSERT_TRUE(got);
      EXPECT_EQ(got->opaque, i);
    }
    echoing.server.stop();
  });
}

TEST(RemotingServer, AnUnknownCodeIsAnsweredWith3) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    const Endpoint vip = echoing.server.listen({"127.0.0.1", 0}, {echo}).value();
    const auto refused = [&](const Endpoint& at, RequestCode code) {
      RawPeer peer(runtime, at);
      peer.write(frame(code, 5));
      return peer.read();
    };
    const auto got = refused(echoing.at, RequestCode::heart_beat);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->code, 3);
    EXPECT_EQ(got->remark, " request type 34 not supported");
    EXPECT_EQ(refused(vip, echo)->code, 3);
    EXPECT_EQ(refused(echoing.at, echo)->code, 0);

    echoing.server.on_other([](const CommandView&, const Responder& respond) { respond(answer("other")); });
    EXPECT_EQ(as_text(refused(echoing.at, RequestCode::heart_beat)->body), "other");
    echoing.server.stop();
  });
}

void expect_bad_frame(const Buffer& bytes) {
  in_node([&](Runtime runtime) {
    EchoServer echoing(runtime);
    RawPeer good(runtime, echoing.at);
    RawPeer bad(runtime, echoing.at);
    Buffer both = frame(echo, 1, "before");
    both.insert(both.end(), bytes.begin(), bytes.end());
    bad.write(both);
    EXPECT_TRUE(bad.read());  // what was asked before is still answered
    EXPECT_FALSE(bad.read());
    EXPECT_NE(bad.ended_by, Errc::timed_out);
    EXPECT_EQ(echoing.noted.counts["remoting.bad-frame"], 1);
    EXPECT_EQ(echoing.noted.lines.size(), 1u);
    good.write(frame(echo, 2, "good"));
    EXPECT_TRUE(good.read());
    nap(runtime, 1s);
    EXPECT_EQ(echoing.closed.size(), 1u);
    echoing.server.stop();
  });
}

TEST(RemotingServer, ABadFrameClosesOnlyItsConnectionAndCountsOnce) {
  const auto bytes = [](std::initializer_list<int> values) {
    Buffer buffer;
    for (const int v : values) buffer.push_back(static_cast<std::byte>(v));
    return buffer;
  };
  expect_bad_frame(bytes({0xFF, 0xFF, 0xFF, 0xFF}));                    // a negative length
  expect_bad_frame(bytes({0, 0, 0, 0}));                                // no room for a header
  expect_bad_frame(bytes({0x7F, 0, 0, 0}));                             // too long
  expect_bad_frame(bytes({0, 0, 0, 6, 0, 0, 0, 9, '{', '}'}));          // the header leaves the frame
  expect_bad_frame(bytes({0, 0, 0, 6, 7, 0, 0, 2, '{', '}'}));          // no such encoding
  expect_bad_frame(bytes({0, 0, 0, 8, 0, 0, 0, 4, 'G', 'E', 'T', 0}));  // no header
}

RC_GTEST_PROP(RemotingServer, SurvivesAnyBytes, (const std::vector<std::uint8_t>& bytes)) {
  bool served = false;
  sim::in_simulation([&](Runtime runtime) {
    EchoServer echoing(runtime);
    RawPeer bad(runtime, echoing.at);
    Buffer buffer;
    for (const std::uint8_t b : bytes) buffer.push_back(std::byte{b});
    bad.write(buffer);
    RawPeer good(runtime, echoing.at);
    good.write(frame(echo, 2, "good"));
    served = good.read().has_value();
    echoing.server.stop();
  });
  RC_ASSERT(served);
}

TEST(RemotingServer, AnIdleConnectionIsClosedAfterTwoMinutes) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    RawPeer peer(runtime, echoing.at);
    for (int i = 0; i < 3; ++i) {
      nap(runtime, 100s);
      peer.write(frame(echo, i));
      ASSERT_TRUE(peer.read());
    }
    EXPECT_TRUE(echoing.closed.empty());
    nap(runtime, 119s);
    EXPECT_TRUE(echoing.closed.empty());
    nap(runtime, 2s);
    EXPECT_EQ(echoing.closed.size(), 1u);
    echoing.server.stop();
  });
}

TEST(RemotingServer, APeerThatNeverReadsIsBoundedAndClosed) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime, {.output_pause_bytes = 1 << 20, .write_stall_max = 30s});
    RawPeer peer(runtime, echoing.at);
    const Buffer request = frame(echo, 1, std::string(100'000, 'x'));
    // Its own requests are not read any more after some time, so it cannot make us hold much.
    std::size_t written = 0;
    Bytes left = request;
    for (;;) {
      if (left.empty()) left = request;
      const auto taken = peer.connection->write_some(std::vector<Bytes>{left});
      if (!taken) break;
      written += *taken;
      left = left.subspan(*taken);
      if (!left.empty() && !peer.connection->await_writable(in(runtime, 300s))) break;
    }
    EXPECT_LT(written, 10'000'000u);
    nap(runtime, 1s);
    EXPECT_EQ(echoing.closed.size(), 1u);
    EXPECT_EQ(echoing.noted.counts["remoting.stalled"], 1);
    EXPECT_EQ(echoing.noted.counts["remoting.reading-paused"], 1);
    echoing.server.stop();
  });
}

TEST(RemotingServer, OutputAboveTheLimitClosesAtOnce) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime, {.output_close_bytes = 2 << 20});
    RawPeer peer(runtime, echoing.at);
    for (int i = 0; i < 10; ++i) peer.write(frame(keep, i));
    nap(runtime, 1s);
    for (const Responder& respond : echoing.kept) respond(answer(std::string(1 << 20, 'x')));
    nap(runtime, 1s);
    EXPECT_EQ(echoing.closed.size(), 1u);
    echoing.server.stop();
  });
}

TEST(RemotingServer, ASlowReaderGetsEverythingInTheEnd) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime, {.output_pause_bytes = 1 << 20});
    RawPeer peer(runtime, echoing.at);
    const int count = 30;
    runtime.tasks.spawn("writer", [&] {
      for (int i = 0; i < count; ++i)
        peer.write(frame(echo, i, std::string(200'000, static_cast<char>('a' + i % 26))));
    });
    nap(runtime, 20s);
    for (int i = 0; i < count; ++i) {
      const auto got = peer.read();
      ASSERT_TRUE(got);
      ASSERT_EQ(got->opaque, i);
      ASSERT_EQ(got->body.size(), 200'000u);
      ASSERT_EQ(got->body.back(), static_cast<std::byte>('a' + i % 26));
    }
    echoing.server.stop();
  });
}

// The answer that makes the reader pause is handed over whole by the next flush: no drain() follows it
// that would wake the reader. Which of the fibers runs first is the noise's choice.
TEST(RemotingServer, AReaderThatPausedGoesOnWhenTheOutputFitsAtOnce) {
  std::int64_t pauses = 0;
  for (std::uint64_t noise = 1; noise <= 100; ++noise) {
    bool ended = false;
    sim::in_simulation(
        [&](Runtime runtime) {
          EchoServer echoing(runtime, {.output_pause_bytes = 1000});
          echoing.server.on(RequestCode::heart_beat, [&](const CommandView&, const Responder& respond) {
            respond(answer());
            runtime.tasks.spawn("late", [&] { echoing.kept.at(0)(answer(std::string(5000, 'x'))); });
          });
          RawPeer peer(runtime, echoing.at);
          peer.write(frame(keep, 1));
          nap(runtime, 10ms);
          peer.write(frame(RequestCode::heart_beat, 2));
          EXPECT_TRUE(peer.read());
          EXPECT_TRUE(peer.read());
          peer.write(frame(echo, 3));
          EXPECT_TRUE(peer.read()) << "noise " << noise;
          pauses += echoing.noted.counts["remoting.reading-paused"];
          echoing.server.stop();
          ended = true;
        },
        noise);
    ASSERT_TRUE(ended);
  }
  EXPECT_GT(pauses, 0);
}

TEST(RemotingServer, SendsRequestsToItsClientsToo) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Client client(runtime);
    client.on(RequestCode::get_consumer_running_info,
              [](const CommandView& request, const Responder& respond) {
                respond(answer("running " + std::string(as_text(request.body))));
              });
    ASSERT_TRUE(client.call(echoing.at, ask(echo), in(runtime, 3s)));
    const auto channel = echoing.server.channels().at(0);
    const auto got = channel->call(ask(RequestCode::get_consumer_running_info, "info"), in(runtime, 3s));
    ASSERT_TRUE(got);
    EXPECT_EQ(as_text(got->body), "running info");
    EXPECT_EQ(channel->call(ask(RequestCode::heart_beat), in(runtime, 3s))->code, 3);
    client.stop();
    echoing.server.stop();
  });
}

TEST(RemotingServer, OnCloseComesOnceAndWhatWaitedIsAnsweredWithClosed) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    auto peer = std::make_unique<RawPeer>(runtime, echoing.at);
    peer->write(frame(keep, 1));
    nap(runtime, 1s);
    const auto channel = echoing.server.channels().at(0);
    std::vector<Errc> outcomes;
    for (int i = 0; i < 3; ++i)
      channel->request(ask(RequestCode::heart_beat), in(runtime, 60s),
                       [&](const Result<Command>& result) { outcomes.push_back(result.error().code); });
    peer.reset();
    nap(runtime, 1s);
    EXPECT_EQ(outcomes, std::vector<Errc>(3, Errc::closed));
    EXPECT_EQ(echoing.closed, std::vector<ChannelId>{channel->id()});
    EXPECT_FALSE(channel->open());
    channel->close();
    echoing.kept.at(0)(answer());  // swallowed
    EXPECT_EQ(channel->call(ask(RequestCode::heart_beat), in(runtime, 3s)).error().code, Errc::closed);
    EXPECT_TRUE(echoing.server.channels().empty());
    echoing.server.stop();
    EXPECT_EQ(echoing.closed.size(), 1u);
  });
}

TEST(RemotingServer, WhatWasAnsweredBeforeACloseStillLeaves) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    echoing.server.on(RequestCode::unregister_client, [](const CommandView&, const Responder& respond) {
      respond(answer("bye"));
      respond.channel()->close();
    });
    RawPeer peer(runtime, echoing.at);
    peer.write(frame(RequestCode::unregister_client, 1));
    const auto got = peer.read();
    ASSERT_TRUE(got);
    EXPECT_EQ(as_text(got->body), "bye");
    EXPECT_FALSE(peer.read());
    EXPECT_EQ(peer.ended_by, Errc::closed);
    echoing.server.stop();
  });
}

TEST(RemotingServer, StopClosesEverythingAndFreesThePort) {
  in_node([](Runtime runtime) {
    auto echoing = std::make_unique<EchoServer>(runtime);
    RawPeer peer(runtime, echoing->at);
    peer.write(frame(keep, 1));
    nap(runtime, 1s);
    echoing->server.stop();
    EXPECT_FALSE(peer.read());
    EXPECT_NE(peer.ended_by, Errc::timed_out);
    const Endpoint at = echoing->at;
    echoing.reset();
    EXPECT_TRUE(runtime.network.listen(at));
  });
}

TEST(RemotingServer, OneConnectionTooManyIsClosedAtOnce) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime, {}, 2);
    RawPeer first(runtime, echoing.at);
    auto second = std::make_unique<RawPeer>(runtime, echoing.at);
    nap(runtime, 1s);
    for (int i = 0; i < 3; ++i) {
      RawPeer refused(runtime, echoing.at);
      EXPECT_FALSE(refused.read());
      EXPECT_NE(refused.ended_by, Errc::timed_out);
    }
    EXPECT_EQ(echoing.noted.counts["remoting.refused"], 3);
    EXPECT_EQ(echoing.noted.lines.size(), 1u);  // not one for each
    EXPECT_TRUE(echoing.closed.empty());
    first.write(frame(echo, 1));
    EXPECT_TRUE(first.read());
    second.reset();
    nap(runtime, 1s);
    RawPeer next(runtime, echoing.at);
    next.write(frame(echo, 2));
    EXPECT_TRUE(next.read());
    echoing.server.stop();
  });
}

/// A port of a process that has no descriptor left.
class BusyListener final : public Listener {
 public:
  Result<std::unique_ptr<Connection>> accept() override { return Error{Errc::busy, "Too many open files"}; }
  void close() override {}
  Endpoint local() const override { return {}; }
};

TEST(RemotingServer, WithoutADescriptorItSaysSoAndTriesAgainLater) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    echoing.server.serve(std::make_unique<BusyListener>());
    nap(runtime, 9s);
    EXPECT_LE(echoing.noted.counts["remoting.accept-busy"], 100) << "it does not turn in circles";
    EXPECT_GE(echoing.noted.counts["remoting.accept-busy"], 80);
    ASSERT_EQ(echoing.noted.lines.size(), 1u) << "not one for each";
    EXPECT_NE(echoing.noted.lines[0].find("Too many open files"), std::string::npos);
    RawPeer elsewhere(runtime, echoing.at);
    elsewhere.write(frame(echo, 1));
    EXPECT_TRUE(elsewhere.read());
    echoing.server.stop();
  });
}

TEST(RemotingServer, APortInUseIsAnError) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Server second(runtime);
    EXPECT_EQ(second.listen(echoing.at).error().code, Errc::in_use);
    second.stop();
    echoing.server.stop();
  });
}

}  // namespace
}  // namespace gantry::runtime::remoting::test
