#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "runtime/remoting/server.h"

namespace gantry::broker::door {

/// The limits of a server's connections where the configuration says how long one may be idle: output that
/// nobody takes does not wait for longer than that.
inline runtime::remoting::ChannelOptions channel_options(std::chrono::seconds idle_max) {
  runtime::remoting::ChannelOptions options;
  options.idle_max = idle_max;
  options.write_stall_max = std::min(options.write_stall_max, options.idle_max);
  return options;
}

/// How many connections a server takes of those that the process has descriptors for.
inline std::size_t connections_max(std::size_t descriptors) {
  return std::min(descriptors, runtime::remoting::Server::connections_max_default);
}

}  // namespace gantry::broker::door
