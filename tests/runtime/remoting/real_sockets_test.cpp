#include "runtime/asio/node.h"
#include "tests/runtime/remoting/support.h"

namespace gantry::runtime::remoting::test {
namespace {

TEST(RemotingOnRealSockets, CallsGoBothWaysAndStopEndsEverything) {
  const auto node = asio::Node::create({}).value();
  bool ended = false;
  node->run([&](Runtime runtime) {
    EchoServer echoing(runtime);
    Client client(runtime);
    client.on(RequestCode::get_consumer_running_info,
              [](const CommandView&, const Responder& respond) { respond(answer("running")); });
    sync::TaskGroup group(runtime.tasks);
    for (int i = 0; i < 20; ++i)
      group.spawn("caller", [&, i] {
        const std::string body(static_cast<std::size_t>(i) * 50'000, static_cast<char>('a' + i));
        const auto got = client.call(echoing.at, ask(echo, body), in(runtime, 10s));
        ASSERT_TRUE(got);
        EXPECT_EQ(as_text(got->body), body);
      });
    EXPECT_TRUE(group.join());
    const auto channel = echoing.server.channels().at(0);
    const auto got = channel->call(ask(RequestCode::get_consumer_running_info), in(runtime, 10s));
    EXPECT_TRUE(got);
    channel->close();
    // The end may be met by the next call; the one after it opens a connection anew.
    auto again = client.call(echoing.at, ask(echo), in(runtime, 10s));
    if (!again) again = client.call(echoing.at, ask(echo), in(runtime, 10s));
    EXPECT_TRUE(again);
    client.stop();
    echoing.server.stop();
    EXPECT_EQ(echoing.closed.size(), 2u);
    ended = true;
  });
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace gantry::runtime::remoting::test
