#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gantry/session_timers.h>

#include "runtime/clock.h"
#include "runtime/network.h"

namespace gantry::client::session {

using runtime::Duration;
using runtime::Endpoint;
using namespace std::chrono_literals;

/// What every client needs to know: whom to ask, who it is, and how often it speaks by itself.
struct SessionOptions {
  std::vector<Endpoint> namesrvs;
  /// This machine's IPv4 address in dots: the first part of the client id and of message ids. It is only a
  /// name; nobody connects to it.
  std::string client_ip = "127.0.0.1";
  /// Tells clients of one machine apart. When it is empty, one is drawn at the start. Two members of a group
  /// with the same client id would both consume what is one member's share.
  std::string instance;
  SessionTimers timers;
};

/// Reads a list of name servers as RocketMQ writes it: `host:port`, separated by `;`. Blanks around them do
/// not matter. Errors: `invalid`, also for an empty list.
Result<std::vector<Endpoint>> parse_endpoints(std::string_view text);

}  // namespace gantry::client::session
