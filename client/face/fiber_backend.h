#pragma once

#include <memory>
#include <string>

#include "client/face/backend.h"

namespace gantry::client::face {

/// A node that is there already, whose fibers are the program: whoever waits suspends its fiber, and a
/// listener runs on a fiber, too. This is how a program that uses Producer and PushConsumer runs in the
/// simulator, where its node can be killed like any other.
///
/// A program that is killed while it waits is unwound from there. One exception: a destructor of a client
/// cannot be left by a crash, so that the program goes on behind it, without any effect on its world, until
/// it waits again.
class FiberBackend final : public Backend {
 public:
  /// Clients on this node, for its fibers. `address` is the machine's, for client ids and message ids.
  FiberBackend(runtime::Runtime runtime, std::string address);

  const runtime::Runtime& runtime() const override { return runtime_; }
  void post(std::function<void()> action) override { action(); }
  bool may_wait() const override;
  std::unique_ptr<Monitor> make_monitor() override;
  std::unique_ptr<Listeners> make_listeners(std::size_t at_once) override;
  void call_back(const std::function<void()>& callback) override;
  void finish(std::function<void()> work) noexcept override;
  std::string address() const override { return address_; }
  /// Empty: what the client draws itself is drawn from the node's own chance.
  std::string unique_instance() override { return {}; }

 private:
  runtime::Runtime runtime_;
  const std::string address_;
  /// A callback runs now. Monitors see it as well, also when the backend is gone.
  std::shared_ptr<bool> in_callback_ = std::make_shared<bool>(false);
};

}  // namespace gantry::client::face
