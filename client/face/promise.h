#pragma once

#include <memory>
#include <utility>

#include <gantry/future.h>

namespace gantry::client::face {

/// The duty to have the result that a Future waits for. One that is given up unfulfilled yields `stopped`.
template <class T>
class Promise {
 public:
  explicit Promise(std::unique_ptr<Monitor> monitor) : state_(std::make_shared<State>()) {
    state_->monitor = std::move(monitor);
  }
  ~Promise() {
    if (!fulfilled_) set(Error{Errc::stopped, "the client has ended"});
  }
  Promise(const Promise&) = delete;

  /// The future that this promise is for. Asked for once.
  Future<T> future() const { return Future<T>(state_); }
  /// Fulfils the promise, once. Never waits.
  void set(Result<T> outcome) {
    fulfilled_ = true;
    state_->monitor->change([&] { state_->outcome.emplace(std::move(outcome)); });
  }

 private:
  using State = typename Future<T>::State;
  std::shared_ptr<State> state_;
  bool fulfilled_ = false;  // seen by the one who fulfils it alone
};

}  // namespace gantry::client::face
