#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <gantry/push_consumer.h>
#include "client/main/command_line.h"
#include "model/base/whole_number.h"
#include "model/protocol/json_text.h"

namespace {

using namespace gantry;

struct Arguments {
  Target target;
  std::string group = "DEFAULT_CONSUMER";
  std::string tags = "*";
  std::string from = "last";
  std::uint64_t count = 0;
  double timeout_s = 0;
  bool from_first = false, broadcast = false, json = false, verbose = false;
};

constexpr const char* footer = R"(
Prints one message per line: its body; with -v also message id, broker, queue, offset and tag (or -)
before it; with --json everything.
--from counts only when the group has no stored offset yet, and not for a queue whose first message is still in
the broker's memory: as with RocketMQ, a new group gets all of such a queue. Ends by --count, --timeout, SIGINT or SIGTERM.

Exit codes:
  0  --count messages were consumed, --timeout passed without a --count, or a signal ended it in order
  1  it could not start, or --timeout passed before --count messages came
  2  the command line is wrong

Example: mqconsumer -n 127.0.0.1:9876 -t TopicTest -g tail --from first --count 10)";

std::string in_json(std::string_view text) {
  namespace json_text = model::protocol::json_text;
  std::string quoted(json_text::escaped_size(text) + 2, '"');
  char* const end = json_text::write_escaped(text, quoted.data() + 1);
  *end = '"';
  quoted.resize(static_cast<std::size_t>(end - quoted.data()) + 1);
  return quoted;
}

/// One message stays one line.
std::string one_line(std::string_view body) {
  std::string line(body);
  std::ranges::replace(line, '\n', ' ');
  std::ranges::replace(line, '\r', ' ');
  return line;
}

std::string as_json(const ReceivedMessage& message) {
  std::string properties;
  for (const auto& [name, value] : message.properties)
    properties += fmt::format("{}{}:{}", properties.empty() ? "" : ",", in_json(name), in_json(value));
  return fmt::format(
      R"({{"msgId":{},"topic":{},"brokerName":{},"queueId":{},"queueOffset":{},)"
      R"("bornTimestamp":{},"storeTimestamp":{},"reconsumeTimes":{},"properties":{{{}}},"body":{}}})",
      in_json(message.message_id()), in_json(message.topic), in_json(message.queue.broker_name),
      message.queue.queue_id, message.queue_offset, message.born_timestamp, message.store_timestamp,
      message.reconsume_times, properties, in_json(message.body_text()));
}

std::string as_line(const ReceivedMessage& message) {
  return fmt::format("{} {} {} {} {} {}", message.message_id(), message.queue.broker_name,
                     message.queue.queue_id, message.queue_offset,
                     message.tag().empty() ? "-" : message.tag(), one_line(message.body_text()));
}

/// What the listener threads and the waiting main thread share.
class Tally {
 public:
  explicit Tally(const Arguments& arguments) : arguments_(arguments) {}

  ConsumeResult take(const ReceivedMessage& message) {
    const std::lock_guard lock(mutex_);
    // What comes after the last one wanted stays for the next who consumes.
    if (arguments_.count != 0 && taken_ >= arguments_.count) return ConsumeResult::keep;
    const std::string line = arguments_.json      ? as_json(message)
                             : arguments_.verbose ? as_line(message)
                                                  : one_line(message.body_text());
    fmt::print("{}\n", line);
    std::fflush(stdout);
    ++taken_;
    return ConsumeResult::success;
  }
  bool complete() {
    const std::lock_guard lock(mutex_);
    return arguments_.count != 0 && taken_ >= arguments_.count;
  }

 private:
  const Arguments& arguments_;
  std::mutex mutex_;
  std::uint64_t taken_ = 0;
};

/// Waits for a signal, the count or the time. Returns the exit code.
int wait(const Arguments& arguments, Tally& tally, const sigset_t& signals) {
  const auto begun = std::chrono::steady_clock::now();
  while (!tally.complete()) {
    const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - begun;
    if (arguments.timeout_s > 0 && waited.count() >= arguments.timeout_s) {
      if (arguments.count != 0)
        fmt::print(stderr, "mqconsumer: --timeout passed before --count messages came\n");
      return arguments.count != 0 ? 1 : 0;
    }
    const timespec slice{.tv_sec = 0, .tv_nsec = 20'000'000};
    if (sigtimedwait(&signals, nullptr, &slice) > 0) return 0;
  }
  return 0;
}

int run(const Arguments& arguments) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before any other thread is there

  Tally tally(arguments);
  ConsumerOptions options;
  options.from = arguments.from == "first" || arguments.from_first ? ConsumeFrom::first_offset
                                                                   : ConsumeFrom::last_offset;
  options.model = arguments.broadcast ? MessageModel::broadcasting : MessageModel::clustering;
  options.concurrency = 1;  // lines in order of arrival
  PushConsumer consumer(arguments.target.namesrv, arguments.group, options);
  auto ready = consumer.subscribe(arguments.target.topic, arguments.tags);
  if (ready) ready = consumer.start([&](const ReceivedMessage& message) { return tally.take(message); });
  if (!ready) {
    fmt::print(stderr, "mqconsumer: not started: {}\n", ready.error().detail);
    return 1;
  }
  return wait(arguments, tally, signals);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Prints the messages of a topic, as a member of a consumer group.", "mqconsumer");
  add_target(app, arguments.target);
  app.add_option("-g,--group", arguments.group, "consumer group")->capture_default_str();
  app.add_option("--tags", arguments.tags, "* or tags separated by ||")->capture_default_str();
  app.add_option("--from", arguments.from, "where a new group starts: first or last")
      ->check(CLI::IsMember({"first", "last"}))
      ->capture_default_str();
  app.add_option("--count", arguments.count, "ends after so many messages; 0 = never")
      ->check(gantry::whole_number())
      ->capture_default_str();
  app.add_option("--timeout", arguments.timeout_s, "ends after so many seconds; 0 = never")
      ->check(CLI::Range(0.0, 1e9))
      ->capture_default_str();
  app.add_flag("--broadcast", arguments.broadcast, "every member gets every message");
  app.add_flag("--from-first", arguments.from_first, "the same as --from first");
  auto* json = app.add_flag("--json", arguments.json, "prints one JSON object per message");
  app.add_flag("-v,--verbose", arguments.verbose, "prints where each message lay")->excludes(json);
  app.footer(footer);
  if (const auto code = parse(app, arguments.target, argc, argv)) return *code;
  return run(arguments);
}
