#pragma once

#include <memory>

#include "runtime/asio/helpers.h"
#include "runtime/asio/reactor.h"
#include "runtime/network.h"

namespace gantry::runtime::asio {

/// TCP over IPv4.
class TcpNetwork final : public Network {
 public:
  TcpNetwork(Reactor& reactor, Helpers& helpers) : reactor_(reactor), helpers_(helpers) {}
  Result<std::unique_ptr<Listener>> listen(const Endpoint& at) override;
  Result<std::unique_ptr<Connection>> connect(const Endpoint& to, Instant deadline) override;

 private:
  Reactor& reactor_;
  Helpers& helpers_;
};

}  // namespace gantry::runtime::asio
