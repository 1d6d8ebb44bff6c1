#include "runtime/asio/address.h"

#include <memory>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <sys/socket.h>

namespace gantry::runtime::asio {

namespace {
Result<std::vector<sockaddr_in>> look_up(const std::string& host, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_family = AF_INET;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &wanted, &found) != 0)
    return Error{Errc::unreachable, "the host name does not resolve"};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  std::vector<sockaddr_in> addresses;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    addresses.push_back(*reinterpret_cast<const sockaddr_in*>(each->ai_addr));
    addresses.back().sin_port = htons(port);
  }
  return addresses;
}
}  // namespace

Result<std::vector<sockaddr_in>> resolve(Helpers& helpers, const Endpoint& endpoint, Instant deadline) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  if (endpoint.host.empty()) return std::vector{address};
  if (::inet_pton(AF_INET, endpoint.host.c_str(), &address.sin_addr) == 1) return std::vector{address};
  return helpers.run(
      Lane::names, [host = endpoint.host, port = endpoint.port] { return look_up(host, port); }, deadline);
}

Endpoint to_endpoint(const sockaddr_in& address) {
  char text[INET_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET, &address.sin_addr, text, sizeof text);
  return {text, ntohs(address.sin_port)};
}

Endpoint local_endpoint(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  return to_endpoint(address);
}

Endpoint peer_endpoint(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  return to_endpoint(address);
}

std::string own_address() {
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return "127.0.0.1";
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(all, &::freeifaddrs);
  for (const ifaddrs* each = all; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET) continue;
    if ((each->ifa_flags & IFF_LOOPBACK) != 0 || (each->ifa_flags & IFF_UP) == 0) continue;
    return to_endpoint(*reinterpret_cast<const sockaddr_in*>(each->ifa_addr)).host;
  }
  return "127.0.0.1";
}

}  // namespace gantry::runtime::asio
