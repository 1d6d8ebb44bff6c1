#pragma once

#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "runtime/asio/node.h"
#include "runtime/runtime.h"

namespace gantry::client::face {

/// A thread with a node of its own, and the mailbox by which a program's threads talk to it.
///
///     any thread --post()--> mailbox --one wake-up for all--> the node's fibers
///
/// Made and destroyed by the program; everything else of the client lives on the node's thread.
class ClientThread {
 public:
  /// Errors: those of Node::create().
  static Result<std::unique_ptr<ClientThread>> start(std::string name);
  /// Ends the node and waits for its thread; what was started on it has been stopped before.
  ~ClientThread();
  ClientThread(const ClientThread&) = delete;

  /// Runs `action` on a fiber of the node; in order, and it must not suspend. From any thread.
  void post(std::function<void()> action);

  /// Runs `work`, which may suspend, on a fiber of its own and waits for its result. Not from the
  /// node's thread. Errors: `stopped` when the node ended first, and those of `work`.
  template <class Work>
  auto call(Work work) -> decltype(work()) {
    auto promise = std::make_shared<std::promise<decltype(work())>>();
    auto future = promise->get_future();
    post([this, promise = std::move(promise), work = std::move(work)] {
      runtime_->tasks.spawn("face.call", [promise, work] { promise->set_value(work()); });
    });
    try {
      return future.get();
    } catch (const std::future_error&) {
      return Error{Errc::stopped, "the client has ended"};
    }
  }

  bool here() const { return std::this_thread::get_id() == thread_.get_id(); }
  /// For work on the node's thread.
  const runtime::Runtime& runtime() const { return *runtime_; }
  /// Ends a fiber's wait, from any thread.
  void unpark(runtime::Waker waker);

 private:
  explicit ClientThread(std::unique_ptr<runtime::asio::Node> node);
  void open_mail();

  std::unique_ptr<runtime::asio::Node> node_;
  std::optional<runtime::Runtime> runtime_;  // while the node runs; set before the first post()
  std::mutex mutex_;
  std::vector<std::function<void()>> mail_;
  bool notified_ = false;  // a fiber is on its way to the mailbox
  std::thread thread_;
};

/// Tells the clients of this machine apart: process id and a number that differs in each run.
std::string unique_instance();

}  // namespace gantry::client::face
