#pragma once

#include <string>
#include <vector>

#include <netinet/in.h>

#include "runtime/asio/helpers.h"
#include "runtime/network.h"

namespace gantry::runtime::asio {

/// The addresses that a host name stands for; dots are read at once, names are asked for on a helper
/// thread. An empty host means every address of this machine. Errors: `unreachable`, `timed_out`.
Result<std::vector<sockaddr_in>> resolve(Helpers& helpers, const Endpoint& endpoint, Instant deadline);

Endpoint to_endpoint(const sockaddr_in& address);
/// Of this side and of the other side of a socket; nobody's when it has none.
Endpoint local_endpoint(int fd);
Endpoint peer_endpoint(int fd);

/// The first IPv4 address of this machine that others can reach, in dots; 127.0.0.1 when it has none.
std::string own_address();

}  // namespace gantry::runtime::asio
