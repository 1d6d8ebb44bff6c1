#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "client/face/backend.h"
#include "runtime/asio/node.h"

namespace gantry::client::face {

/// A thread with a node of its own, and the mailbox by which a program's threads talk to it.
///
///     any thread --post()--> mailbox --one wake-up for all--> the node's fibers
///
/// Made and destroyed by the program, on no thread of the client.
class ThreadBackend final : public Backend {
 public:
  /// Errors: those of Node::create().
  static Result<std::shared_ptr<Backend>> start(std::string name);
  /// Ends the node and waits for its thread. Every client on it has been stopped before.
  ~ThreadBackend() override;
  ThreadBackend(const ThreadBackend&) = delete;

  const runtime::Runtime& runtime() const override { return *runtime_; }
  void post(std::function<void()> action) override;
  bool may_wait() const override;
  std::unique_ptr<Monitor> make_monitor() override;
  std::unique_ptr<Listeners> make_listeners(std::size_t at_once) override;
  void call_back(const std::function<void()>& callback) override { callback(); }
  void finish(std::function<void()> work) noexcept override;
  std::string address() const override;
  /// The process id, when this was asked for, and how often before.
  std::string unique_instance() override;

 private:
  explicit ThreadBackend(std::unique_ptr<runtime::asio::Node> node);
  void open_mail();

  std::unique_ptr<runtime::asio::Node> node_;
  std::optional<runtime::Runtime> runtime_;  // while the node runs; set before the first post()
  std::mutex mutex_;
  std::vector<std::function<void()>> mail_;
  bool notified_ = false;  // a fiber is on its way to the mailbox
  std::thread thread_;
};

}  // namespace gantry::client::face
