#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "model/base/bytes.h"
#include "model/base/result.h"
#include "runtime/clock.h"

namespace gantry::runtime {

/// Where somebody listens: an IPv4 address in dots or a host name, and a port.
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// A stream of bytes in both directions, as TCP gives it: bytes arrive in order or not at all, in
/// pieces of any size, and nothing tells whether what was written has arrived. One fiber reads and
/// one writes at a time; any fiber of the node may close().
///
/// A peer whose process dies resets the stream; a peer whose machine or network is lost just falls
/// silent, so whoever waits sets a deadline.
class Connection {
 public:
  virtual ~Connection() = default;  // closes

  /// Suspends until some bytes are there and moves them to `into` (not empty); returns how many,
  /// at least one. Errors: `closed` (after the peer's last byte, or by close()), `reset`,
  /// `timed_out` (nothing was read; the stream is as good as before), `gone`.
  virtual Result<std::size_t> read_some(std::span<std::byte> into, Instant deadline) = 0;

  /// Hands over as much of `from`, one after another, as fits now; never suspends. Returns how many
  /// bytes, zero when nothing fits. Errors: `closed`, `reset`, `gone`.
  virtual Result<std::size_t> write_some(std::span<const Bytes> from) = 0;

  /// Suspends until write_some() would take at least one byte or would fail.
  /// Errors: `closed`, `reset`, `timed_out`, `gone`.
  virtual Result<void> await_writable(Instant deadline) = 0;

  /// Ends the stream in both directions; what was written and not yet sent is still delivered if
  /// the peer goes on reading. Wakes the reader and the writer with `closed`. Never suspends.
  virtual void close() = 0;

  /// This end, with the address and the port that the peer sees; stays the same.
  virtual Endpoint local() const = 0;
  /// The other end; stays the same.
  virtual Endpoint peer() const = 0;
};

/// A port on which connections arrive.
class Listener {
 public:
  virtual ~Listener() = default;  // closes
  /// Suspends until somebody connects. Errors: `closed` by close(), `busy` when the process has no
  /// descriptor left (try again later), `gone`.
  virtual Result<std::unique_ptr<Connection>> accept() = 0;
  /// Frees the port and wakes accept() with `closed`.
  virtual void close() = 0;
  /// The address with the real port, also when port 0 was asked for.
  virtual Endpoint local() const = 0;
};

class Network {
 public:
  virtual ~Network() = default;
  /// Errors: `in_use`, `denied`, `invalid` (no address of this node), `gone`.
  virtual Result<std::unique_ptr<Listener>> listen(const Endpoint& at) = 0;
  /// Suspends until the connection stands. Errors: `refused`, `unreachable`, `timed_out`, `gone`.
  virtual Result<std::unique_ptr<Connection>> connect(const Endpoint& to, Instant deadline) = 0;
};

}  // namespace gantry::runtime
