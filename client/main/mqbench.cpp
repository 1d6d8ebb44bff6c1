#include <atomic>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/bench/load.h"
#include "client/bench/options.h"
#include "client/bench/plot.h"
#include "client/bench/report.h"
#include "client/main/command_line.h"

namespace {

using namespace gantry::client::bench;

constexpr int not_all_stored = 1;

constexpr const char* footer = R"(
Closed loop (the default): each connection keeps --in-flight requests under way. Open loop (--rate): requests
are due at even intervals, and their latency counts from then, also when a slow broker kept them from being sent.

Exit codes:
  0  every request was answered, and every message stored
  1  some were not, or no broker could be reached; the reason is printed
  2  the command line is wrong

Examples:
  mqbench -n 127.0.0.1:9876 --connections 16 --in-flight 64 --seconds 30
  mqbench -b 127.0.0.1:10911 --rate 20000 --in-flight 1000 --svg latency.svg --csv latency.csv)";

// Set by a signal: ends the run in order, with a report.
std::atomic<bool> stop_asked{false};
static_assert(std::atomic<bool>::is_always_lock_free);

struct Files {
  std::string csv, svg;
  bool quiet = false;
};

void add_options(CLI::App& app, Options& options, Files& files) {
  using gantry::model::protocol::SerializeType;
  const std::map<std::string, SerializeType> headers{{"JSON", SerializeType::json},
                                                     {"ROCKETMQ", SerializeType::rocketmq}};
  app.add_option("-n,--namesrv", options.namesrvs, "name servers, host:port;host:port");
  app.add_option("-b,--broker", options.broker, "a broker, host:port, without asking a name server");
  app.add_option("-t,--topic", options.topic, "topic; created by the send where brokers do so")
      ->capture_default_str();
  app.add_option("-g,--group", options.group, "producer group")->capture_default_str();
  app.add_option("--queues", options.queues, "queues of the topic, with --broker or when it is created")
      ->capture_default_str();
  app.add_option("-c,--connections", options.connections, "connections, shared out among the brokers")
      ->capture_default_str();
  app.add_option("-i,--in-flight", options.in_flight, "requests per connection that may wait for answers")
      ->capture_default_str();
  app.add_option("-s,--body", options.body_bytes, "bytes of a message's body")->capture_default_str();
  app.add_option("--batch", options.batch, "messages per request")->capture_default_str();
  app.add_option("--header", options.header, "JSON or ROCKETMQ (binary); default JSON")
      ->transform(CLI::CheckedTransformer(headers, CLI::ignore_case));
  app.add_option("-r,--rate", options.rate, "messages per second in all; 0: as many as are answered")
      ->capture_default_str();
  app.add_option("-w,--warm-up", options.warm_up_s, "seconds that do not count")->capture_default_str();
  app.add_option("-d,--seconds", options.seconds, "seconds that count")->capture_default_str();
  app.add_option("--timeout", options.timeout_s, "seconds without any answer that end the run")
      ->capture_default_str();
  app.add_flag("--spin", options.spin, "never sleep: costs a core, spares the wake-up");
  app.add_option("--csv", files.csv, "write a row per second here");
  app.add_option("--svg", files.svg, "draw rate and latency here");
  app.add_flag("-q,--quiet", files.quiet, "no progress, only the summary");
  app.footer(footer);
}

bool write_file(const std::string& name, const std::string& text) {
  if (name.empty()) return true;
  std::ofstream out(name, std::ios::binary);
  out << text << std::flush;
  if (!out) fmt::print(stderr, "mqbench: {} cannot be written\n", name);
  return static_cast<bool>(out);
}

/// Found out before the load and not after it; what is there stays until there is something better.
bool can_be_written(const std::string& name) {
  const bool can = name.empty() || std::ofstream(name, std::ios::binary | std::ios::app).is_open();
  if (!can) fmt::print(stderr, "mqbench: {} cannot be written\n", name);
  return can;
}

int run(const Options& options, const Files& files) {
  const auto complain = [](const std::string& why) {
    fmt::print(stderr, "mqbench: {}\n", why);
    return not_all_stored;
  };
  const auto targets = find_targets(options);
  if (!targets) return complain(targets.error());
  Load load(options);
  if (const auto trouble = load.connect(*targets)) return complain(*trouble);
  const Measured measured = load.run(
      [&](const Period& period) {
        if (!files.quiet) fmt::print(stderr, "{}\n", progress_line(period, options.rate > 0));
      },
      stop_asked);
  std::fputs(summary(options, measured).c_str(), stdout);
  const bool csv = write_file(files.csv, to_csv(measured));
  const bool svg = write_file(files.svg, to_svg(describe(options), measured));
  if (!measured.broken_off.empty()) return complain("the run broke off: " + measured.broken_off);
  const bool all_stored = measured.failures.empty() && measured.unanswered == 0;
  return all_stored && csv && svg ? 0 : not_all_stored;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  Files files;
  CLI::App app("Puts load on RocketMQ brokers and measures how they take it.", "mqbench");
  add_options(app, options, files);
  if (const auto code = parse(app, argc, argv)) return *code;
  if (const auto wrong = contradiction_in(options)) {
    fmt::print(stderr, "mqbench: {}\n", *wrong);
    return wrong_command_line;
  }
  if (!can_be_written(files.csv) || !can_be_written(files.svg)) return wrong_command_line;
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { stop_asked = true; });
  return run(options, files);
}
