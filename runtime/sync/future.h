#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "model/base/invariant.h"
#include "runtime/sync/wait.h"

namespace gantry::runtime::sync {

template <class T>
class Promise;

/// A result that somebody else will have. Copies stand for the same one; one of them takes it.
template <class T>
class Future {
 public:
  /// Belongs to no promise.
  Future() = default;

  bool ready() const { return state_->outcome.has_value(); }
  /// Suspends until the result is there. Errors: `timed_out`, `stopped`.
  Result<void> wait(Until until = {}) const {
    while (!state_->outcome)
      if (auto waited = state_->waiting.wait(state_->tasks, until); !waited) return waited;
    return {};
  }
  /// Suspends until the result is there and takes it, once. Errors: those of wait(), then the result
  /// is still to be had, and those of the result itself.
  Result<T> get(Until until = {}) const {
    if (auto waited = wait(until); !waited) return waited.error();
    invariant(!std::exchange(state_->taken, true), "a result is taken once");
    return std::move(*state_->outcome);
  }

 private:
  friend class Promise<T>;
  struct State {
    explicit State(Tasks& t) : tasks(t) {}
    Tasks& tasks;
    WaitList waiting;
    std::optional<Result<T>> outcome;
    bool taken = false;
  };
  explicit Future(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

/// The duty to have a result. One that is given up unfulfilled yields `stopped`.
template <class T>
class Promise {
 public:
  explicit Promise(Tasks& tasks) : state_(std::make_shared<State>(tasks)) {}
  Promise(Promise&&) noexcept = default;
  Promise& operator=(Promise&& other) noexcept {
    if (this != &other) {
      give_up();
      state_ = std::move(other.state_);
    }
    return *this;
  }
  ~Promise() { give_up(); }

  Future<T> future() const { return Future<T>(state_); }
  bool fulfilled() const { return state_->outcome.has_value(); }
  /// Once. Never suspends.
  void set(Result<T> outcome) {
    invariant(!state_->outcome, "a promise is fulfilled once");
    state_->outcome.emplace(std::move(outcome));
    state_->waiting.wake_all(state_->tasks);
  }

 private:
  using State = typename Future<T>::State;
  void give_up() noexcept {
    // While a crash unwinds, those who wait are unwound too, and the node's tasks may be no more.
    if (state_ && !state_->outcome && std::uncaught_exceptions() == 0) set(Errc::stopped);
  }
  std::shared_ptr<State> state_;
};

}  // namespace gantry::runtime::sync
