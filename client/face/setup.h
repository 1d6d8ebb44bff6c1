#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <gantry/session_timers.h>

#include "client/face/backend.h"
#include "client/session/options.h"

namespace gantry::client::face {

/// What a client needs before it can be made on its node.
struct Setup {
  std::shared_ptr<Backend> backend;
  session::SessionOptions session;
};

/// Reads the list of name servers, and starts a thread of this name when no backend is given. The session has
/// no instance yet. Errors: `invalid` (the list), those of start_thread_backend().
inline Result<Setup> set_up(std::string_view namesrv, std::shared_ptr<Backend> backend,
                            std::string_view thread_name, const SessionTimers& timers) {
  auto namesrvs = session::parse_endpoints(namesrv);
  if (!namesrvs) return namesrvs.error();
  if (!backend) {
    auto started = start_thread_backend(thread_name);
    if (!started) return started.error();
    backend = *std::move(started);
  }
  std::string address = backend->address();
  return Setup{std::move(backend), {*std::move(namesrvs), std::move(address), "", timers}};
}

}  // namespace gantry::client::face
