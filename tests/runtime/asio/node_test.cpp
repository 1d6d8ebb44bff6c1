#include "runtime/asio/node.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "runtime/asio/stop_signals.h"
#include "runtime/fibers/engine.h"

namespace gantry::runtime::asio {
namespace {

std::unique_ptr<Node> make_node(NodeOptions options = {}) {
  options.log.level = Level::error;
  return Node::create(std::move(options)).value();
}

[[noreturn]] void park_for_ever(Runtime rt) {
  for (;;) rt.tasks.park();
}

TEST(Node, EndsWhenItsLastFiberHasEnded) {
  const auto node = make_node();
  bool ended = false;
  const auto end = node->run([&](Runtime rt) {
    rt.tasks.spawn("last", [&, rt] {
      (void)rt.tasks.park(rt.clock.now() + 2ms);
      ended = true;
    });
  });
  EXPECT_TRUE(ended);
  EXPECT_EQ(end, Node::End::in_order);
}

TEST(Node, AwaitsTheRequestToStop) {
  const auto node = make_node();
  const auto end = node->run([&](Runtime rt) {
    EXPECT_FALSE(node->stopping());
    rt.tasks.spawn("stopper", [&] { node->request_stop(); });
    node->await_stop();
    EXPECT_TRUE(node->stopping());
    node->await_stop();
  });
  EXPECT_EQ(end, Node::End::in_order);
}

TEST(Node, ARequestBeforeItRunsIsKept) {
  const auto node = make_node();
  node->request_stop();
  EXPECT_EQ(node->run([&](Runtime) { node->await_stop(); }), Node::End::in_order);
}

TEST(Node, ANodeThatIsNeverIdleHearsWhatIsPostedWithinATurn) {
  const auto node = make_node();
  node->run([&](Runtime rt) {
    for (int posts = 0; posts < 32; ++posts) {
      bool heard = false;
      node->post([&] { heard = true; });
      unsigned yields = 0;
      for (; !heard; ++yields) rt.tasks.yield();
      EXPECT_LE(yields, fibers::Engine::turn);
    }
  });
}

TEST(Node, ASecondRequestForcesTheEnd) {
  NodeOptions options;
  options.log.level = Level::error;
  const auto node = make_node(options);
  const auto end = node->run([&](Runtime rt) {
    node->request_stop();
    node->await_stop();
    node->request_stop();
    park_for_ever(rt);
  });
  EXPECT_EQ(end, Node::End::forced);
}

TEST(Node, AStopThatTakesTooLongIsForced) {
  NodeOptions options;
  options.stop_max = 5ms;
  const auto node = make_node(options);
  const auto end = node->run([&](Runtime rt) {
    node->request_stop();
    park_for_ever(rt);
  });
  EXPECT_EQ(end, Node::End::forced);
}

TEST(Node, PostedActionsOfOtherThreadsRunOnItsThread) {
  const auto node = make_node();
  std::thread poster;
  int posted = 0;
  node->run([&](Runtime rt) {
    const auto here = std::this_thread::get_id();
    const Waker main = rt.tasks.waker();
    poster = std::thread([&, here, main, tasks = &rt.tasks] {
      for (int i = 0; i < 1000; ++i)
        node->post([&, here, main, tasks] {
          EXPECT_EQ(std::this_thread::get_id(), here);
          if (++posted == 1000) tasks->unpark(main);
        });
    });
    while (posted < 1000) {
      // The waker is that of the first park: later ones look again after a while.
      (void)rt.tasks.park(rt.clock.now() + 10ms);
    }
  });
  poster.join();
  EXPECT_EQ(posted, 1000);
}

TEST(Node, SeveralLiveInOneProcessAndTalk) {
  const auto server = make_node();
  const auto client = make_node();
  Endpoint where;
  std::thread other;
  std::string heard;
  server->run([&](Runtime rt) {
    const auto listener = rt.network.listen({"127.0.0.1", 0}).value();
    where = listener->local();
    other = std::thread([&] {
      client->run([&](Runtime crt) {
        const auto connection = crt.network.connect(where, crt.clock.now() + 10s).value();
        const Bytes hello = as_bytes("hello");
        EXPECT_EQ(connection->write_some(std::span(&hello, 1)).value(), 5u);
        std::byte end[1];
        EXPECT_EQ(connection->read_some(end, crt.clock.now() + 10s).error(), Error(Errc::closed));
      });
    });
    const auto connection = listener->accept().value();
    std::byte bytes[16];
    while (heard.size() < 5) {
      const auto got = connection->read_some(bytes, rt.clock.now() + 10s).value();
      heard += as_text(std::span(bytes).first(got));
    }
  });
  other.join();
  EXPECT_EQ(heard, "hello");
}

TEST(Node, SignalsStopEveryNodeInOrder) {
  const auto one = make_node();
  const auto two = make_node();
  const StopSignals signals({one.get(), two.get()});
  std::thread other([&] { EXPECT_EQ(two->run([&](Runtime) { two->await_stop(); }), Node::End::in_order); });
  EXPECT_EQ(one->run([&](Runtime) {
    std::raise(SIGTERM);
    one->await_stop();
  }),
            Node::End::in_order);
  other.join();
}

TEST(Node, ASecondSignalForces) {
  const auto node = make_node();
  const StopSignals signals({node.get()});
  const auto end = node->run([&](Runtime rt) {
    std::raise(SIGINT);
    node->await_stop();
    std::raise(SIGINT);
    park_for_ever(rt);
  });
  EXPECT_EQ(end, Node::End::forced);
}

TEST(Node, AForcedEndResetsItsPeers) {
  const auto server = make_node();
  const auto client = make_node();
  std::thread other;
  Error seen;
  server->run([&](Runtime rt) {
    const auto listener = rt.network.listen({"127.0.0.1", 0}).value();
    other = std::thread([&, where = listener->local()] {
      client->run([&](Runtime crt) {
        const auto connection = crt.network.connect(where, crt.clock.now() + 10s).value();
        const Bytes here = as_bytes("!");
        EXPECT_EQ(connection->write_some(std::span(&here, 1)).value(), 1u);
        std::byte end[1];
        seen = connection->read_some(end, crt.clock.now() + 10s).error();
      });
    });
    const auto connection = listener->accept().value();
    std::byte one[1];
    EXPECT_EQ(connection->read_some(one, rt.clock.now() + 10s).value(), 1u);
    server->request_stop();
    server->request_stop();
    park_for_ever(rt);
  });
  other.join();
  EXPECT_EQ(seen, Error(Errc::reset));
}

TEST(Node, CountsWhatHappened) {
  const auto node = make_node();
  node->run([](Runtime rt) {
    rt.events.count("sent", 2);
    rt.events.count("sent", 3);
    rt.events.probe("rare");
  });
  EXPECT_EQ(node->counters(), (Counters{{"sent", 5}, {"rare", 1}}));
}

TEST(Node, HandsRecordsToItsRecorder) {
  NodeOptions options;
  std::vector<std::string> story;
  options.recorder = [&](std::string_view kind, std::string_view about, std::span<const std::int64_t> facts) {
    story.push_back(std::string(kind) + " " + std::string(about) + " " + std::to_string(facts[0]));
  };
  make_node(options)->run([](Runtime rt) {
    const std::int64_t facts[] = {7};
    rt.events.record("send.stored", "TopicTest", facts);
  });
  EXPECT_EQ(story, std::vector<std::string>{"send.stored TopicTest 7"});
}

TEST(Node, LogsToItsFile) {
  const std::string file = testing::TempDir() + "gantry-node-test/inner/node.log";
  std::filesystem::remove_all(testing::TempDir() + "gantry-node-test");
  NodeOptions options;
  options.name = "broker-a";
  options.log.file = file;
  Node::create(options).value()->run([](Runtime rt) {
    rt.events.log(Level::info, "a line with {} in it");
    rt.events.log(Level::debug, "not this one");
    rt.events.log(Level::info, "what a peer said: \x1B[31m\n2026 E forged \xFF");
    rt.events.log(Level::info, std::string(3'000'000, 'x'));
  });
  std::ifstream in(file);
  std::string line;
  ASSERT_TRUE(std::getline(in, line));
  EXPECT_NE(line.find("I broker-a a line with {} in it"), std::string::npos) << line;
  ASSERT_TRUE(std::getline(in, line));
  EXPECT_NE(line.find("what a peer said: \\x1b[31m\\x0a2026 E forged \uFFFD"), std::string::npos) << line;
  ASSERT_TRUE(std::getline(in, line));
  EXPECT_LT(line.size(), 10'000u);
  EXPECT_FALSE(std::getline(in, line));
  std::filesystem::remove_all(testing::TempDir() + "gantry-node-test");
}

TEST(Node, ALogFileThatCannotBeOpenedIsDenied) {
  NodeOptions options;
  options.log.file = "/proc/no/such/place.log";
  EXPECT_EQ(Node::create(options).error(), Error(Errc::denied));
}

}  // namespace
}  // namespace gantry::runtime::asio
