#pragma once

#include <cstddef>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include "model/base/result.h"

namespace gantry::runtime::asio {

class Descriptor;

/// When sockets may be read or written, edge by edge, from an epoll of our own: a wait through Asio costs
/// a system call each time, a socket here one in its life. The epoll is itself a descriptor of the
/// io_context, which therefore can block for both.
class Poller {
 public:
  explicit Poller(boost::asio::io_context& io);

  /// Reports to `descriptor` until `fd` is closed. Errors: `busy`.
  Result<void> add(int fd, Descriptor& descriptor);
  /// Reports what has happened since the last call; how many descriptors. Never blocks.
  std::size_t poll();
  /// The io_context will return from a wait when poll() has something to report.
  void watch();

 private:
  boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> epoll_;
  bool watched_ = false;
};

}  // namespace gantry::runtime::asio
