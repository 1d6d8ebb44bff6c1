#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/clock.h"
#include "runtime/network.h"

namespace gantry::client::session {

using runtime::Duration;
using runtime::Endpoint;
using namespace std::chrono_literals;

/// What every client needs: whom to ask, who it is, and RocketMQ's timers.
struct SessionOptions {
  std::vector<Endpoint> namesrvs;
  /// This machine's IPv4 address in dots: the first part of the client id and of message ids. Only a
  /// name: nobody connects to it.
  std::string client_ip = "127.0.0.1";
  /// Tells clients of one machine apart; empty = drawn at the start. Two members of a group with the
  /// same client id would both consume what is one member's share.
  std::string instance;

  Duration route_refresh = 30s;       ///< pollNameServerInterval
  Duration heartbeat_interval = 30s;  ///< heartbeatBrokerInterval
  Duration call_timeout = 3s;         ///< for everything but sends and pulls
};

/// `host:port` separated by `;`, as RocketMQ writes its name server lists; blanks around are fine.
/// Errors: `invalid`, also for an empty list.
Result<std::vector<Endpoint>> parse_endpoints(std::string_view text);

}  // namespace gantry::client::session
