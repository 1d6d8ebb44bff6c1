#pragma once

#include <memory>
#include <vector>

#include "client/session/options.h"
#include "runtime/sync/wait.h"
#include "tests/client/fake_broker.h"

namespace gantry::client::test {

using namespace std::chrono_literals;

/// RocketMQ's ports, or whatever is free where others may use these.
enum class Ports { usual, any };

/// A name server and brokers "a", "b", ... with one topic, TopicTest, in the caller's node.
struct Cluster {
  explicit Cluster(runtime::Runtime with, int broker_count = 2, std::int32_t queues = 4,
                   Ports ports = Ports::usual, const std::string& host = "127.0.0.1")
      : runtime(with), namesrv(with, ports == Ports::usual ? 9876 : 0, host) {
    for (int i = 0; i < broker_count; ++i) {
      brokers.push_back(std::make_unique<FakeBroker>(
          with, std::string(1, static_cast<char>('a' + i)),
          static_cast<std::uint16_t>(ports == Ports::usual ? 10911 + 100 * i : 0), host));
      brokers.back()->topics["TopicTest"] = {.queues = queues};
      brokers.back()->start();
      namesrv.brokers.push_back(brokers.back().get());
    }
    namesrv.start();
  }

  session::SessionOptions session(std::string instance = "") const {
    return {.namesrvs = {namesrv.endpoint()}, .client_ip = "10.0.0.9", .instance = std::move(instance)};
  }
  FakeBroker& broker(std::size_t i) { return *brokers[i]; }
  std::size_t count(const std::string& topic = "TopicTest") const {
    std::size_t total = 0;
    for (const auto& broker : brokers) total += broker->count(topic);
    return total;
  }
  void sleep(runtime::Duration time) const {
    ASSERT_TRUE(runtime::sync::sleep(runtime.tasks, runtime.clock, time));
  }
  /// Until it holds, or for two minutes of virtual time.
  template <class Holds>
  bool eventually(Holds holds) const {
    for (int i = 0; i < 1200 && !holds(); ++i) sleep(100ms);
    return holds();
  }
  void stop() {
    for (auto& broker : brokers) broker->stop();
    namesrv.stop();
  }

  runtime::Runtime runtime;
  FakeNamesrv namesrv;
  std::vector<std::unique_ptr<FakeBroker>> brokers;
};

}  // namespace gantry::client::test
