#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker/broker.h"
#include "model/protocol/consume_headers.h"
#include "model/protocol/send_headers.h"
#include "runtime/remoting/client.h"
#include "runtime/sync/wait.h"
#include "sim/simulation.h"

namespace gantry::broker::processor {

using model::protocol::Command;
using model::protocol::Fields;
using model::protocol::RequestCode;
using model::protocol::ResponseCode;
using namespace std::chrono_literals;

inline std::int32_t number(ResponseCode code) {
  return static_cast<std::int32_t>(code);
}

/// The configuration of a broker that knows no NameServer.
inline BrokerConfig test_config() {
  BrokerConfig config;
  config.broker_name = "broker-a";
  config.broker_ip1 = config.broker_ip2 = "127.0.0.1";
  config.mapped_file_size_commit_log = 1 << 20;
  return config;
}

inline Buffer body_of(std::string_view text) {
  return to_buffer(as_bytes(text));
}
inline std::string text_of(const Command& command) {
  return std::string(as_text(command.body));
}
inline std::int64_t long_of(const Command& command, std::string_view field) {
  return model::protocol::parse_i64(command.fields.get(field).value_or("")).value_or(-1);
}

/// A raw client that speaks to a broker on the same machine. Lives on a fiber.
class Desk {
 public:
  explicit Desk(runtime::Runtime runtime) : runtime_(runtime), client_(runtime) {}
  ~Desk() = default;
  void stop() { client_.stop(); }
  runtime::remoting::Client& client() { return client_; }

  Command call(Command request, std::uint16_t port = 10911) {
    auto answer = client_.call({"127.0.0.1", port}, std::move(request), runtime_.clock.now() + 60s);
    if (!answer) return Command::response(ResponseCode::transaction_failed, name_of(answer.error().code));
    return std::move(*answer);
  }

  static Command send_request(std::string_view topic, std::string_view body,
                              std::string_view properties = {}) {
    model::protocol::SendHeader header;
    header.producer_group = "PG";
    header.topic = topic;
    header.default_topic = "TBW102";
    header.properties = properties;
    header.born_timestamp = 1;
    Command request = Command::request(RequestCode::send_message_v2);
    header.write_v2(request.fields);
    request.body = body_of(body);
    return request;
  }
  Command send(std::string_view topic, std::string_view body, std::string_view properties = {}) {
    return call(send_request(topic, body, properties));
  }

  static Command pull_request(std::string_view topic, std::int64_t offset,
                              std::chrono::milliseconds hold = 0ms, std::string_view subscription = "*") {
    model::protocol::PullHeader header;
    header.consumer_group = "CG";
    header.topic = topic;
    header.queue_offset = offset;
    header.max_msg_nums = 32;
    header.sys_flag = hold.count() > 0 ? 6 : 4;
    header.suspend_timeout_ms = hold.count();
    header.subscription = subscription;
    return model::protocol::request_with(RequestCode::pull_message, header);
  }
  Command pull(std::string_view topic, std::int64_t offset, std::chrono::milliseconds hold = 0ms,
               std::string_view subscription = "*") {
    return call(pull_request(topic, offset, hold, subscription));
  }

  static Command create_request(std::string_view topic, std::string_view queues = "4") {
    return with(RequestCode::update_and_create_topic, {{"topic", topic},
                                                       {"defaultTopic", "TBW102"},
                                                       {"readQueueNums", queues},
                                                       {"writeQueueNums", queues},
                                                       {"perm", "6"},
                                                       {"topicFilterType", "SINGLE_TAG"},
                                                       {"topicSysFlag", "0"},
                                                       {"order", "false"}});
  }

  static Command with(RequestCode code,
                      std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    Command request = Command::request(code);
    for (const auto& [name, value] : fields) request.fields.set(name, value);
    return request;
  }

 private:
  runtime::Runtime runtime_;
  runtime::remoting::Client client_;
};

/// Runs `body` beside a broker that serves, in one process of one machine.
inline void with_broker(std::function<void(runtime::Runtime, Desk&)> body,
                        BrokerConfig config = test_config()) {
  sim::in_simulation([&](runtime::Runtime runtime) {
    Broker broker(runtime, config);
    const auto started = broker.start();
    if (!started) invariant(false, "the broker starts");
    Desk desk(runtime);
    body(runtime, desk);
    desk.stop();
    broker.check_invariants();
    broker.stop();
  });
}

}  // namespace gantry::broker::processor
