#include "sim/network/fabric.h"

#include <algorithm>

#include "sim/machine.h"

namespace gantry::sim::network {

namespace {
constexpr std::int64_t first_retry_ns = 200'000'000;
constexpr std::int64_t longest_retry_ns = 20'000'000'000;
}  // namespace

std::uint16_t Ports::take_ephemeral() {
  do next_ephemeral = next_ephemeral == 60999 ? 32768 : static_cast<std::uint16_t>(next_ephemeral + 1);
  while (listening.contains(next_ephemeral));
  return next_ephemeral;
}

Link& Fabric::link(const End& from, const End& to) {
  return links_.at(from.machine->index, to.machine->index);
}

bool Fabric::passes(const Stream& stream, int from) {
  return !stream.forgotten && link(stream.end[from], stream.end[1 - from]).open();
}

std::int64_t Fabric::latency(const End& from, const End& to, std::uint64_t bits) {
  const bool local = from.machine == to.machine;
  return jittered(local ? options_.local_latency_ns : options_.latency_ns, bits) + link(from, to).extra_ns;
}

void Fabric::wake(End& end, std::optional<runtime::Waker>& who) {
  if (!who || end.node == nullptr) return;
  kernel_.engine.unpark(*who);
  who.reset();
}

std::size_t Fabric::room(const Stream& stream, int side) const {
  const Pipe& pipe = stream.pipe[side];
  const std::uint64_t held = pipe.sent - pipe.acked;
  return held >= options_.send_buffer ? 0 : options_.send_buffer - static_cast<std::size_t>(held);
}

std::size_t Fabric::send(const Shared& stream, int side, std::span<const Bytes> from) {
  Pipe& pipe = stream->pipe[side];
  std::size_t taken = 0;
  for (const Bytes piece : from) {
    pipe.bytes.push(piece);
    taken += piece.size();
  }
  pipe.sent += taken;
  if (taken > 0) transmit(stream, side);
  return taken;
}

void Fabric::transmit(const Shared& stream, int side) {
  Pipe& pipe = stream->pipe[side];
  const End& from = stream->end[side];
  const End& to = stream->end[1 - side];
  const std::uint64_t ordinal = ++pipe.segments << 1 | static_cast<unsigned>(side);
  const std::uint64_t bits = kernel_.noise(Domain::segment, stream->entity, 0, ordinal);
  const auto length = static_cast<std::int64_t>(pipe.sent - pipe.due);
  const std::int64_t wire = latency(from, to, bits) + length * options_.ns_per_kib / 1024;
  pipe.last_due = std::max(pipe.last_due, runtime::Instant{kernel_.now.ns + wire});
  kernel_.at(pipe.last_due, [this, stream, side, upto = pipe.sent, end = pipe.end_sent] {
    Pipe& arrived = stream->pipe[side];
    arrived.due = std::max(arrived.due, upto);
    arrived.end_due |= end;
    if (!arrived.retrying) land(stream, side);
  });
}

void Fabric::land(const Shared& stream, int side) {
  Pipe& pipe = stream->pipe[side];
  End& from = stream->end[side];
  End& to = stream->end[1 - side];
  if (pipe.landed == pipe.due && pipe.end_landed == pipe.end_due && pipe.acked == pipe.visible) return;
  const Link& way = link(from, to);
  if (way.stalled_until > kernel_.now) return retry(stream, side, (way.stalled_until - kernel_.now).count());
  if (!passes(*stream, side) || !to.machine->up() || !from.machine->up()) return retry(stream, side, 0);
  if (!to.exists || (to.closed && pipe.due > pipe.landed)) return send_reset(stream, side);
  if (to.broken) return;

  pipe.landed = pipe.due;
  pipe.end_landed = pipe.end_due;
  pipe.visible = std::min(pipe.landed, pipe.read + options_.receive_buffer);
  wake(to, to.reader);
  acknowledge(stream, side);
}

void Fabric::acknowledge(const Shared& stream, int side) {
  Pipe& pipe = stream->pipe[side];
  End& from = stream->end[side];
  End& to = stream->end[1 - side];
  const Link& back = link(to, from);
  if (back.stalled_until > kernel_.now)
    return retry(stream, side, (back.stalled_until - kernel_.now).count());
  if (!passes(*stream, 1 - side) || !from.machine->up()) return retry(stream, side, 0);
  pipe.acked = pipe.visible;
  pipe.retry_after_ns = 0;
  if (!from.writer || room(*stream, side) == 0) return;
  const std::uint64_t bits =
      kernel_.noise(Domain::segment, stream->entity, 1, pipe.acked << 1 | static_cast<unsigned>(side));
  kernel_.after(latency(to, from, bits),
                [this, stream, side] { wake(stream->end[side], stream->end[side].writer); });
}

void Fabric::retry(const Shared& stream, int side, std::int64_t not_before_ns) {
  Pipe& pipe = stream->pipe[side];
  if (pipe.retry_after_ns == 0) {
    pipe.silent_since = kernel_.now;
    pipe.retry_after_ns = first_retry_ns;
  } else {
    pipe.retry_after_ns = std::min(pipe.retry_after_ns * 2, longest_retry_ns);
  }
  if ((kernel_.now - pipe.silent_since).count() > options_.write_timeout_ns) {
    break_end(*stream, side);
    return;
  }
  pipe.retrying = true;
  const std::int64_t wait = not_before_ns > 0 ? not_before_ns : pipe.retry_after_ns;
  kernel_.after(wait, [this, stream, side] {
    stream->pipe[side].retrying = false;
    if (stream->end[side].exists && !stream->end[side].broken) land(stream, side);
  });
}

void Fabric::consumed(const Shared& stream, int side) {
  Pipe& pipe = stream->pipe[1 - side];
  if (pipe.visible == pipe.landed && pipe.acked == pipe.visible) return;
  pipe.visible = std::min(pipe.landed, pipe.read + options_.receive_buffer);
  if (!pipe.retrying) acknowledge(stream, 1 - side);
}

void Fabric::close(const Shared& stream, int side) {
  End& end = stream->end[side];
  if (end.closed) return;
  end.closed = true;
  wake(end, end.reader);
  wake(end, end.writer);
  if (end.broken) return;
  Pipe& incoming = stream->pipe[1 - side];
  if (incoming.landed > incoming.read) return send_reset(stream, 1 - side);  // as TCP: something was not read
  stream->pipe[side].end_sent = true;
  transmit(stream, side);
}

void Fabric::break_end(Stream& stream, int side) {
  End& end = stream.end[side];
  if (end.broken) return;
  end.broken = true;
  end.exists = false;
  stream.pipe[1 - side].bytes.clear();
  wake(end, end.reader);
  wake(end, end.writer);
}

// To end `to`, from its peer's machine, which knows no such connection (any more).
void Fabric::send_reset(const Shared& stream, int to) {
  End& from = stream->end[1 - to];
  from.exists = false;
  if (!from.machine->up()) return;
  Pipe& pipe = stream->pipe[1 - to];
  const std::uint64_t bits =
      kernel_.noise(Domain::segment, stream->entity, 2, ++pipe.segments << 1 | static_cast<unsigned>(to));
  const runtime::Instant arrives =
      std::max(pipe.last_due, {kernel_.now.ns + latency(from, stream->end[to], bits)});
  kernel_.at(arrives, [this, stream, to] {
    if (!passes(*stream, 1 - to) || !stream->end[to].machine->up()) return watch_silence(stream, to);
    break_end(*stream, to);
  });
}

}  // namespace gantry::sim::network
