#include "client/face/fiber_backend.h"

#include <exception>

#include "runtime/sync/wait.h"

namespace gantry::client::face {
namespace {

/// What is being unwound cannot suspend, and a callback must not.
bool can_suspend(bool in_callback) {
  return !in_callback && std::uncaught_exceptions() == 0;
}

class FiberMonitor final : public Monitor {
 public:
  FiberMonitor(const runtime::Runtime& runtime, std::shared_ptr<const bool> in_callback)
      : tasks_(runtime.tasks), clock_(runtime.clock), in_callback_(std::move(in_callback)) {}

  // Fibers change places only where they suspend: a change needs no lock.
  void change(const std::function<void()>& change) override {
    change();
    waiting_.wake_all(tasks_);
  }

  Result<void> await(const std::function<bool()>& holds, std::chrono::nanoseconds at_most) override {
    if (holds()) return {};
    if (at_most <= std::chrono::nanoseconds(0)) return Error{Errc::timed_out, "it is not there yet"};
    if (!can_suspend(*in_callback_))
      return Error{Errc::invalid, "a callback must not wait for its own client"};
    const runtime::sync::Until until{clock_.now() + at_most};
    do {
      if (auto waited = waiting_.wait(tasks_, until); !waited) return waited;
    } while (!holds());
    return {};
  }

 private:
  runtime::Tasks& tasks_;
  const runtime::Clock& clock_;
  const std::shared_ptr<const bool> in_callback_;
  runtime::sync::WaitList waiting_;
};

/// The consumer runs no more of them at a time than it may.
class FiberListeners final : public Listeners {
 public:
  void run(std::function<void()> work) override { work(); }
};

}  // namespace

FiberBackend::FiberBackend(runtime::Runtime runtime, std::string address)
    : runtime_(runtime), address_(std::move(address)) {}

bool FiberBackend::may_wait() const {
  return can_suspend(*in_callback_);
}

std::unique_ptr<Monitor> FiberBackend::make_monitor() {
  return std::make_unique<FiberMonitor>(runtime_, in_callback_);
}

std::unique_ptr<Listeners> FiberBackend::make_listeners(std::size_t) {
  return std::make_unique<FiberListeners>();
}

void FiberBackend::call_back(const std::function<void()>& callback) {
  const bool nested = std::exchange(*in_callback_, true);
  callback();
  *in_callback_ = nested;
}

void FiberBackend::finish(std::function<void()> work) noexcept {
  // A fiber that is unwound by an exception of the program's leaves the rest to another one. When it is
  // unwound by a crash there is no other one, and what `work` holds goes with it.
  if (std::uncaught_exceptions() > 0) return runtime_.tasks.spawn("face.end", std::move(work));
  invariant(!*in_callback_, "a client is not destroyed by its own callback");
  try {
    // Ours within this block: after a crash it goes while the exception unwinds, so that what it holds can
    // tell.
    const std::function<void()> mine = std::move(work);
    mine();
  } catch (const runtime::NodeGone&) {
    // A destructor does not throw. The caller's next wait does.
  }
}

}  // namespace gantry::client::face
