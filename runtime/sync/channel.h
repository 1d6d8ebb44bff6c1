#pragma once

#include <cstddef>
#include <deque>
#include <utility>

#include "model/base/invariant.h"
#include "runtime/sync/wait.h"

namespace gantry::runtime::sync {

/// A bounded queue between fibers, first in first out. Any number of fibers sends and receives.
template <class T>
class Channel {
 public:
  /// Holds at most `bound` values, at least one.
  Channel(Tasks& tasks, std::size_t bound) : tasks_(tasks), bound_(bound) {
    invariant(bound > 0, "a channel holds at least one value");
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// Suspends while full. Errors: `closed`, `timed_out`, `stopped`; then `value` is gone with the
  /// call.
  Result<void> send(T value, Until until = {}) {
    while (!closed_ && values_.size() >= bound_)
      if (auto waited = not_full_.wait(tasks_, until); !waited) return waited;
    if (closed_) return Errc::closed;
    push(std::move(value));
    return {};
  }
  /// Never suspends. Errors: `closed`, `busy` (full); then `value` is left as it was.
  Result<void> try_send(T&& value) {
    if (closed_) return Errc::closed;
    if (values_.size() >= bound_) return Errc::busy;
    push(std::move(value));
    return {};
  }

  /// Suspends while empty. What was sent before close() is still received; then, and only then,
  /// `closed`. Other errors: `timed_out`, `stopped`.
  Result<T> receive(Until until = {}) {
    while (values_.empty()) {
      if (closed_) return Errc::closed;
      if (auto waited = not_empty_.wait(tasks_, until); !waited) return waited.error();
    }
    return pop();
  }
  /// Never suspends. Errors: `closed` (and empty), `busy` (empty for now).
  Result<T> try_receive() {
    if (values_.empty()) return closed_ ? Errc::closed : Errc::busy;
    return pop();
  }

  /// Nothing can be sent any more; wakes everybody who waits. Never suspends.
  void close() {
    closed_ = true;
    not_full_.wake_all(tasks_);
    not_empty_.wake_all(tasks_);
  }
  bool closed() const { return closed_; }
  std::size_t size() const { return values_.size(); }

 private:
  void push(T&& value) {
    values_.push_back(std::move(value));
    not_empty_.wake_one(tasks_);
  }
  T pop() {
    T value = std::move(values_.front());
    values_.pop_front();
    not_full_.wake_one(tasks_);
    return value;
  }

  Tasks& tasks_;
  std::size_t bound_;
  std::deque<T> values_;
  WaitList not_full_;
  WaitList not_empty_;
  bool closed_ = false;
};

}  // namespace gantry::runtime::sync
