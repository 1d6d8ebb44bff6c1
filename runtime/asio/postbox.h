#pragma once

#include <atomic>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace gantry::runtime::asio {

/// One node's io_context, and whether something was posted there that nobody has looked for yet: the node
/// finds that out without a system call. Whoever posts to the node, posts here. Outlives the node's Reactor.
class Postbox {
 public:
  boost::asio::io_context& io() { return io_; }

  /// Runs `handler` on the node's thread soon, on no fiber; from any thread, also before the node runs.
  template <class Handler>
  void post(Handler handler) {
    boost::asio::post(io_, std::move(handler));
    posted_.store(true, std::memory_order_release);
  }
  bool posted() const { return posted_.load(std::memory_order_acquire); }
  /// posted(), and from now on what is posted later.
  bool take_posted() { return posted_.exchange(false, std::memory_order_acquire); }

 private:
  boost::asio::io_context io_;
  std::atomic<bool> posted_{false};
};

}  // namespace gantry::runtime::asio
