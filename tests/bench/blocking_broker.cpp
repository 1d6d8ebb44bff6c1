// mqbroker without polling: what the processor time of polling at a low rate is compared with. Usage:
// bench_blocking -c FILE
#include <cstdio>

#include "broker/broker.h"
#include "broker/main/program.h"
#include "runtime/asio/stop_signals.h"

int main(int argc, char** argv) {
  using namespace gantry;
  namespace program = broker::program;
  std::string file;
  CLI::App app("A broker that blocks as soon as it has nothing to do.", "bench_blocking");
  app.add_option("-c", file, "Properties file with the broker's configuration")->required();
  if (const auto code = program::parse(app, argc, argv)) return *code;

  broker::BrokerConfig configuration;
  const auto properties = program::read_properties(file);
  if (!properties || broker::config::has_errors(broker::config::bind(configuration).apply(*properties)))
    return program::bad_configuration;
  auto node = runtime::asio::Node::create({.name = "broker", .spin_max = runtime::Duration{0}});
  if (!node) return program::not_started;
  const runtime::asio::StopSignals signals({node->get()});
  return program::live<broker::Broker>(
      **node, configuration,
      [](broker::Broker&) {
        std::puts("boot success");
        std::fflush(stdout);
      },
      [](const broker::Broker& failed, const Error&) { fmt::print(stderr, "{}\n", failed.trouble()); });
}
