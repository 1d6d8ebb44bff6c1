// A request ends once, whatever becomes of it, of its connection, its server and its node.
#include "runtime/remoting/dispatch.h"
#include "tests/model/allocations.h"
#include "tests/runtime/remoting/steps.h"

#include <rapidcheck/gtest.h>

namespace gantry::runtime::remoting::test {
namespace {

TEST(RemotingEndings, AOneWayRequestEndsAsOneWayAnsweredOrNot) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Diary diary;
    echoing.server.add(diary.ends("only"));
    RawPeer peer(runtime, echoing.at);
    peer.write(frame(echo, 1, {}, model::protocol::flag_oneway));
    peer.write(frame(keep, 2, {}, model::protocol::flag_oneway));
    nap(runtime, 1s);
    EXPECT_EQ(diary.lines, Lines{"only after one-way 0"});
    echoing.kept.clear();
    EXPECT_EQ(diary.lines, (Lines{"only after one-way 0", "only after one-way"}));
    EXPECT_FALSE(peer.read(1s));
    echoing.server.stop();
  });
}

TEST(RemotingEndings, WhatNobodyAnswersIsDroppedWithItsLastHolder) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Diary diary;
    echoing.server.add(diary.ends("only"));
    RawPeer peer(runtime, echoing.at);
    peer.write(frame(keep, 1));
    nap(runtime, 1s);
    std::optional<Responder> copy = echoing.kept.at(0);
    echoing.kept.clear();
    EXPECT_TRUE(diary.lines.empty());
    copy.reset();
    EXPECT_EQ(diary.lines, Lines{"only after dropped"});
    echoing.server.stop();
    EXPECT_EQ(diary.lines.size(), 1u);
  });
}

TEST(RemotingEndings, WhatTheConnectionDoesNotOutliveIsDroppedWithIt) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Diary diary;
    echoing.server.add(diary.ends("only"));
    auto peer = std::make_unique<RawPeer>(runtime, echoing.at);
    peer->write(frame(keep, 1));
    peer->write(frame(keep, 2));
    nap(runtime, 1s);
    peer.reset();
    nap(runtime, 1s);
    ASSERT_EQ(echoing.closed.size(), 1u);
    EXPECT_TRUE(diary.lines.empty()) << "the work goes on until its holder knows";
    echoing.kept.at(0)(answer("too late"));
    EXPECT_EQ(diary.lines, Lines{"only after dropped 0"});
    echoing.kept.clear();
    EXPECT_EQ(diary.lines, (Lines{"only after dropped 0", "only after dropped"}));
    echoing.server.stop();
  });
}

TEST(RemotingEndings, AServerThatStopsDropsWhatIsHeldInOrderOfArrival) {
  in_node([](Runtime runtime) {
    Diary diary;
    auto echoing = std::make_unique<EchoServer>(runtime);
    echoing->server.add(diary.ends("only"));
    RawPeer first(runtime, echoing->at);
    RawPeer second(runtime, echoing->at);
    for (const std::string_view body : {"1", "22", "333"}) {
      (body == "22" ? second : first).write(frame(keep, 1, body));
      nap(runtime, 1s);
    }
    echoing->kept.at(1)(answer());
    echoing->server.stop();
    EXPECT_EQ(diary.lines, (Lines{"only after answered 0", "only after dropped", "only after dropped"}));
    EXPECT_EQ(diary.ended.at(1).request_bytes, 1u);
    EXPECT_EQ(diary.ended.at(2).request_bytes, 3u);

    const std::vector<Responder> kept = echoing->kept;
    for (const Responder& respond : kept) respond(answer());
    echoing.reset();
    for (const Responder& respond : kept) respond(answer());
    EXPECT_EQ(kept.at(0).context().ending, Ending::dropped);
    EXPECT_EQ(diary.lines.size(), 3u);
  });
}

TEST(RemotingEndings, OneAnswerCountsWhoeverHoldsTheRequest) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Diary diary;
    echoing.server.add(diary.ends("only"));
    RawPeer peer(runtime, echoing.at);
    peer.write(frame(keep, 1));
    nap(runtime, 1s);
    Responder moved = std::move(echoing.kept.at(0));
    echoing.kept.at(0)(answer("by nobody"));
    const Responder copy = moved;
    const std::function<void()> held = [moved = std::move(moved)] { moved(answer("first")); };
    const std::function<void()> again = held;
    again();
    held();
    copy(answer("third"));
    EXPECT_EQ(as_text(peer.read()->body), "first");
    EXPECT_FALSE(peer.read(1s));
    EXPECT_EQ(diary.lines, Lines{"only after answered 0"});
    echoing.server.stop();
    EXPECT_EQ(diary.lines.size(), 1u);
  });
}

TEST(RemotingEndings, AStepMayLetGoOfWhatIsHeld) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Diary diary;
    echoing.server.add(diary.ends("only"));
    Step letting_go;
    letting_go.after = [&](const RequestContext&, Command*) { std::exchange(echoing.kept, {}); };
    echoing.server.add(std::move(letting_go));
    RawPeer peer(runtime, echoing.at);
    for (int i = 0; i < 3; ++i) peer.write(frame(keep, i));
    nap(runtime, 1s);
    echoing.kept.at(1)(answer());
    EXPECT_EQ(peer.read()->opaque, 1);
    EXPECT_EQ(diary.lines.size(), 3u);
    for (int i = 0; i < 3; ++i) peer.write(frame(keep, i));
    nap(runtime, 1s);
    echoing.server.stop();
    EXPECT_EQ(diary.lines.size(), 6u);
  });
}

// The node goes at every moment of a life with requests on stacks, in containers and in other fibers' bodies.
TEST(RemotingEndings, ACrashCallsNoStep) {
  std::size_t outstanding = 0;
  for (std::int64_t ms = 1; ms < 40; ++ms) {
    sim::Simulation world(static_cast<std::uint64_t>(ms));
    world.add_machine("server");
    world.add_machine("client");
    const Endpoint at{world.address("server"), 10911};
    bool killed = false;
    world.start("server", "broker", [&](Runtime runtime) {
      std::vector<Responder> older;
      Server server(runtime);
      std::vector<Responder> younger;
      Step strict;
      strict.before = [&](RequestContext&, const CommandView& request) -> std::optional<Command> {
        if (as_text(request.body) == "3") nap(runtime, 2ms);
        ++outstanding;
        return std::nullopt;
      };
      strict.after = [&](const RequestContext&, Command*) {
        EXPECT_FALSE(killed);
        --outstanding;
      };
      server.add(std::move(strict));
      server.on(keep, [&](const CommandView& request, const Responder& respond) {
        const std::string_view where = as_text(request.body);
        if (where == "0") older.push_back(respond);
        else if (where == "1") younger.push_back(respond);
        else if (where == "2") runtime.tasks.spawn("holds", [&runtime, respond] { nap(runtime, 3ms); });
        else nap(runtime, 3ms);
      });
      ASSERT_TRUE(server.listen({"0.0.0.0", 10911}));
      for (;;) {
        nap(runtime, 7ms);
        older.clear();
        for (const Responder& respond : younger) respond(answer());
        younger.clear();
      }
    });
    world.start("client", "producer", [&](Runtime runtime) {
      nap(runtime, 1ms);  // the server listens
      sync::TaskGroup group(runtime.tasks);
      for (const std::string_view where : {"0", "1", "2", "3"})
        group.spawn("peer", [&, where] {
          RawPeer peer(runtime, at);
          for (std::int32_t n = 0;; ++n) {
            peer.write(frame(keep, n, where));
            nap(runtime, 1ms);
          }
        });
      for (;;) runtime.tasks.park();
    });
    outstanding = 0;
    world.at({ms * 1'000'000}, [&] {
      killed = true;
      world.kill("server", "broker");
      world.kill("client", "producer");
    });
    world.run_until({1'000'000'000});
    EXPECT_TRUE(killed);
    EXPECT_TRUE(ms < 10 || outstanding > 0) << "nothing was on its way " << ms << " ms after the start";
  }
}

// Whatever the holders do, each request ends once, and as what happened first.
RC_GTEST_PROP(RemotingEndings, EachRequestEndsOnce, (const std::vector<std::uint8_t>& choices)) {
  std::size_t begun = 0;
  std::vector<int> ends;
  sim::in_simulation([&](Runtime runtime) {
    EchoServer echoing(runtime);
    Step counting;
    counting.before = [&](RequestContext& context, const CommandView&) -> std::optional<Command> {
      context.principal = std::to_string(begun++);
      ends.push_back(0);
      return std::nullopt;
    };
    counting.after = [&](const RequestContext& context, Command*) { ++ends[std::stoul(context.principal)]; };
    echoing.server.add(std::move(counting));
    auto peer = std::make_unique<RawPeer>(runtime, echoing.at);
    for (const std::uint8_t choice : choices) {
      std::vector<Responder>& kept = echoing.kept;
      const std::size_t which = kept.empty() ? 0 : choice % kept.size();
      switch (choice % 7) {
        case 0: peer->write(frame(keep, choice)); break;
        case 1: peer->write(frame(keep, choice, {}, model::protocol::flag_oneway)); break;
        case 2: nap(runtime, 1ms); break;
        case 3:
          if (!kept.empty()) kept[which](answer());
          break;
        case 4:
          if (!kept.empty()) kept.push_back(kept[which]);
          break;
        case 5:
          if (!kept.empty()) kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(which));
          break;
        default:
          if (choice % 5 == 0) peer = std::make_unique<RawPeer>(runtime, echoing.at);
      }
    }
    nap(runtime, 1s);
    echoing.server.stop();
  });
  RC_ASSERT(ends == std::vector<int>(begun, 1));
}

/// A connection that swallows everything.
class DeafChannel final : public Channel {
 public:
  ChannelId id() const override { return ChannelId{1}; }
  Endpoint peer() const override { return {}; }
  Endpoint local() const override { return {}; }
  bool open() const override { return true; }
  void close() override {}
  void respond(std::int32_t, SerializeType, Command) override { ++answers; }
  void one_way(Command) override {}
  void request(Command, Instant, Done) override {}
  Result<Command> call(Command, Instant) override { return Errc::closed; }

  int answers = 0;
};

TEST(RemotingEndings, ARequestAllocatesNothingOnItsWay) {
  constexpr std::size_t at_once = 100;
  Dispatch dispatch;
  std::size_t ended = 0;
  Step step;
  step.before = [](RequestContext& context, const CommandView&) -> std::optional<Command> {
    context.principal = "somebody whose name does not fit into a string's own memory";
    return std::nullopt;
  };
  step.after = [&](const RequestContext&, Command*) { ++ended; };
  dispatch.add(step);
  dispatch.add(step);
  std::vector<Responder> kept;
  kept.reserve(2 * at_once);
  dispatch.on(keep, [&](const CommandView&, const Responder& respond) {
    kept.push_back(respond);
    kept.push_back(respond);
  });
  const auto channel = std::make_shared<DeafChannel>();
  const std::shared_ptr<Channel> as_channel = channel;
  const Endpoint peer{"2001:0db8:85a3:0000:0000:8a2e:0370:7334", 40123};
  const Buffer bytes = frame(keep, 1, "body");
  CommandView request;
  ASSERT_TRUE(decode(bytes, request));
  const auto round = [&] {
    for (std::size_t i = 0; i < at_once; ++i) dispatch(request, {as_channel, ChannelId{1}, peer, {}}, {});
    for (std::size_t i = 0; i < at_once; ++i) kept[i](Command::response(ResponseCode::success));
    kept.clear();
  };
  round();
  const std::size_t before = testing::allocations();
  for (int i = 0; i < 10; ++i) round();
  EXPECT_EQ(testing::allocations(), before);
  EXPECT_EQ(ended, 11 * at_once * 2);
  EXPECT_EQ(channel->answers, 11 * static_cast<int>(at_once) / 2) << "two holders each";
}

TEST(RemotingEndings, WhatOutlivesEvenTheTableAnswersWithoutSteps) {
  const auto channel = std::make_shared<DeafChannel>();
  const std::shared_ptr<Channel> as_channel = channel;
  std::vector<Responder> kept;
  int ended = 0;
  {
    Dispatch dispatch;
    Step step;
    step.after = [&](const RequestContext&, Command*) { ++ended; };
    dispatch.add(std::move(step));
    dispatch.on(keep, [&](const CommandView&, const Responder& respond) { kept.push_back(respond); });
    const Buffer bytes = frame(keep, 1);
    CommandView request;
    ASSERT_TRUE(decode(bytes, request));
    for (int i = 0; i < 3; ++i) dispatch(request, {as_channel, ChannelId{1}, {}, {}}, {});
  }
  kept.at(0)(answer());
  EXPECT_EQ(channel->answers, 1);
  kept.clear();
  EXPECT_EQ(ended, 0);
}

}  // namespace
}  // namespace gantry::runtime::remoting::test
