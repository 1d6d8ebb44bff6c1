#include "sim/network/sockets.h"

#include <algorithm>

#include "sim/machine.h"

namespace gantry::sim::network {

namespace {
bool is_loopback(std::string_view host) {
  return host == "localhost" || host.starts_with("127.");
}

// One call in eight takes less than there is, so that nobody counts on whole frames.
std::size_t some_of(std::size_t all, std::uint64_t bits) {
  if (all < 2 || (bits & 7) != 0) return all;
  return 1 + static_cast<std::size_t>(scale(mix(bits), all - 1));
}

std::vector<Bytes> first_of(std::span<const Bytes> pieces, std::size_t n) {
  std::vector<Bytes> first;
  for (const Bytes piece : pieces) {
    if (n == 0) break;
    first.push_back(piece.first(std::min(piece.size(), n)));
    n -= first.back().size();
  }
  return first;
}
}  // namespace

Result<std::unique_ptr<runtime::Listener>> Sockets::listen(const runtime::Endpoint& at) {
  if (!node_.enter("net.listen", at.host, {at.port})) return Errc::gone;
  Machine& machine = node_.machine();
  const bool any = at.host.empty() || at.host == "0.0.0.0";
  if (!any && !is_loopback(at.host) && resolve_(at.host) != &machine) return Errc::invalid;
  const std::uint16_t number = at.port != 0 ? at.port : machine.ports.take_ephemeral();
  if (machine.ports.listening.contains(number)) return Errc::in_use;
  auto port = std::make_shared<Port>();
  port->node = &node_;
  port->loopback_only = is_loopback(at.host);
  machine.ports.listening[number] = port;
  runtime::Endpoint local{any ? "0.0.0.0" : at.host, number};
  return std::unique_ptr<runtime::Listener>(
      std::make_unique<SimListener>(fabric_, node_, std::move(port), std::move(local)));
}

Result<std::unique_ptr<runtime::Connection>> Sockets::connect(const runtime::Endpoint& to,
                                                              runtime::Instant deadline) {
  if (!node_.enter("net.connect", to.host, {to.port})) return Errc::gone;
  auto attempt = std::make_shared<Attempt>();
  attempt->target = is_loopback(to.host) ? &node_.machine() : resolve_(to.host);
  if (attempt->target == nullptr) return Error{Errc::unreachable, "no machine has that name"};
  attempt->loopback = is_loopback(to.host);
  attempt->to = to;
  attempt->node = &node_;
  attempt->entity =
      entity_of(entity_of(attempt->target->name, node_.entity()),
                std::uint64_t{node_.incarnation()} << 32 | ++connects_[attempt->target->entity]);
  fabric_.connect(attempt);

  const auto answered = [&] { return attempt->state != Attempt::State::pending; };
  // Told even when a crash unwinds this fiber: the server's end must not wait for ever.
  struct Abandon {
    Fabric& fabric;
    const std::shared_ptr<Attempt>& attempt;
    bool kept = false;
    ~Abandon() {
      if (!kept) fabric.abandon(attempt);
    }
  } guard{fabric_, attempt};
  while (!answered() && node_.now() < deadline) {
    attempt->caller = node_.waker();
    node_.park(deadline);
  }
  if (!answered()) return Errc::timed_out;
  guard.kept = true;
  if (node_.gone()) return Errc::gone;
  if (attempt->state == Attempt::State::refused) return Errc::refused;
  if (attempt->state == Attempt::State::timed_out) return Errc::timed_out;
  node_.enter("net.connected", to.host, {to.port, attempt->stream->name()});
  return std::unique_ptr<runtime::Connection>(
      std::make_unique<SimConnection>(fabric_, node_, attempt->stream, 0));
}

Result<std::unique_ptr<runtime::Connection>> SimListener::accept() {
  for (;;) {
    if (node_.gone()) return Errc::gone;
    if (!port_->open) return Errc::closed;
    if (!port_->backlog.empty()) {
      auto stream = std::move(port_->backlog.front());
      port_->backlog.pop_front();
      if (!node_.enter("net.accept", {}, {local_.port, stream->name()})) return Errc::gone;
      return std::unique_ptr<runtime::Connection>(
          std::make_unique<SimConnection>(fabric_, node_, std::move(stream), 1));
    }
    port_->acceptor = node_.waker();
    node_.park(runtime::Instant::never());
  }
}

void SimListener::close() {
  if (!port_->open || !node_.enter("net.close-port", {}, {local_.port})) return;
  fabric_.close(node_.machine(), local_.port);
}

Result<std::size_t> SimConnection::read_some(std::span<std::byte> into, runtime::Instant deadline) {
  invariant(!into.empty(), "read_some() is given room");
  for (;;) {
    if (node_.gone()) return Errc::gone;
    if (end().closed) return Errc::closed;
    if (end().broken) return Errc::reset;
    const Pipe& pipe = stream_->pipe[1 - side_];
    if (pipe.visible > pipe.read) return take(into);
    if (pipe.end_landed) return Errc::closed;
    if (node_.now() >= deadline) return Errc::timed_out;
    end().reader = node_.waker();
    node_.park(deadline);
    end().reader.reset();
  }
}

Result<std::size_t> SimConnection::take(std::span<std::byte> into) {
  Pipe& pipe = stream_->pipe[1 - side_];
  const auto there = std::min(into.size(), static_cast<std::size_t>(pipe.visible - pipe.read));
  const std::uint64_t ordinal = ++end().reads << 2 | static_cast<unsigned>(side_) << 1;
  const std::size_t n = some_of(there, node_.kernel().noise(Domain::piece, stream_->entity, 0, ordinal));
  pipe.bytes.pop(into.first(n));
  pipe.read += n;
  const Bytes taken = into.first(n);
  if (!node_.enter("net.read", {}, {id(), static_cast<std::int64_t>(n)}, {&taken, 1})) return Errc::gone;
  fabric_.consumed(stream_, side_);
  return n;
}

Result<std::size_t> SimConnection::write_some(std::span<const Bytes> from) {
  if (node_.gone()) return Errc::gone;
  if (end().closed) return Errc::closed;
  if (end().broken) return Errc::reset;
  std::size_t all = 0;
  for (const Bytes piece : from) all += piece.size();
  all = std::min(all, fabric_.room(*stream_, side_));
  if (all == 0) return std::size_t{0};
  const std::uint64_t ordinal = ++end().writes << 2 | static_cast<unsigned>(side_) << 1 | 1;
  const std::size_t n = some_of(all, node_.kernel().noise(Domain::piece, stream_->entity, 0, ordinal));
  const std::vector<Bytes> taken = first_of(from, n);
  if (!node_.enter("net.write", {}, {id(), static_cast<std::int64_t>(n)}, taken)) return Errc::gone;
  return fabric_.send(stream_, side_, taken);
}

Result<void> SimConnection::await_writable(runtime::Instant deadline) {
  for (;;) {
    if (node_.gone()) return Errc::gone;
    if (end().closed) return Errc::closed;
    if (end().broken) return Errc::reset;
    if (fabric_.room(*stream_, side_) > 0) return {};
    if (node_.now() >= deadline) return Errc::timed_out;
    end().writer = node_.waker();
    node_.park(deadline);
    end().writer.reset();
  }
}

void SimConnection::close() {
  if (end().closed || !node_.enter("net.close", {}, {id()})) return;
  fabric_.close(stream_, side_);
}

}  // namespace gantry::sim::network
