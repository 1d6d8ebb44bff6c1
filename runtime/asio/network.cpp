#include "runtime/asio/network.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "model/base/invariant.h"
#include "runtime/asio/address.h"
#include "runtime/asio/descriptor.h"
#include "runtime/asio/errors.h"

namespace gantry::runtime::asio {

namespace {
constexpr int backlog = 1024;
// A stream that always has more to read suspends nobody by itself: after so many reads in a row the
// other fibers get their turn.
constexpr unsigned turns_in_a_row = 16;
constexpr std::size_t buffers_per_send = 64;

const sockaddr* generic(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

class TcpConnection final : public Connection {
 public:
  TcpConnection(Reactor& reactor, std::shared_ptr<Descriptor> socket)
      : reactor_(reactor), socket_(std::move(socket)) {
    const int on = 1;
    ::setsockopt(socket_->fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    local_ = local_endpoint(socket_->fd());
    peer_ = peer_endpoint(socket_->fd());
  }
  ~TcpConnection() override { socket_->close_stream(); }

  Result<std::size_t> read_some(std::span<std::byte> into, Instant deadline) override {
    invariant(!into.empty(), "a read has somewhere to put a byte");
    if (++turns_ >= turns_in_a_row && !reactor_.gone()) {
      turns_ = 0;
      reactor_.engine().yield();
    }
    for (;;) {
      if (reactor_.gone()) return Errc::gone;
      if (socket_->closed()) return Errc::closed;
      if (!socket_->ready(Side::input)) {
        turns_ = 0;
        if (auto ready = socket_->await(Side::input, deadline); !ready) return ready.error();
        continue;
      }
      const ssize_t got = ::recv(socket_->fd(), into.data(), into.size(), 0);
      if (got > 0) {
        // What comes from now on is told; the call that would only say so is spared.
        if (static_cast<std::size_t>(got) < into.size()) socket_->blocked(Side::input);
        return static_cast<std::size_t>(got);
      }
      if (got == 0) return Errc::closed;
      if (errno == EINTR) continue;
      if (errno != EAGAIN) return broken(errno);
      socket_->blocked(Side::input);
    }
  }

  Result<std::size_t> write_some(std::span<const Bytes> from) override {
    std::size_t total = 0;
    while (!from.empty()) {
      if (reactor_.gone()) return Errc::gone;
      if (socket_->closed()) return Errc::closed;
      const std::span<const Bytes> batch = from.first(std::min(from.size(), buffers_per_send));
      std::size_t wanted = 0;
      const ssize_t sent = send(batch, wanted);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0 && errno != EAGAIN) return broken(errno);
      if (sent > 0) total += static_cast<std::size_t>(sent);
      if (sent < 0 || static_cast<std::size_t>(sent) < wanted) {
        socket_->blocked(Side::output);
        return total;
      }
      from = from.subspan(batch.size());
    }
    return total;
  }

  Result<void> await_writable(Instant deadline) override {
    if (reactor_.gone()) return Errc::gone;
    return socket_->await(Side::output, deadline);
  }

  void close() override {
    if (!reactor_.gone()) socket_->close_stream();
  }
  Endpoint local() const override { return local_; }
  Endpoint peer() const override { return peer_; }

 private:
  ssize_t send(std::span<const Bytes> batch, std::size_t& wanted) {
    std::array<iovec, buffers_per_send> vectors;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      vectors[i] = {const_cast<std::byte*>(batch[i].data()), batch[i].size()};
      wanted += batch[i].size();
    }
    if (wanted == 0) return 0;
    if (batch.size() == 1) return ::send(socket_->fd(), batch[0].data(), wanted, MSG_NOSIGNAL);
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = batch.size();
    return ::sendmsg(socket_->fd(), &message, MSG_NOSIGNAL);
  }
  // A stream that broke is `reset` whatever the system calls it: `timed_out` is the caller's deadline.
  static Error broken(int system_errno) { return {Errc::reset, error_of(system_errno).detail}; }

  Reactor& reactor_;
  std::shared_ptr<Descriptor> socket_;
  Endpoint local_;
  Endpoint peer_;
  unsigned turns_ = 0;
};

class TcpListener final : public Listener {
 public:
  TcpListener(Reactor& reactor, std::shared_ptr<Descriptor> socket)
      : reactor_(reactor), socket_(std::move(socket)), local_(local_endpoint(socket_->fd())) {}
  ~TcpListener() override { socket_->close(); }

  Result<std::unique_ptr<Connection>> accept() override {
    if (++turns_ >= turns_in_a_row && !reactor_.gone()) {
      turns_ = 0;
      reactor_.engine().yield();
    }
    for (;;) {
      if (reactor_.gone()) return Errc::gone;
      if (socket_->closed()) return Errc::closed;
      const int fd = ::accept4(socket_->fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0) {
        auto socket = Descriptor::adopt(reactor_, fd);
        if (!socket) return socket.error();
        return std::make_unique<TcpConnection>(reactor_, std::move(*socket));
      }
      if (errno == EAGAIN) {
        turns_ = 0;
        socket_->blocked(Side::input);
        if (auto ready = socket_->await(Side::input, Instant::never()); !ready) return ready.error();
        continue;
      }
      const bool one_peers_trouble = errno == ECONNABORTED || errno == EINTR || errno == EPROTO;
      if (!one_peers_trouble) return Error{Errc::busy, error_of(errno).detail};
    }
  }
  void close() override {
    if (!reactor_.gone()) socket_->close();
  }
  Endpoint local() const override { return local_; }

 private:
  Reactor& reactor_;
  std::shared_ptr<Descriptor> socket_;
  Endpoint local_;
  unsigned turns_ = 0;
};

/// A socket that is closed unless somebody takes it over; also when a crash unwinds who made it.
class NewSocket {
 public:
  explicit NewSocket(std::shared_ptr<Descriptor> socket) : socket_(std::move(socket)) {}
  NewSocket(NewSocket&&) = default;
  ~NewSocket() {
    if (socket_) socket_->close();
  }
  static Result<NewSocket> open(Reactor& reactor) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return error_of(errno);
    auto socket = Descriptor::adopt(reactor, fd);
    if (!socket) return socket.error();
    return NewSocket(std::move(*socket));
  }
  Descriptor& operator*() { return *socket_; }
  Descriptor* operator->() { return socket_.get(); }
  std::shared_ptr<Descriptor> take() { return std::move(socket_); }

 private:
  std::shared_ptr<Descriptor> socket_;
};

Result<void> await_connected(Descriptor& socket, Instant deadline) {
  for (;;) {
    socket.blocked(Side::output);
    if (auto ready = socket.await(Side::output, deadline); !ready) return ready;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return error_of(error);
    sockaddr_in peer{};
    size = sizeof peer;
    if (::getpeername(socket.fd(), reinterpret_cast<sockaddr*>(&peer), &size) == 0) return {};
    // Woken for no reason: neither connected nor refused yet.
  }
}

/// What a failed connect is to the caller, who knows only these three.
Error not_connected(Error error) {
  if (error.code == Errc::timed_out || error.code == Errc::unreachable) return error;
  // Reset: it stood for a moment, and its other end was gone again before we looked.
  if (error.code == Errc::refused || error.code == Errc::reset) return {Errc::refused, error.detail};
  return {Errc::unreachable, error.detail};
}

Result<std::unique_ptr<Connection>> connect_to(Reactor& reactor, const sockaddr_in& address,
                                               Instant deadline) {
  auto socket = NewSocket::open(reactor);
  if (!socket) return socket.error();
  if (::connect((*socket)->fd(), generic(address), sizeof address) != 0) {
    if (errno != EINPROGRESS) return not_connected(error_of(errno));
    if (auto connected = await_connected(**socket, deadline); !connected)
      return not_connected(connected.error());
  }
  // On loopback a port that nobody listens on may be handed to us as our own, and we meet ourselves.
  if (local_endpoint((*socket)->fd()) == peer_endpoint((*socket)->fd())) return Errc::refused;
  return std::make_unique<TcpConnection>(reactor, socket->take());
}
}  // namespace

Result<std::unique_ptr<Listener>> TcpNetwork::listen(const Endpoint& at) {
  if (reactor_.gone()) return Errc::gone;
  auto addresses = resolve(helpers_, at, Instant::never());
  if (!addresses) return Error{Errc::invalid, addresses.error().detail};
  auto socket = NewSocket::open(reactor_);
  if (!socket) return socket.error();
  const int fd = (*socket)->fd();
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in& address = addresses->front();
  if (::bind(fd, generic(address), sizeof address) != 0 || ::listen(fd, backlog) != 0) return error_of(errno);
  return std::make_unique<TcpListener>(reactor_, socket->take());
}

Result<std::unique_ptr<Connection>> TcpNetwork::connect(const Endpoint& to, Instant deadline) {
  if (reactor_.gone()) return Errc::gone;
  auto addresses = resolve(helpers_, to, deadline);
  if (!addresses) return addresses.error();
  Error last = Errc::unreachable;
  for (const sockaddr_in& address : *addresses) {
    auto connected = connect_to(reactor_, address, deadline);
    if (connected || connected.error().code == Errc::timed_out) return connected;
    last = connected.error();
  }
  return last;
}

}  // namespace gantry::runtime::asio
