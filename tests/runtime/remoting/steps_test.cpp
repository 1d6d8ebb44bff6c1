// The way of a request through the steps of a server, and of its answer back.
#include "tests/runtime/remoting/steps.h"

namespace gantry::runtime::remoting::test {
namespace {

TEST(RemotingSteps, RunInOrderBeforeTheHandlerAndBackwardsAfterIt) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Diary diary;
    echoing.server.add(diary.step("first"));
    echoing.server.add(diary.step("second"));
    echoing.server.on(RequestCode::heart_beat, [&](const CommandView&, const Responder& respond) {
      diary.lines.emplace_back("handler");
      respond(answer());
      diary.lines.emplace_back("handler goes on");
    });
    RawPeer peer(runtime, echoing.at);
    peer.write(frame(RequestCode::heart_beat, 1));
    ASSERT_TRUE(peer.read());
    EXPECT_EQ(diary.lines, (Lines{"first before", "second before", "handler", "second after answered 0",
                                  "first after answered 0", "handler goes on"}));
    echoing.server.stop();
    EXPECT_EQ(diary.lines.size(), 6u);
  });
}

TEST(RemotingSteps, AStepThatAnswersEndsTheWayForwardAndThoseThatHaveRunSeeTheEnd) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Diary diary;
    echoing.server.add(diary.ends("first"));
    echoing.server.add(diary.step("second", "evil"));
    echoing.server.add(diary.step("third"));
    Client client(runtime);
    const auto refused = client.call(echoing.at, ask(echo, "evil"), in(runtime, 3s));
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->code, 16);
    EXPECT_EQ(refused->remark, "second refuses");
    EXPECT_EQ(diary.lines, (Lines{"second before", "second after answered 16", "first after answered 16"}));
    EXPECT_TRUE(echoing.requests.empty());

    diary.lines.clear();
    EXPECT_EQ(client.call(echoing.at, ask(echo, "good"), in(runtime, 3s))->code, 0);
    EXPECT_EQ(diary.lines.size(), 5u);
    EXPECT_EQ(echoing.requests, Lines{"good"});
    client.stop();
    echoing.server.stop();
  });
}

TEST(RemotingSteps, SeeRequestsThatNobodyHandles) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    const Endpoint vip = echoing.server.listen({"127.0.0.1", 0}, {echo}).value();
    Diary diary;
    echoing.server.add(diary.step("only"));
    const std::vector<std::pair<Endpoint, RequestCode>> unhandled{{echoing.at, RequestCode::heart_beat},
                                                                  {vip, echo}};
    for (const auto& [at, code] : unhandled) {
      RawPeer peer(runtime, at);
      peer.write(frame(code, 1));
      EXPECT_EQ(peer.read()->code, 3);
    }
    EXPECT_EQ(diary.lines,
              (Lines{"only before", "only after answered 3", "only before", "only after answered 3"}));
    echoing.server.stop();
  });
}

TEST(RemotingSteps, SeeAnAnswerThatLeavesLateFromAnotherFiber) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Diary diary;
    echoing.server.add(diary.step("only"));
    RawPeer peer(runtime, echoing.at);
    const Instant sent = runtime.clock.now();
    peer.write(frame(keep, 1, "seven b"));
    nap(runtime, 5s);
    EXPECT_EQ(diary.lines, Lines{"only before"});

    Instant answered;
    sync::TaskGroup group(runtime.tasks);
    group.spawn("late", [&] {
      answered = runtime.clock.now();
      echoing.kept.at(0)(answer("twelve bytes"));
    });
    ASSERT_TRUE(peer.read());
    ASSERT_TRUE(group.join());
    ASSERT_EQ(diary.lines, (Lines{"only before", "only after answered 0"}));
    const RequestContext& context = diary.ended[0];
    EXPECT_GE(context.begin, sent);
    EXPECT_GE(answered - context.begin, 4s);
    EXPECT_EQ(context.code, static_cast<std::int32_t>(keep));
    EXPECT_EQ(context.request_bytes, 7u);
    EXPECT_EQ(context.answer_bytes, 12u);
    echoing.server.stop();
  });
}

TEST(RemotingSteps, AddFieldsToAnAnswerNowAndLater) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Step stamp;
    stamp.after = [](const RequestContext&, Command* answer) {
      if (answer != nullptr) answer->fields.set("stamp", "here");
    };
    echoing.server.add(std::move(stamp));
    RawPeer peer(runtime, echoing.at);
    peer.write(frame(echo, 1));
    EXPECT_EQ(peer.read()->fields.get("stamp"), "here");
    peer.write(frame(keep, 2));
    nap(runtime, 1s);
    echoing.kept.at(0)(answer());
    EXPECT_EQ(peer.read()->fields.get("stamp"), "here");
    peer.write(frame(RequestCode::heart_beat, 3));
    EXPECT_EQ(peer.read()->fields.get("stamp"), "here");
    echoing.server.stop();
  });
}

TEST(RemotingSteps, AndHandlersKnowWhoAsks) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Diary diary;
    echoing.server.add(diary.ends("outer"));
    Step access;
    access.before = [](RequestContext& context, const CommandView& request) -> std::optional<Command> {
      EXPECT_EQ(context.principal, "") << "of another request";
      context.principal = as_text(request.body);
      return std::nullopt;
    };
    echoing.server.add(std::move(access));
    Lines handled;
    echoing.server.on(RequestCode::heart_beat, [&](const CommandView&, const Responder& respond) {
      handled.push_back(respond.context().principal);
      EXPECT_EQ(respond.context().channel, respond.channel()->id());
      respond(answer());
    });
    RawPeer peer(runtime, echoing.at);
    for (const std::string_view who : {"alice", "bob"}) {
      peer.write(frame(RequestCode::heart_beat, 1, who));
      ASSERT_TRUE(peer.read());
    }
    EXPECT_EQ(handled, (Lines{"alice", "bob"}));
    ASSERT_EQ(diary.ended.size(), 2u);
    EXPECT_EQ(diary.ended[0].principal, "alice");
    EXPECT_EQ(diary.ended[1].principal, "bob");
    EXPECT_EQ(diary.ended[1].peer, peer.connection->local());
    echoing.server.stop();
  });
}

TEST(RemotingSteps, MaySuspendBeforeAHandler) {
  in_node([](Runtime runtime) {
    EchoServer echoing(runtime);
    Step slow;
    slow.before = [&](RequestContext&, const CommandView&) -> std::optional<Command> {
      nap(runtime, 1s);
      return std::nullopt;
    };
    echoing.server.add(std::move(slow));
    Diary diary;
    echoing.server.add(diary.step("next"));
    RawPeer waits(runtime, echoing.at);
    RawPeer leaves(runtime, echoing.at);
    waits.write(frame(echo, 1));
    leaves.write(frame(echo, 1));
    nap(runtime, 500ms);
    leaves.connection->close();
    EXPECT_TRUE(waits.read());
    nap(runtime, 1s);
    EXPECT_EQ(echoing.requests.size(), 2u);
    echoing.server.stop();
    EXPECT_EQ(diary.ended.size(), 2u);
  });
}

}  // namespace
}  // namespace gantry::runtime::remoting::test
