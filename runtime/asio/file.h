#pragma once

#include <memory>

#include "runtime/asio/helpers.h"
#include "runtime/asio/reactor.h"
#include "runtime/disk.h"

namespace gantry::runtime::asio {

/// Owns a file descriptor. Shared with helper threads, whose calls may outlast a crashed fiber.
class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd();
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

std::unique_ptr<File> make_file(Reactor& reactor, Helpers& helpers, std::shared_ptr<const Fd> fd);

}  // namespace gantry::runtime::asio
