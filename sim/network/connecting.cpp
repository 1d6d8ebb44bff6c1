#include <algorithm>

#include "sim/machine.h"
#include "sim/network/fabric.h"

namespace gantry::sim::network {

namespace {
constexpr std::int64_t second_ns = 1'000'000'000;

bool open(const Stream& stream) {
  const auto lives = [](const End& end) { return end.exists && !end.closed && !end.broken; };
  return lives(stream.end[0]) || lives(stream.end[1]);
}
}  // namespace

void Fabric::connect(const std::shared_ptr<Attempt>& attempt) {
  End from, to;
  from.machine = &attempt->node->machine();
  to.machine = attempt->target;
  const std::uint64_t bits = kernel_.noise(Domain::connect, attempt->entity, 0, ++attempt->tries);
  kernel_.after(latency(from, to, bits), [this, attempt] { syn(attempt); });
}

void Fabric::syn(const std::shared_ptr<Attempt>& attempt) {
  if (attempt->abandoned || attempt->node->gone()) return;
  Machine& client = attempt->node->machine();
  Machine& server = *attempt->target;
  const Link& there = links_.at(client.index, server.index);
  const Link& back = links_.at(server.index, client.index);
  const auto port = server.ports.listening.find(attempt->to.port);
  const bool found =
      port != server.ports.listening.end() && (!port->second->loopback_only || attempt->loopback);
  const bool stalled = there.stalled_until > kernel_.now || back.stalled_until > kernel_.now;
  const bool lost = stalled || !there.open() || !back.open() || !server.up() ||
                    (found && port->second->backlog.size() >= options_.backlog);
  if (lost) {
    // Sent again after 1, 2, 4, ... seconds, as TCP does.
    const std::int64_t wait = second_ns << std::min<std::uint64_t>(attempt->tries - 1, 6);
    if ((wait << 1) - second_ns > options_.connect_timeout_ns)
      return finish(attempt, Attempt::State::timed_out, wait);
    kernel_.after(wait, [this, attempt] {
      if (!attempt->abandoned && !attempt->node->gone()) connect(attempt);
    });
    return;
  }
  End from, to;
  from.machine = &client;
  to.machine = &server;
  const std::int64_t answer =
      latency(to, from, kernel_.noise(Domain::connect, attempt->entity, 1, attempt->tries));
  if (!found) return finish(attempt, Attempt::State::refused, answer);
  attempt->stream = make_stream(*attempt, *port->second);
  port->second->backlog.push_back(attempt->stream);
  if (port->second->acceptor) kernel_.engine.unpark(*std::exchange(port->second->acceptor, {}));
  finish(attempt, Attempt::State::done, answer);
}

std::shared_ptr<Stream> Fabric::make_stream(Attempt& attempt, Port& port) {
  auto stream = std::make_shared<Stream>();
  stream->id = ++next_id_;
  stream->entity = attempt.entity;
  End& client = stream->end[0];
  End& server = stream->end[1];
  client.machine = &attempt.node->machine();
  client.node = attempt.node;
  server.machine = attempt.target;
  server.node = port.node;
  client.local = {attempt.loopback ? "127.0.0.1" : client.machine->address,
                  client.machine->ports.take_ephemeral()};
  client.peer = server.local = {attempt.loopback ? "127.0.0.1" : server.machine->address, attempt.to.port};
  server.peer = client.local;
  if (next_id_ % 64 == 0) std::erase_if(streams_, [](const auto& entry) { return entry.second.expired(); });
  streams_[stream->id] = stream;
  return stream;
}

void Fabric::finish(const std::shared_ptr<Attempt>& attempt, Attempt::State state, std::int64_t after_ns) {
  kernel_.after(after_ns, [this, attempt, state] {
    if (attempt->abandoned) {
      if (attempt->stream) send_reset(attempt->stream, 1);
      return;
    }
    attempt->state = state;
    kernel_.engine.unpark(attempt->caller);
  });
}

void Fabric::abandon(const std::shared_ptr<Attempt>& attempt) {
  attempt->abandoned = true;
  if (attempt->state == Attempt::State::done) send_reset(attempt->stream, 1);
}

void Fabric::close(Machine& machine, std::uint16_t number) {
  const auto found = machine.ports.listening.find(number);
  if (found == machine.ports.listening.end()) return;
  const std::shared_ptr<Port> port = found->second;
  machine.ports.listening.erase(found);
  port->open = false;
  if (port->acceptor) kernel_.engine.unpark(*std::exchange(port->acceptor, {}));
  for (const Shared& stream : port->backlog) send_reset(stream, 0);
  port->backlog.clear();
}

std::vector<std::shared_ptr<Stream>> Fabric::streams_of(const Machine& a, const Machine* b) const {
  std::vector<Shared> found;
  for (const auto& [id, weak] : streams_) {
    Shared stream = weak.lock();
    if (stream == nullptr) continue;
    const Machine* const one = stream->end[0].machine;
    const Machine* const two = stream->end[1].machine;
    if ((one == &a && (b == nullptr || two == b)) || (two == &a && (b == nullptr || one == b)))
      found.push_back(std::move(stream));
  }
  return found;
}

void Fabric::drop(tasks::Node& node, bool killed) {
  Machine& machine = node.machine();
  std::vector<std::uint16_t> numbers;
  for (const auto& [number, port] : machine.ports.listening)
    if (port->node == &node) numbers.push_back(number);
  for (const std::uint16_t number : numbers) close(machine, number);
  for (const Shared& stream : streams_of(machine, nullptr))
    for (int side = 0; side < 2; ++side) {
      End& end = stream->end[side];
      if (end.node != &node || end.broken || end.closed) continue;
      if (!killed) {
        close(stream, side);
        continue;
      }
      end.closed = true;
      send_reset(stream, 1 - side);
    }
}

void Fabric::lose(Machine& machine) {
  for (auto& [number, port] : machine.ports.listening) port->open = false;
  machine.ports.listening.clear();
  for (const Shared& stream : streams_of(machine, nullptr))
    for (int side = 0; side < 2; ++side) {
      if (stream->end[side].machine != &machine) continue;
      stream->end[side].exists = false;
      stream->end[side].broken = true;
      stream->end[side].reader.reset();
      stream->end[side].writer.reset();
    }
  watch_silence(machine, nullptr);
}

void Fabric::reset(Machine& a, const Machine& b) {
  for (const Shared& stream : streams_of(a, &b)) {
    if (open(*stream)) kernel_.emit("net.reset", {}, {stream->name()});
    break_end(*stream, 0);
    break_end(*stream, 1);
  }
}

void Fabric::forget(Machine& a, const Machine& b) {
  for (const Shared& stream : streams_of(a, &b)) {
    if (stream->forgotten) continue;
    if (open(*stream)) kernel_.emit("net.forget", {}, {stream->name()});
    stream->forgotten = true;
    stream->forgotten_since = kernel_.now;
    for (int side = 0; side < 2; ++side) watch_silence(stream, side);
  }
}

void Fabric::watch_silence(const Machine& a, const Machine* b) {
  for (const Shared& stream : streams_of(a, b))
    for (int side = 0; side < 2; ++side) watch_silence(stream, side);
}

void Fabric::watch_silence(const Shared& stream, int side) {
  if (stream->end[side].broken || stream->end[side].closed) return;
  kernel_.after(options_.keep_alive_ns, [this, stream, side] { check_silence(stream, side); });
}

// Keep-alive of one end, asked once after each beginning of a silence.
void Fabric::check_silence(const Shared& stream, int side) {
  End& end = stream->end[side];
  const End& peer = stream->end[1 - side];
  if (end.broken || end.closed) return;
  const auto silent = [&](const Link& way) {
    return !way.open() && (kernel_.now - way.cut_since).count() >= options_.keep_alive_ns;
  };
  const bool machine_lost =
      !peer.machine->up() && (kernel_.now - peer.machine->down_since).count() >= options_.keep_alive_ns;
  const bool forgotten =
      stream->forgotten && (kernel_.now - stream->forgotten_since).count() >= options_.keep_alive_ns;
  const bool answered_by_reset =
      !peer.exists && peer.machine->up() && passes(*stream, side) && passes(*stream, 1 - side);
  if (machine_lost || forgotten || answered_by_reset || silent(link(end, peer)) || silent(link(peer, end)))
    return break_end(*stream, side);
  if (!peer.exists) watch_silence(stream, side);
}

}  // namespace gantry::sim::network
