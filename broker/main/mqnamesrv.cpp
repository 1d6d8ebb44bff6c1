#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "broker/main/namesrv_trouble.h"
#include "broker/main/program.h"
#include "broker/namesrv/name_server.h"
#include "runtime/asio/descriptor_limit.h"
#include "runtime/asio/stop_signals.h"
#include "runtime/log.h"

// mqnamesrv: a NameServer as a process, with RocketMQ's flags and configuration keys. Exit codes:
//   0  stopped in order    1  could not start, one sentence says why    2  bad configuration or flags

namespace {

using namespace gantry;
namespace config = broker::config;
namespace program = broker::program;
using broker::namesrv::NameServer;
using broker::namesrv::NamesrvConfig;
using runtime::asio::Node;

struct Flags {
  std::string file;
  std::string namesrv;
  bool print = false;
};

NamesrvConfig defaults_of_this_host() {
  NamesrvConfig made;
  const std::string home = program::environment("HOME");
  const std::string folder = (home.empty() ? "." : home) + "/namesrv";
  made.kv_config_path = folder + "/kvConfig.json";
  made.config_store_path = folder + "/namesrv.properties";
  made.rocketmq_home = program::environment("ROCKETMQ_HOME");
  return made;
}

/// Why no file can be kept there; nothing when one can.
std::optional<std::string> trouble_with(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code failed;
  if (path.empty() || fs::is_directory(path, failed)) return fmt::format("expected a file, not \"{}\"", path);
  const fs::path whole = fs::absolute(path, failed);
  for (fs::path folder = whole.parent_path();; folder = folder.parent_path()) {
    const fs::file_status status = fs::status(folder, failed);
    if (status.type() == fs::file_type::not_found && folder.has_relative_path()) continue;  // will be made
    if (!fs::is_directory(status)) return fmt::format("{} is not a folder", folder.string());
    if (access(folder.c_str(), W_OK | X_OK) != 0) return fmt::format("{} cannot be written", folder.string());
    return std::nullopt;
  }
}

/// Reads the file into `into` and says what is wrong; false when nothing may start.
bool configure(const std::string& file, NamesrvConfig& into) {
  const auto properties = program::read_properties(file);
  if (!properties) return false;
  auto found = keys_of(into).apply(*properties);
  // A path that was asked for has to do; the default one may wait for the first change that needs it.
  for (const auto& [key, value, line] : *properties)
    if (key == "kvConfigPath" && value == into.kv_config_path)
      if (const auto why = trouble_with(value)) found.push_back({config::Severity::error, line, key, *why});
  program::tell(found, file);
  into.config_store_path = file;  // as RocketMQ does: UPDATE_NAMESRV_CONFIG writes the file that was given
  return !config::has_errors(found);
}

/// The name server's life on its node; returns the exit code.
int run(Node& node, const NamesrvConfig& configuration) {
  return program::live<NameServer>(
      node, configuration,
      [](const NameServer& server) {
        fmt::print("The Name Server boot success. serializeType=JSON, listening on {}\n", server.address());
        std::fflush(stdout);
      },
      [&](const NameServer&, const Error& error) {
        fmt::print(stderr, "mqnamesrv: {}.\n", program::namesrv_trouble(configuration, error));
      });
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  CLI::App app("A NameServer that speaks RocketMQ's remoting protocol.", "mqnamesrv");
  app.add_option("-c,--configFile", flags.file, "Properties file with the name server's configuration");
  app.add_option("-n,--namesrvAddr", flags.namesrv, "Taken and not used, as by RocketMQ's mqnamesrv");
  app.add_flag("-p,--printConfigItem", flags.print, "Print every key of the configuration and end");
  if (const auto code = program::parse(app, argc, argv)) return *code;

  NamesrvConfig configuration = defaults_of_this_host();
  if (!flags.file.empty() && !configure(flags.file, configuration)) return program::bad_configuration;
  if (flags.print) {
    std::fputs(config::print_properties(keys_of(configuration).values()).c_str(), stdout);
    return 0;
  }
  const auto shares = runtime::asio::shares_of(runtime::asio::raise_descriptor_limit());
  configuration.connections_max = std::min(configuration.connections_max, shares.connections);
  const auto node = program::make_node("namesrv");
  if (!node) return program::not_started;
  const runtime::asio::StopSignals signals({node.get()});
  return run(*node, configuration);
}
