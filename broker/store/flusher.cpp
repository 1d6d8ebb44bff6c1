#include "broker/store/flusher.h"

namespace gantry::broker::store {

using log::Reached;
using runtime::Level;
using runtime::sync::within;
using namespace std::chrono_literals;

namespace {
constexpr runtime::Duration interval = 1s;
/// A start after a crash reads again what was applied since the last flush, so a busy store does not wait
/// that long.
constexpr std::int64_t unflushed_bytes_max = 128 << 20;
}  // namespace

Flusher::Flusher(runtime::Runtime runtime, log::Log& log, Dispatcher& dispatcher, CheckpointFile& checkpoint)
    : runtime_(runtime),
      log_(log),
      dispatcher_(dispatcher),
      checkpoint_(checkpoint),
      flushing_(runtime.tasks),
      fiber_(runtime.tasks) {}

void Flusher::start(bool changed) {
  flushed_ = dispatcher_.applied();
  stored_ = log_.marks()[Reached::durable];
  changed_ = changed;
  stopping_ = false;
  fiber_.spawn("store.flush", [this] { run(); });
}

void Flusher::stop() {
  stopping_ = true;
  wake_.wake_all(runtime_.tasks);
  if (auto joined = fiber_.join(); !joined) return;
}

void Flusher::wake() {
  if (rests_ || much()) wake_.wake_all(runtime_.tasks);
}

bool Flusher::much() const {
  return dispatcher_.applied().at - flushed_.at >= unflushed_bytes_max;
}

void Flusher::mark_changed() {
  changed_ = true;
  wake();
}

bool Flusher::due() const {
  if (changed_ || dispatcher_.applied() != flushed_) return true;
  return !log_.fenced() && stored_ != log_.marks()[Reached::durable];
}

void Flusher::run() {
  while (!stopping_) {
    if (!due()) {
      rests_ = true;
      const auto waited = wake_.wait(runtime_.tasks, {});
      rests_ = false;
      if (!waited) return;
      continue;
    }
    const auto until = within(runtime_.clock, interval);
    while (!stopping_ && runtime_.clock.now() < until.deadline && (!much() || unwritable_.raised())) {
      const auto slept = wake_.wait(runtime_.tasks, until);
      if (!slept && slept.error().code != Errc::timed_out) return;
    }
    if (stopping_) return;  // whoever stops us does the last round
    const auto flushed = flush();
    if (!flushed && flushed.error().code == Errc::gone) return;
    if (flushed) unwritable_.settle();
    else
      unwritable_.raise(runtime_.events, Level::error,
                        "store: projections cannot be written ({}); they wait in memory", flushed.error());
  }
}

Result<void> Flusher::flush() {
  const auto held = flushing_.lock();
  if (!held) return held.error();
  if (!trusted_) return Error(Errc::stopped, "a sync of a projection has failed");
  // Taken first: what comes while we write is not covered.
  const log::Mark durable = log_.marks()[Reached::durable];
  const log::Mark applied = dispatcher_.applied();
  changed_ = false;
  for (Projection* const projection : dispatcher_.projections()) {
    const auto flushed = projection->flush(applied);
    if (flushed) continue;
    if (flushed.error().code == Errc::stopped) {
      trusted_ = false;
      log_.fence(projection->name(), flushed.error());
    } else {
      changed_ = true;
    }
    return flushed;
  }
  if (auto stored = checkpoint_.store(durable, dispatcher_.projections()); !stored) {
    changed_ = true;
    return stored;
  }
  flushed_ = applied;
  stored_ = durable;
  return {};
}

}  // namespace gantry::broker::store
