#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "model/base/result.h"
#include "runtime/network.h"

namespace gantry::client::bench {

using runtime::Endpoint;

/// Owns a socket's descriptor.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket();
  /// The descriptor, or -1 when it owns none.
  int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

/// Connects, and returns a non-blocking socket without Nagle's delay. Blocks for up to `timeout_s`. Errors:
/// `unreachable`, `refused`, `timed_out`, with the operating system's own words.
Result<Socket> connect_to(const Endpoint& to, double timeout_s);

/// Writes all of `bytes` and reads one whole frame. Blocks for up to `timeout_s`. Errors: `closed`, `reset`,
/// `timed_out`, `invalid`.
Result<Buffer> exchange(const Socket& socket, Bytes bytes, double timeout_s);

}  // namespace gantry::client::bench
