#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/protocol/command.h"

namespace gantry::client::bench {

/// What load to put on whom.
struct Options {
  // One of these two.
  std::string namesrvs;  ///< host:port;host:port
  std::string broker;    ///< host:port, without asking anybody for a route
  std::string topic = "BenchmarkTest";
  std::string group = "mqbench";
  std::int32_t queues = 4;  ///< of the topic, where no route says it

  std::uint32_t connections = 1;
  std::uint32_t in_flight = 1;  ///< requests per connection that may wait for an answer
  std::uint32_t body_bytes = 1024;
  std::uint32_t batch = 1;  ///< messages per request
  model::protocol::SerializeType header = model::protocol::SerializeType::json;

  /// Messages per second, spread evenly: an open loop. 0: as many as are answered, a closed loop.
  double rate = 0;
  double warm_up_s = 2;
  double seconds = 10;
  /// So long without any answer ends the run.
  double timeout_s = 10;
  /// Ask the sockets again and again instead of sleeping: costs the core, spares the wake-up.
  bool spin = false;
};

/// What is wrong with them, as a sentence that names the option; nothing when all is well.
std::optional<std::string> contradiction_in(const Options& options);

/// Requests per second that the open loop sends.
inline double requests_per_second(const Options& options) {
  return options.rate / options.batch;
}

}  // namespace gantry::client::bench
