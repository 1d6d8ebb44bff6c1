#pragma once

#include <chrono>

namespace gantry {

/// How often a client speaks to the cluster without being asked. The defaults are RocketMQ's.
struct SessionTimers {
  /// How often the routes of all topics in use are asked for again (pollNameServerInterval).
  std::chrono::nanoseconds route_refresh = std::chrono::seconds(30);
  /// How often every broker hears that the client is alive (heartbeatBrokerInterval).
  std::chrono::nanoseconds heartbeat_interval = std::chrono::seconds(30);
  /// How long an answer may take, for everything but sends and pulls.
  std::chrono::nanoseconds call_timeout = std::chrono::seconds(3);
};

}  // namespace gantry
