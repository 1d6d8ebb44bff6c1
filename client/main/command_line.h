#pragma once

#include <cstdio>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/session/options.h"

// What the command lines of the client's programs have in common.

/// The exit code for a command line that is wrong.
inline constexpr int wrong_command_line = 2;

/// The cluster that a program speaks to, and the topic in it.
struct Target {
  std::string namesrv = "127.0.0.1:9876";
  std::string topic;
};

inline void add_target(CLI::App& app, Target& target) {
  app.add_option("-n,--namesrv", target.namesrv, "name servers, host:port;host:port")
      ->envname("NAMESRV_ADDR")
      ->capture_default_str();
  app.add_option("-t,--topic", target.topic, "topic")->required();
}

/// Reads the command line. Returns the exit code when the program is to end with it: help was asked for, or
/// something is wrong, which has then been said on standard error.
inline std::optional<int> parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : wrong_command_line;
  }
  return std::nullopt;
}

/// The same for a program that has a target.
inline std::optional<int> parse(CLI::App& app, const Target& target, int argc, char** argv) {
  if (const auto code = parse(app, argc, argv)) return code;
  if (const auto namesrvs = gantry::client::session::parse_endpoints(target.namesrv); !namesrvs) {
    fmt::print(stderr, "{}: --namesrv {}: {}\n", app.get_name(), target.namesrv, namesrvs.error().detail);
    return wrong_command_line;
  }
  return std::nullopt;
}
