#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <optional>
#include <thread>

#include "broker/broker.h"
#include "broker/config/addresses.h"
#include "broker/main/diagnostics.h"
#include "broker/main/namesrv_trouble.h"
#include "broker/main/read_text.h"
#include "broker/namesrv/name_server.h"
#include "runtime/asio/address.h"
#include "runtime/asio/descriptor_limit.h"
#include "runtime/asio/node.h"
#include "runtime/asio/stop_signals.h"

// mqbroker: a broker as a process, with RocketMQ's flags and configuration keys. Exit codes:
//   0  stopped in order    1  could not start, one sentence says why    2  bad configuration or flags

namespace {

using namespace gantry;
namespace config = broker::config;
using broker::BrokerConfig;
using runtime::asio::Node;

constexpr int not_started = 1;
constexpr int bad_configuration = 2;

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

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

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
  const std::string home = environment("HOME");
  made.store_path_root_dir = (home.empty() ? "." : home) + "/store";
  made.broker_name = host_name();
  made.broker_ip1 = made.broker_ip2 = runtime::asio::own_address();
  made.namesrv_addr = environment("NAMESRV_ADDR");
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
    const auto text = read_text(flags.file);
    if (!text) {
      std::fprintf(stderr, "error: %s: cannot be read\n", flags.file.c_str());
      return false;
    }
    properties = config::parse_properties(*text);
    found = keys.apply(properties);
  }
  if (!flags.namesrv.empty())
    if (const auto expected = keys.set("namesrvAddr", flags.namesrv)) {
      std::fprintf(stderr, "error: -n %s: %s\n", flags.namesrv.c_str(), expected->c_str());
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
  tell(found, flags.file.empty() ? "configuration" : flags.file);
  return !config::has_errors(found);
}

void print(BrokerConfig configuration, bool all) {
  const config::KeyTable keys = config::bind(configuration);
  if (all) std::fputs(config::print_properties(keys.values()).c_str(), stdout);
  else
    for (const char* key : important_keys) std::printf("%s=%s\n", key, keys.get(key).value_or("").c_str());
}

/// The broker's life on its node; returns the exit code.
int run_broker(Node& node, const BrokerConfig& configuration) {
  int code = 0;
  const auto end = node.run([&](runtime::Runtime runtime) {
    broker::Broker broker(runtime, configuration);
    if (auto started = broker.start(); !started) {
      std::fprintf(stderr, "The broker did not start: %s.\n", broker.trouble().c_str());
      code = not_started;
      return;
    }
    std::printf("The broker[%s, %s] boot success. serializeType=JSON%s%s\n",
                configuration.broker_name.c_str(), configuration.address().c_str(),
                configuration.namesrv_addr.empty() ? "" : " and name server is ",
                configuration.namesrv_addr.c_str());
    std::fflush(stdout);
    node.await_stop();
    broker.stop();
  });
  return end == Node::End::in_order ? code : not_started;
}

std::unique_ptr<Node> make_node(const char* name) {
  runtime::asio::NodeOptions options;
  options.name = name;
  auto node = Node::create(options);
  if (node) return std::move(*node);
  std::fprintf(stderr, "The node %s did not start: %s.\n", name, node.error().detail);
  return nullptr;
}

/// A NameServer on a node and a thread of its own, beside the broker; it listens on the port that
/// namesrvAddr names first, and on the broker's bindAddress. The two share nothing.
class OwnNameServer {
 public:
  explicit OwnNameServer(const BrokerConfig& broker) {
    config_.connections_max = broker.connections_max;
    const auto addresses = config::parse_addresses(broker.namesrv_addr);
    if (addresses && !addresses->empty()) config_.listen_port = addresses->front().port;
    config_.bind_address = broker.bind_address;
    config_.kv_config_path = broker.store_path_root_dir + "/namesrv/kvConfig.json";
    config_.config_store_path = broker.store_path_root_dir + "/namesrv/namesrv.properties";
  }
  ~OwnNameServer() {
    if (!thread_.joinable()) return;
    node_->request_stop();
    thread_.join();
  }
  /// Returns once it serves; false when it cannot.
  bool start() {
    node_ = make_node("namesrv");
    if (!node_) return false;
    std::promise<bool> serving;
    std::future<bool> served = serving.get_future();
    thread_ = std::thread([this, &serving] {
      (void)node_->run([&](runtime::Runtime runtime) {
        broker::namesrv::NameServer server(runtime, config_);
        const auto started = server.start();
        if (!started)
          std::fprintf(stderr, "The NameServer did not start: %s.\n",
                       namesrv_trouble(config_, started.error()).c_str());
        serving.set_value(started.has_value());
        if (!started) return;
        node_->await_stop();
        server.stop();
      });
    });
    return served.get();
  }

 private:
  broker::namesrv::NamesrvConfig config_;
  std::unique_ptr<Node> node_;
  std::thread thread_;
};

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  CLI::App app("A broker that speaks RocketMQ's remoting protocol.", "mqbroker");
  app.add_option("-c,--configFile", flags.file, "Properties file with the broker's configuration");
  app.add_option("-n,--namesrvAddr", flags.namesrv, "NameServers: host:port;host:port");
  app.add_flag("-p,--printConfigItem", flags.print, "Print every key of the configuration and end");
  app.add_flag("-m,--printImportantConfig", flags.print_important, "Print the important keys and end");
  app.add_flag("--with-namesrv", flags.with_namesrv, "Run a NameServer in this process too");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : bad_configuration;
  }

  BrokerConfig configuration = defaults_of_this_host();
  if (!configure(flags, configuration)) return bad_configuration;
  if (flags.print || flags.print_important) {
    print(configuration, flags.print);
    return 0;
  }
  const std::size_t servers = flags.with_namesrv ? 2 : 1;
  share_descriptors(runtime::asio::shares_of(runtime::asio::raise_descriptor_limit(), servers),
                    configuration);
  // The broker goes first and can still say good-bye to its own NameServer.
  std::optional<OwnNameServer> own_namesrv;
  if (flags.with_namesrv && !own_namesrv.emplace(configuration).start()) return not_started;
  const auto node = make_node("broker");
  if (!node) return not_started;
  const runtime::asio::StopSignals signals({node.get()});
  return run_broker(*node, configuration);
}
