#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include <gantry/producer.h>
#include <gantry/push_consumer.h>
#include <gtest/gtest.h>

#include "runtime/asio/node.h"
#include "tests/client/cluster.h"

namespace gantry {
namespace {

namespace test = client::test;

/// The cluster of the simulated tests, on real sockets and a thread of its own. When it is silent, sends get
/// no answer.
class RealCluster {
 public:
  explicit RealCluster(bool silent = false)
      : node_(runtime::asio::Node::create({.name = "cluster"}).value()) {
    std::promise<std::string> listening;
    thread_ = std::thread([this, silent, &listening] {
      node_->run([this, silent, &listening](runtime::Runtime runtime) {
        test::Cluster cluster(runtime, 2, 4, test::Ports::any);
        for (const auto& broker : cluster.brokers) broker->silent = silent;
        listening.set_value("127.0.0.1:" + std::to_string(cluster.namesrv.endpoint().port));
        node_->await_stop();
        stored_ = cluster.count();
        cluster.stop();
      });
    });
    namesrv_ = listening.get_future().get();
  }
  ~RealCluster() { stop(); }

  const std::string& namesrv() const { return namesrv_; }
  /// Ends it; how many messages it had.
  std::size_t stop() {
    if (thread_.joinable()) {
      node_->request_stop();
      thread_.join();
    }
    return stored_;
  }

 private:
  std::unique_ptr<runtime::asio::Node> node_;
  std::string namesrv_;
  std::size_t stored_ = 0;
  std::thread thread_;
};

/// Bodies that listeners got, with somebody who waits for a number of them.
class Inbox {
 public:
  void put(std::string_view body) {
    const std::lock_guard lock(mutex_);
    ++bodies_[std::string(body)];
    changed_.notify_all();
  }
  std::size_t wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(30), [&] { return bodies_.size() >= count; });
    return bodies_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, int> bodies_;
};

TEST(Face, ManyThreadsSendAndManyListen) {
  RealCluster cluster;
  Inbox inbox;
  PushConsumer consumer(cluster.namesrv(), "CG", {.from = ConsumeFrom::first_offset, .concurrency = 4});
  ASSERT_TRUE(consumer.subscribe("TopicTest"));
  ASSERT_TRUE(consumer.start([&](const ReceivedMessage& message) {
    inbox.put(message.body_text());
    return ConsumeResult::success;
  }));
  {
    Producer producer(cluster.namesrv(), "PG");
    std::atomic<int> stored = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 50; ++i) {
          const std::string body = std::to_string(t) + "/" + std::to_string(i);
          if (i % 2 == 0) stored += producer.send("TopicTest", body).has_value();
          else stored += producer.send_async(Message("TopicTest", body)).get().has_value();
        }
      });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(stored, 200);
  }
  EXPECT_EQ(inbox.wait_for(200), 200u);
  consumer.stop();
  EXPECT_EQ(cluster.stop(), 200u);
}

TEST(Face, TheDestructorWaitsForWhatIsUnderWay) {
  RealCluster cluster;
  std::atomic<int> stored = 0;
  {
    Producer producer(cluster.namesrv(), "PG");
    for (int i = 0; i < 300; ++i)
      producer.send_async(Message("TopicTest", "x"),
                          [&](Result<SendResult> sent) { stored += sent.has_value(); });
  }
  EXPECT_EQ(stored, 300);
}

TEST(Face, SendsMoreThanMayBeUnderWayByWaiting) {
  RealCluster cluster;
  std::atomic<int> stored = 0;
  {
    Producer producer(cluster.namesrv(), "PG", {.in_flight_max = 8});
    for (int i = 0; i < 200; ++i)
      producer.send_async(Message("TopicTest", "x"),
                          [&](Result<SendResult> sent) { stored += sent.has_value(); });
  }
  EXPECT_EQ(stored, 200);
}

TEST(Face, ACallbackThatWaitsIsToldSo) {
  RealCluster cluster;
  Producer producer(cluster.namesrv(), "PG");
  std::promise<Errc> inner;
  producer.send_async(Message("TopicTest", "x"), [&](Result<SendResult>) {
    inner.set_value(producer.send("TopicTest", "y").error().code);
  });
  EXPECT_EQ(inner.get_future().get(), Errc::invalid);
}

TEST(Face, AFutureThatACallbackCannotWaitForIsStillToBeHad) {
  RealCluster cluster;
  Producer producer(cluster.namesrv(), "PG");
  Future<SendResult> later;
  std::promise<Errc> inner;
  producer.send_async(Message("TopicTest", "x"), [&](Result<SendResult>) {
    later = producer.send_async(Message("TopicTest", "y"));
    inner.set_value(later.get().error().code);
  });
  EXPECT_EQ(inner.get_future().get(), Errc::invalid);
  EXPECT_TRUE(later.get());
}

TEST(Face, AFutureGivesItsResultOnce) {
  RealCluster cluster;
  Producer producer(cluster.namesrv(), "PG");
  Future<SendResult> sent = producer.send_async(Message("TopicTest", "x"));
  ASSERT_TRUE(sent.wait());
  EXPECT_TRUE(sent.ready());
  EXPECT_TRUE(sent.wait(std::chrono::nanoseconds(0)));
  EXPECT_TRUE(sent.get());
  EXPECT_FALSE(sent.ready());
  EXPECT_EQ(sent.get().error().code, Errc::invalid);
  EXPECT_EQ(Future<SendResult>().wait().error().code, Errc::invalid);
}

TEST(Face, AWaitForAFutureEndsInTime) {
  RealCluster cluster(/*silent=*/true);
  Producer producer(cluster.namesrv(), "PG", {.send_timeout = std::chrono::milliseconds(300)});
  Future<SendResult> sent = producer.send_async(Message("TopicTest", "x"));
  EXPECT_FALSE(sent.ready());
  EXPECT_EQ(sent.wait(std::chrono::milliseconds(1)).error().code, Errc::timed_out);
  EXPECT_EQ(sent.get().error().code, Errc::timed_out);
}

TEST(Face, ClientsShareAThread) {
  RealCluster cluster;
  const auto backend = start_thread_backend("shared");
  ASSERT_TRUE(backend);
  Inbox inbox;
  PushConsumer consumer(cluster.namesrv(), "CG", {.from = ConsumeFrom::first_offset}, *backend);
  ASSERT_TRUE(consumer.subscribe("TopicTest"));
  Producer to_second(cluster.namesrv(), "PG", {}, *backend);
  ASSERT_TRUE(consumer.start([&](const ReceivedMessage& message) {
    // A listener has a thread of its own and may wait for whatever is on the shared one.
    if (message.body_text() == "first" && !to_second.send("TopicTest", "second"))
      return ConsumeResult::reconsume_later;
    inbox.put(message.body_text());
    return ConsumeResult::success;
  }));
  {
    Producer producer(cluster.namesrv(), "PG", {}, *backend);
    ASSERT_TRUE(producer.send("TopicTest", "first"));
  }
  EXPECT_EQ(inbox.wait_for(2), 2u);
}

TEST(Face, AConsumerThatRunsTakesNoFurtherSubscriptions) {
  RealCluster cluster;
  PushConsumer consumer(cluster.namesrv(), "CG");
  const auto listener = [](const ReceivedMessage&) { return ConsumeResult::success; };
  EXPECT_EQ(consumer.start(listener).error().code, Errc::invalid);  // to what?
  ASSERT_TRUE(consumer.subscribe("TopicTest"));
  ASSERT_TRUE(consumer.start(listener));
  EXPECT_EQ(consumer.subscribe("other").error().code, Errc::invalid);
  EXPECT_EQ(consumer.start(listener).error().code, Errc::invalid);
  consumer.stop();
  EXPECT_EQ(consumer.subscribe("other").error().code, Errc::stopped);
  EXPECT_EQ(consumer.start(listener).error().code, Errc::stopped);
}

TEST(Face, AListenerThatThrowsGetsTheMessageAgain) {
  RealCluster cluster;
  Producer producer(cluster.namesrv(), "PG");
  ASSERT_TRUE(producer.send("TopicTest", "m"));
  Inbox inbox;
  std::atomic<int> calls = 0;
  PushConsumer consumer(
      cluster.namesrv(), "CG",
      {.from = ConsumeFrom::first_offset, .reconsume_after = std::chrono::milliseconds(10)});
  ASSERT_TRUE(consumer.subscribe("TopicTest"));
  ASSERT_TRUE(consumer.start([&](const ReceivedMessage& message) {
    if (++calls == 1) throw std::runtime_error("planned");
    inbox.put(message.body_text());
    return ConsumeResult::success;
  }));
  EXPECT_EQ(inbox.wait_for(1), 1u);
  EXPECT_EQ(calls, 2);
}

TEST(Face, ABadNameServerListIsAnErrorOfEachCall) {
  Producer producer("nonsense", "PG");
  EXPECT_EQ(producer.send("TopicTest", "x").error().code, Errc::invalid);
  EXPECT_EQ(producer.send_async(Message("TopicTest", "x")).get().error().code, Errc::invalid);
  PushConsumer consumer("127.0.0.1:0", "CG");
  EXPECT_EQ(consumer.subscribe("TopicTest").error().code, Errc::invalid);
}

TEST(Face, NobodyAtTheNameServersAddressIsAnErrorInTime) {
  std::string nobody;
  {
    RealCluster cluster;
    nobody = cluster.namesrv();
  }
  Producer producer(nobody, "PG");
  const auto sent = producer.send("TopicTest", "x");
  ASSERT_FALSE(sent);
  EXPECT_TRUE(sent.error().code == Errc::refused || sent.error().code == Errc::unreachable)
      << sent.error().detail;
}

}  // namespace
}  // namespace gantry
