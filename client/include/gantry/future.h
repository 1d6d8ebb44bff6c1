#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "model/base/result.h"

namespace gantry {

namespace client::face {
template <class T>
class Promise;
}

/// Longer than anybody waits.
inline constexpr std::chrono::nanoseconds forever = std::chrono::nanoseconds::max();

/// State that is shared by whoever changes it and whoever waits for a change, in the way of the client's
/// backend: with threads a change takes a mutex, and a wait blocks the thread; on the fibers of a node, as in
/// the simulator, a wait suspends the fiber.
class Monitor {
 public:
  virtual ~Monitor() = default;
  /// Runs `change` while nobody else changes the state or looks at it, and lets everybody who waits look
  /// again. `change` must not wait.
  virtual void change(const std::function<void()>& change) = 0;
  /// Waits until `holds()` returns true, but no longer than `at_most`. It is asked at once, and again after
  /// each change; it runs as a change does and may change the state itself in the call that returns true,
  /// which is the last one. Errors: `timed_out`; `invalid` when it does not hold yet and the caller is a
  /// callback of the client, which must not wait.
  virtual Result<void> await(const std::function<bool()>& holds, std::chrono::nanoseconds at_most) = 0;
};

/// A result that a client will have. Any thread may use it, one at a time; it may outlive its client, but not
/// the backend's node.
template <class T>
class Future {
 public:
  /// Stands for no result: get() and wait() return `invalid`.
  Future() = default;
  /// Stands for a result that is there already.
  explicit Future(Result<T> outcome) : state_(std::make_shared<State>()) {
    state_->outcome = std::move(outcome);
  }
  Future(Future&&) noexcept = default;
  Future& operator=(Future&&) noexcept = default;

  /// Whether the result is there, so that get() would not wait.
  bool ready() const { return wait(std::chrono::nanoseconds(0)).has_value(); }

  /// Waits until the result is there, and leaves it there. Errors: `timed_out`; `invalid` when get() has
  /// taken the result, or when the caller is a callback of the client, which must not wait.
  Result<void> wait(std::chrono::nanoseconds at_most = forever) const {
    if (!state_) return Error{Errc::invalid, "the future has no result to wait for"};
    if (!state_->monitor) return {};
    return state_->monitor->await([this] { return state_->outcome.has_value(); }, at_most);
  }

  /// Waits until the result is there and takes it, once. Errors: those of wait(), after which the result is
  /// still to be had, and those of the result itself, among them `stopped` when the client ended first.
  Result<T> get() {
    if (auto waited = wait(); !waited) return waited.error();
    const std::shared_ptr<State> state = std::move(state_);
    return std::move(*state->outcome);
  }

 private:
  friend class client::face::Promise<T>;
  struct State {
    std::unique_ptr<Monitor> monitor;  // none is needed for a result that was there from the beginning
    std::optional<Result<T>> outcome;
  };
  explicit Future(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace gantry
