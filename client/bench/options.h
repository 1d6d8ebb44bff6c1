#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/protocol/command.h"

namespace gantry::client::bench {

/// What load to put on whom.
struct Options {
  // One of these two is given.
  std::string namesrvs;  ///< The name servers, as host:port;host:port.
  std::string broker;    ///< A broker, as host:port; then nobody is asked for a route.
  std::string topic = "BenchmarkTest";
  std::string group = "mqbench";
  std::int32_t queues = 4;  ///< How many the topic has, where no route says it.

  std::uint32_t connections = 1;
  std::uint32_t in_flight = 1;  ///< How many requests of a connection may wait for an answer.
  std::uint32_t body_bytes = 1024;
  std::uint32_t batch = 1;  ///< How many messages a request has.
  model::protocol::SerializeType header = model::protocol::SerializeType::json;

  /// Messages per second, spread evenly, in an open loop. With 0 it is a closed loop, which sends as many as
  /// are answered.
  double rate = 0;
  double warm_up_s = 2;
  double seconds = 10;
  /// The run ends when no answer has come for so long.
  double timeout_s = 10;
  /// Asks the sockets again and again instead of sleeping. This costs the core and spares the wake-up.
  bool spin = false;
};

/// What is wrong with the options, as a sentence that names one of them; nothing when all is well.
std::optional<std::string> contradiction_in(const Options& options);

/// How many requests the open loop sends in a second.
inline double requests_per_second(const Options& options) {
  return options.rate / options.batch;
}

}  // namespace gantry::client::bench
