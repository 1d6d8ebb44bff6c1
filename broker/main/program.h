#pragma once

#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include "broker/config/properties.h"
#include "model/base/format.h"
#include "runtime/asio/node.h"

// What mqbroker and mqnamesrv have in common: flags, a configuration file, and a server that lives on a node
// until a signal stops it.
namespace gantry::broker::program {

/// Exit codes beside 0, which stands for an end in order.
inline constexpr int not_started = 1;
inline constexpr int bad_configuration = 2;

/// The variable's value; empty when it is not set.
inline std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

/// Reads the command line. Returns the exit code when there is nothing more to do: flags that are wrong, or a
/// request for help, which has been printed.
inline std::optional<int> parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : bad_configuration;
  }
  return std::nullopt;
}

/// The lines of a configuration file. Nothing when it cannot be read, which stderr then says. A folder opens
/// like a file, and then gives nothing.
inline std::optional<std::vector<config::Property>> read_properties(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text;
  char part[4096];
  do {
    in.read(part, sizeof part);
    text.append(part, static_cast<std::size_t>(in.gcount()));
  } while (in);
  if (in.eof() && !in.bad()) return config::parse_properties(text);
  fmt::print(stderr, "error: {}: cannot be read\n", file);
  return std::nullopt;
}

/// Says on stderr what is wrong with a configuration, a line for each thing, and on one more line which of
/// its keys do nothing here: who wrote `fileReservedTime` ought to know. `file` is its name for people.
inline void tell(const std::vector<config::Diagnostic>& found, const std::string& file) {
  std::string idle;
  for (const config::Diagnostic& diagnostic : found) {
    if (diagnostic.severity == config::Severity::note) {
      idle += (idle.empty() ? " " : ", ") + diagnostic.key;
      continue;
    }
    const bool wrong = diagnostic.severity == config::Severity::error;
    fmt::print(stderr, "{}: {}\n", wrong ? "error" : "warning", to_line(diagnostic, file));
  }
  if (!idle.empty()) fmt::print(stderr, "note: {}: without effect here:{}\n", file, idle);
}

/// A node with this name in its log; null when the system does not give it what it needs, which stderr then
/// says.
inline std::unique_ptr<runtime::asio::Node> make_node(const char* name) {
  runtime::asio::NodeOptions options;
  options.name = name;
  auto node = runtime::asio::Node::create(options);
  if (node) return std::move(*node);
  fmt::print(stderr, "The node {} did not start: {}.\n", name, node.error());
  return nullptr;
}

/// The life of a server on its node, until the node is asked to stop. Exactly one of the two is called, on
/// the node: `serves(server)` once it serves, or `failed(server, error)`. Returns the program's exit code.
template <class Server, class Config, class Serves, class Failed>
int live(runtime::asio::Node& node, const Config& configuration, Serves serves, Failed failed) {
  int code = 0;
  const auto end = node.run([&](runtime::Runtime runtime) {
    Server server(runtime, configuration);
    if (const auto started = server.start(); !started) {
      failed(server, started.error());
      code = not_started;
      return;
    }
    serves(server);
    node.await_stop();
    server.stop();
  });
  return end == runtime::asio::Node::End::in_order ? code : not_started;
}

}  // namespace gantry::broker::program
