#include "client/bench/load.h"

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <thread>

#include "model/protocol/send_headers.h"
#include "runtime/asio/node.h"
#include "runtime/remoting/server.h"

namespace gantry::client::bench {
namespace {

using model::protocol::Command;
using model::protocol::CommandView;
using model::protocol::RequestCode;
using model::protocol::ResponseCode;
using model::protocol::SerializeType;
using runtime::remoting::Responder;

using Answers = std::function<void(const CommandView&, const Responder&)>;

void accept(const CommandView&, const Responder& respond) {
  respond(Command::response(ResponseCode::success));
}

/// A broker of one handler, on real sockets and a thread of its own.
class Broker {
 public:
  explicit Broker(Answers answers) : node_(runtime::asio::Node::create({.name = "broker"}).value()) {
    std::promise<std::uint16_t> listening;
    thread_ = std::thread([this, &listening, answers = std::move(answers)] {
      node_->run([&](runtime::Runtime runtime) {
        runtime::remoting::Server server(runtime);
        for (const RequestCode code : {RequestCode::send_message_v2, RequestCode::send_batch_message})
          server.on(code, [&](const CommandView& request, const Responder& respond) {
            ++requests_;
            answers(request, respond);
          });
        listening.set_value(server.listen({"127.0.0.1", 0}).value().port);
        node_->await_stop();
        server.stop();
      });
    });
    options.broker = "127.0.0.1:" + std::to_string(listening.get_future().get());
    options.warm_up_s = 0;
    options.seconds = 0.05;
    options.body_bytes = 64;
  }
  ~Broker() {
    node_->request_stop();
    thread_.join();
  }

  Measured load() {
    Load load(options);
    const auto targets = find_targets(options);
    EXPECT_TRUE(targets);
    EXPECT_EQ(load.connect(*targets), std::nullopt);
    const std::atomic<bool> stop{false};
    return load.run([](const Period&) {}, stop);
  }
  std::uint64_t requests() const { return requests_; }

  Options options;

 private:
  std::unique_ptr<runtime::asio::Node> node_;
  std::atomic<std::uint64_t> requests_{0};
  std::thread thread_;
};

TEST(Load, AClosedLoopAnswersAllThatItSent) {
  for (const SerializeType header : {SerializeType::json, SerializeType::rocketmq}) {
    Broker broker(accept);
    broker.options.header = header;
    broker.options.connections = 3;
    broker.options.in_flight = 7;
    const Measured measured = broker.load();
    EXPECT_EQ(measured.broken_off, "");
    EXPECT_EQ(measured.unanswered, 0u);
    EXPECT_TRUE(measured.failures.empty());
    EXPECT_GT(measured.total.requests, 0u);
    // The last ones under way were answered when the time was over.
    EXPECT_LE(measured.total.requests, broker.requests());
    EXPECT_GE(measured.total.requests + 21, broker.requests());
    EXPECT_EQ(measured.total.latency.count(), measured.total.requests);
  }
}

TEST(Load, MessagesOfABatchAllCount) {
  Broker broker(accept);
  broker.options.batch = 10;
  const Measured measured = broker.load();
  EXPECT_EQ(measured.total.messages, 10 * measured.total.requests);
}

TEST(Load, AnOpenLoopSendsWhatTheScheduleSays) {
  Broker broker(accept);
  broker.options.in_flight = 100;
  broker.options.rate = 2000;
  const Measured measured = broker.load();
  EXPECT_EQ(measured.broken_off, "");
  // 0.05 s of 2,000 a second, less what a slow machine left behind.
  EXPECT_LE(broker.requests(), 101u);
  EXPECT_EQ(measured.total.latency.count(), broker.requests());
}

TEST(Load, AnOpenLoopTellsWhatFoundNoFreePlace) {
  Broker broker([](const CommandView&, const Responder&) {});
  broker.options.in_flight = 2;
  broker.options.rate = 2000;
  broker.options.timeout_s = 0.2;
  const Measured measured = broker.load();
  // 101 are due in 0.05 s, and two are never answered.
  EXPECT_GE(measured.total.behind, 99u);
}

TEST(Load, RefusalsAreCountedByTheirCode) {
  Broker broker([n = 0](const CommandView&, const Responder& respond) mutable {
    respond(Command::response(n++ % 2 == 0 ? ResponseCode::system_busy : ResponseCode::success,
                              "[REJECTREQUEST]"));
  });
  const Measured measured = broker.load();
  ASSERT_EQ(measured.failures.size(), 1u);
  const auto& [code, failures] = *measured.failures.begin();
  EXPECT_EQ(code, 2);
  EXPECT_GT(failures.count, 0u);
  EXPECT_EQ(failures.remark, "[REJECTREQUEST]");
}

TEST(Load, SilenceEndsTheRun) {
  Broker broker([](const CommandView&, const Responder&) {});
  broker.options.timeout_s = 0.02;
  broker.options.seconds = 60;
  const Measured measured = broker.load();
  EXPECT_NE(measured.broken_off.find("--timeout"), std::string::npos);
  EXPECT_EQ(measured.unanswered, 1u);
}

TEST(Load, ABrokerThatClosesEndsTheRun) {
  Broker broker([](const CommandView&, const Responder& respond) { respond.channel()->close(); });
  broker.options.seconds = 60;
  const Measured measured = broker.load();
  EXPECT_NE(measured.broken_off, "");
  EXPECT_EQ(measured.total.requests, 0u);
}

TEST(Load, WhoDoesNotListenIsNamed) {
  Options options;
  options.broker = "127.0.0.1:1";
  Load load(options);
  const auto trouble = load.connect(*find_targets(options));
  ASSERT_TRUE(trouble);
  EXPECT_NE(trouble->find("broker 127.0.0.1:1: Connection refused"), std::string::npos) << *trouble;

  options.broker.clear();
  options.namesrvs = "127.0.0.1:1";
  const auto targets = find_targets(options);
  ASSERT_FALSE(targets);
  EXPECT_NE(targets.error().find("NameServer 127.0.0.1:1: Connection refused"), std::string::npos);
}

}  // namespace
}  // namespace gantry::client::bench
