#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "broker/broker.h"
#include "broker/main/own_name_server.h"
#include "broker/main/program.h"
#include "runtime/asio/address.h"
#include "runtime/asio/descriptor_limit.h"
#include "runtime/asio/stop_signals.h"

// mqbroker: a broker as a process, with RocketMQ's flags and configuration keys. Exit codes:
//   0  stopped in order    1  could not start, one sentence says why    2  bad configuration or flags

namespace {

using namespace gantry;
namespace config = broker::config;
namespace program = broker::program;
using broker::BrokerConfig;
using runtime::asio::Node;

struct Flags {
  std::string file;
  std::string namesrv;
  bool print = false;
  bool print_important = false;
  bool with_namesrv = false;
};

/// What -m prints.
constexpr const char* important_keys[] = {
    "namesrvAddr", "brokerIP1",  "brokerIP2",        "brokerName",    "brokerClusterName",
    "brokerId",    "listenPort", "storePathRootDir", "flushDiskType", "brokerRole",
};

std::string host_name() {
  char name[256] = {};
  const bool known = gethostname(name, sizeof name - 1) == 0 && name[0] != '\0';
  return known ? name : "DEFAULT_BROKER";
}

/// So many clients, and so many files of the store, that there are descriptors for all of them.
void share_descriptors(const runtime::asio::DescriptorShares& shares, BrokerConfig& made) {
  made.connections_max = std::min(made.connections_max, shares.connections);
  made.open_files_max = std::min(made.open_files_max, shares.files);
}

/// What the system knows and no table of defaults can.
BrokerConfig defaults_of_this_host() {
  BrokerConfig made;
  const std::string home = program::environment("HOME");
  made.store_path_root_dir = (home.empty() ? "." : home) + "/store";
  made.broker_name = host_name();
  made.broker_ip1 = made.broker_ip2 = runtime::asio::own_address();
  made.namesrv_addr = program::environment("NAMESRV_ADDR");
  const std::int64_t pages = sysconf(_SC_PHYS_PAGES);
  if (pages > 0) made.memory_bytes = pages * sysconf(_SC_PAGESIZE);
  return made;
}

bool bound(const BrokerConfig& configuration) {
  return configuration.bind_address != "0.0.0.0";
}

/// Clients, and the broker itself, are sent to where somebody listens, unless they are sent elsewhere on
/// purpose.
void follow_bind_address(const Flags& flags, const std::vector<config::Property>& properties,
                         BrokerConfig& into) {
  if (bound(into) && std::ranges::find(properties, "brokerIP1", &config::Property::key) == properties.end())
    into.broker_ip1 = into.bind_address;
  if (into.namesrv_addr.empty() && flags.with_namesrv)
    into.namesrv_addr = (bound(into) ? into.bind_address : "127.0.0.1") + ":9876";
}

/// Reads the file and the flags into `into` and says what is wrong; false when nothing may start.
bool configure(const Flags& flags, BrokerConfig& into) {
  std::vector<config::Diagnostic> found;
  std::vector<config::Property> properties;
  const config::KeyTable keys = config::bind(into);
  if (!flags.file.empty()) {
    auto read = program::read_properties(flags.file);
    if (!read) return false;
    properties = std::move(*read);
    found = keys.apply(properties);
  }
  if (!flags.namesrv.empty())
    if (const auto expected = keys.set("namesrvAddr", flags.namesrv)) {
      fmt::print(stderr, "error: -n {}: {}\n", flags.namesrv, *expected);
      return false;
    }
  follow_bind_address(flags, properties, into);
  // What is in no file and no flag came from NAMESRV_ADDR.
  for (auto& contradiction : config::contradictions(into, properties))
    found.push_back(std::move(contradiction));
  if (bound(into) && flags.with_namesrv && !into.namesrv_addr.starts_with(into.bind_address + ":"))
    found.push_back({config::Severity::warning, 0, "bindAddress",
                     "the NameServer beside this broker listens on " + into.bind_address +
                         " only, and namesrvAddr is " + into.namesrv_addr});
  program::tell(found, flags.file.empty() ? "configuration" : flags.file);
  return !config::has_errors(found);
}

void print(BrokerConfig configuration, bool all) {
  const config::KeyTable keys = config::bind(configuration);
  if (all) std::fputs(config::print_properties(keys.values()).c_str(), stdout);
  else
    for (const char* key : important_keys) fmt::print("{}={}\n", key, keys.get(key).value_or(""));
}

/// The broker's life on its node; returns the exit code.
int run(Node& node, const BrokerConfig& configuration) {
  return program::live<broker::Broker>(
      node, configuration,
      [&](broker::Broker&) {
        fmt::print("The broker[{}, {}] boot success. serializeType=JSON{}{}\n", configuration.broker_name,
                   configuration.address(), configuration.namesrv_addr.empty() ? "" : " and name server is ",
                   configuration.namesrv_addr);
        std::fflush(stdout);
      },
      [](const broker::Broker& failed, const Error&) {
        fmt::print(stderr, "The broker did not start: {}.\n", failed.trouble());
      });
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  CLI::App app("A broker that speaks RocketMQ's remoting protocol.", "mqbroker");
  app.add_option("-c,--configFile", flags.file, "Properties file with the broker's configuration");
  app.add_option("-n,--namesrvAddr", flags.namesrv, "NameServers: host:port;host:port");
  app.add_flag("-p,--printConfigItem", flags.print, "Print every key of the configuration and end");
  app.add_flag("-m,--printImportantConfig", flags.print_important, "Print the important keys and end");
  app.add_flag("--with-namesrv", flags.with_namesrv, "Run a NameServer in this process too");
  if (const auto code = program::parse(app, argc, argv)) return *code;

  BrokerConfig configuration = defaults_of_this_host();
  if (!configure(flags, configuration)) return program::bad_configuration;
  if (flags.print || flags.print_important) {
    print(configuration, flags.print);
    return 0;
  }
  const std::size_t servers = flags.with_namesrv ? 2 : 1;
  share_descriptors(runtime::asio::shares_of(runtime::asio::raise_descriptor_limit(), servers),
                    configuration);
  // The broker goes first and can still say good-bye to its own NameServer.
  std::optional<program::OwnNameServer> own_namesrv;
  if (flags.with_namesrv && !own_namesrv.emplace(configuration).start()) return program::not_started;
  const auto node = program::make_node("broker");
  if (!node) return program::not_started;
  const runtime::asio::StopSignals signals({node.get()});
  return run(*node, configuration);
}
