#pragma once

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <gantry/backend.h>
#include <gantry/future.h>

#include "client/face/promise.h"
#include "runtime/runtime.h"

namespace gantry {

/// Where the program's listener runs, which may block.
class Listeners {
 public:
  virtual ~Listeners() = default;
  /// Suspends the calling fiber until `work` has run. When the fiber is unwound meanwhile, `work` may still
  /// run to its end: everything that it refers to must be its own.
  virtual void run(std::function<void()> work) = 0;
};

/// A node on which clients live, seen from the program that uses them.
///
///     the program's threads or fibers --post(), call()--> the node's fibers
///                                     <---- Monitor -----
///
/// The program calls everything but runtime(), Listeners::run() and call_back() from wherever it runs. Those
/// three belong to the node's fibers.
class Backend {
 public:
  virtual ~Backend() = default;

  /// The node's runtime.
  virtual const runtime::Runtime& runtime() const = 0;
  /// Runs `action` on a fiber of the node, at once or soon, in the order of the calls. It must not suspend.
  /// When the node has ended, it never runs.
  virtual void post(std::function<void()> action) = 0;
  /// Whether the caller may wait for the node. A callback of a client must not, since the node waits for it.
  virtual bool may_wait() const = 0;
  /// State that the program and the node share. It may outlive the backend, but not the node.
  virtual std::unique_ptr<Monitor> make_monitor() = 0;
  /// Runs at most `at_once` listener calls at the same time. They must be gone before the backend is.
  virtual std::unique_ptr<Listeners> make_listeners(std::size_t at_once) = 0;
  /// Runs a callback that the program has given; what waits in there is told that it must not.
  virtual void call_back(const std::function<void()>& callback) = 0;
  /// Runs `work`, which waits, for a destructor: returns when `work` has run, and never throws. When the
  /// caller is being unwound it cannot wait; then `work` goes on by itself, or is dropped with its node. It
  /// must not be called in a client's callback.
  virtual void finish(std::function<void()> work) noexcept = 0;
  /// The machine's address, as client ids and message ids name it; nobody connects to it.
  virtual std::string address() const = 0;
  /// Tells clients of one machine apart, and is never used twice. When it is empty, the client draws its own.
  virtual std::string unique_instance() = 0;

  /// Runs `work`, which may suspend, on a fiber of the node and waits for its result. Errors: `invalid` when
  /// the caller may not wait, `stopped` when the node ended first, and those of `work`.
  template <class Work>
  auto call(Work work) -> decltype(work()) {
    if (!may_wait()) return Error{Errc::invalid, "a callback must not wait for its own client"};
    using Value = typename decltype(work())::value_type;
    const auto promise = std::make_shared<client::face::Promise<Value>>(make_monitor());
    Future<Value> future = promise->future();
    post([this, promise, work = std::move(work)] {
      runtime().tasks.spawn("face.call", [promise, work] { promise->set(work()); });
    });
    return future.get();
  }
};

}  // namespace gantry
