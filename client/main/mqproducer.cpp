#include <cstdint>
#include <cstdio>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <gantry/producer.h>
#include "client/main/command_line.h"
#include "model/base/whole_number.h"

namespace {

using namespace gantry;

struct Arguments {
  Target target;
  std::string group = "DEFAULT_PRODUCER";
  std::string keys, tag;
  std::optional<std::string> body;
  std::uint64_t count = 1;
  int timeout_ms = 3000;
  int delay_level = 0;
  bool quiet = false, json = false;
};

constexpr const char* footer = R"(
Without -p each line of the standard input that is not empty is sent as one message.
Prints one line per message: status, message id, broker, queue, offset.

Exit codes:
  0  all messages were stored
  1  a message was not stored, or nobody knows whether it was; the reason is on standard error
  2  the command line is wrong

Example: mqproducer -n 127.0.0.1:9876 -t TopicTest -g TagA -p hello)";

void print(const Arguments& arguments, const SendResult& sent) {
  if (arguments.quiet) return;
  const auto& [topic, broker, id] = sent.queue;
  if (arguments.json)
    fmt::print(R"({{"status":"{}","msgId":"{}","brokerName":"{}","queueId":{},"queueOffset":{}}})"
               "\n",
               name_of(sent.status), sent.message_id, broker, id, sent.queue_offset);
  else fmt::print("{} {} {} {} {}\n", name_of(sent.status), sent.message_id, broker, id, sent.queue_offset);
}

/// Sends on while earlier messages are under way, and reports in order.
class Sender {
 public:
  Sender(const Arguments& arguments, Producer& producer) : arguments_(arguments), producer_(producer) {}

  void send(std::string_view body) {
    Message message(arguments_.target.topic, body, arguments_.tag);
    if (!arguments_.keys.empty()) message.set_keys(arguments_.keys);
    if (arguments_.delay_level > 0) message.set_delay_level(arguments_.delay_level);
    under_way_.push_back(producer_.send_async(std::move(message)));
    if (under_way_.size() >= 256) report();
  }
  /// Waits for what is under way; returns how many were not stored so far.
  std::uint64_t report() {
    for (Future<SendResult>& future : std::exchange(under_way_, {})) {
      const Result<SendResult> sent = future.get();
      if (sent) {
        print(arguments_, *sent);
        continue;
      }
      ++failed_;
      fmt::print(stderr, "mqproducer: not sent to {}: {} ({})\n", arguments_.target.topic,
                 name_of(sent.error().code), sent.error().detail);
    }
    return failed_;
  }

 private:
  const Arguments& arguments_;
  Producer& producer_;
  std::vector<Future<SendResult>> under_way_;
  std::uint64_t failed_ = 0;
};

int run(const Arguments& arguments) {
  ProducerOptions options;
  options.send_timeout = std::chrono::milliseconds(arguments.timeout_ms);
  Producer producer(arguments.target.namesrv, arguments.group, options);
  Sender sender(arguments, producer);
  if (arguments.body) {
    for (std::uint64_t i = 0; i < arguments.count; ++i) sender.send(*arguments.body);
  } else {
    // A person at a terminal sees each answer before typing the next line.
    for (std::string line; std::getline(std::cin, line);) {
      if (line.empty()) continue;
      sender.send(line);
      if (std::cin.rdbuf()->in_avail() <= 0) sender.report();
    }
  }
  return sender.report() == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  Arguments arguments;
  CLI::App app("Sends messages to a topic.", "mqproducer");
  add_target(app, arguments.target);
  app.add_option("-p,-m,--body", arguments.body, "the message; without it lines of the standard input");
  app.add_option("-g,-c,--tag", arguments.tag, "tag of the messages");
  app.add_option("-k,--keys", arguments.keys, "keys of the messages, separated by spaces");
  app.add_option("--count", arguments.count, "how often the message of -p is sent")
      ->check(gantry::whole_number())
      ->capture_default_str();
  app.add_option("--delay", arguments.delay_level, "delay level, 1 to 18; a broker of Gantry refuses it")
      ->check(CLI::Range(1, 18));
  app.add_option("--group", arguments.group, "producer group")->capture_default_str();
  app.add_option("--timeout", arguments.timeout_ms, "for one message, in milliseconds")
      ->check(CLI::Range(1, 3600000))
      ->capture_default_str();
  app.add_flag("-q,--quiet", arguments.quiet, "prints errors only");
  app.add_flag("--json", arguments.json, "prints one JSON object per message");
  app.footer(footer);
  if (const auto code = parse(app, arguments.target, argc, argv)) return *code;
  return run(arguments);
}
