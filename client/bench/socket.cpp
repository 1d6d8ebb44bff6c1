#include "client/bench/socket.h"

#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "model/protocol/command.h"

namespace gantry::client::bench {

namespace {
using SteadyClock = std::chrono::steady_clock;

class Deadline {
 public:
  explicit Deadline(double seconds)
      : at_(SteadyClock::now() +
            std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(seconds))) {}
  /// Until the socket may be read or written; false when the time is over.
  bool await(const Socket& socket, short events) const {
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(at_ - SteadyClock::now()).count();
      if (left <= 0) return false;
      pollfd asked{socket.fd(), events, 0};
      if (::poll(&asked, 1, static_cast<int>(left)) > 0) return true;
    }
  }

 private:
  SteadyClock::time_point at_;
};

// The words of strerror live for ever for known numbers.
Error error_of(Errc code, int system_errno) {
  return {code, ::strerrordesc_np(system_errno)};
}

Result<sockaddr_in> resolve(const Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(endpoint.host.c_str(), nullptr, &hints, &found);
  if (code != 0) return Error{Errc::unreachable, ::gai_strerror(code)};
  sockaddr_in address{};
  std::memcpy(&address, found->ai_addr, sizeof address);
  ::freeaddrinfo(found);
  address.sin_port = htons(endpoint.port);
  return address;
}
}  // namespace

Socket::~Socket() {
  if (fd_ >= 0) ::close(fd_);
}

Result<Socket> connect_to(const Endpoint& to, double timeout_s) {
  const auto address = resolve(to);
  if (!address) return address.error();
  const Deadline deadline(timeout_s);
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.fd() < 0) return error_of(Errc::busy, errno);
  const int on = 1;
  ::setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
    if (errno != EINPROGRESS) return error_of(Errc::unreachable, errno);
    if (!deadline.await(socket, POLLOUT)) return Error{Errc::timed_out, "no answer to the connect"};
  }
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return error_of(error == ECONNREFUSED ? Errc::refused : Errc::unreachable, error);
  return socket;
}

Result<Buffer> exchange(const Socket& socket, Bytes bytes, double timeout_s) {
  const Deadline deadline(timeout_s);
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) bytes = bytes.subspan(static_cast<std::size_t>(sent));
    else if (errno == EAGAIN && !deadline.await(socket, POLLOUT)) return Errc::timed_out;
    else if (errno != EAGAIN && errno != EINTR) return error_of(Errc::reset, errno);
  }
  Buffer frame;
  std::array<std::byte, 16 * 1024> piece;
  for (;;) {
    const auto size = model::protocol::frame_size(frame);
    if (!size) return size.error();
    if (*size && frame.size() >= **size) break;
    const ssize_t got = ::recv(socket.fd(), piece.data(), piece.size(), 0);
    if (got > 0) frame.insert(frame.end(), piece.data(), piece.data() + got);
    else if (got == 0) return Error{Errc::closed, "the connection was closed instead of an answer"};
    else if (errno == EAGAIN && !deadline.await(socket, POLLIN)) return Errc::timed_out;
    else if (errno != EAGAIN && errno != EINTR) return error_of(Errc::reset, errno);
  }
  return frame;
}

}  // namespace gantry::client::bench
