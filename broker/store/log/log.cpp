#include "broker/store/log/log.h"

#include <algorithm>
#include <utility>

#include "model/base/invariant.h"

namespace gantry::broker::store::log {

using runtime::Level;
using runtime::sync::within;
using namespace std::chrono_literals;

namespace {
/// How often a disk that refused a write is tried again.
constexpr runtime::Duration retry_interval = 200ms;
/// So much that is not durable is synced before its time: a start after a crash reads it all again.
constexpr std::int64_t unsynced_bytes_max = 64 << 20;
}  // namespace

Log::Log(runtime::Runtime runtime, OpenFiles& open_files, LogConfig config, Follower& follower)
    : runtime_(runtime),
      config_(std::move(config)),
      follower_(follower),
      files_(runtime.disk, open_files, config_.root, config_.file_bytes),
      bytes_(files_),
      fibers_(runtime.tasks) {}

Result<void> Log::load(bool after_crash) {
  if (auto loaded = files_.load(after_crash); !loaded) return loaded;
  if (!after_crash) return {};
  return TailFile::restore(runtime_.disk, config_.root, files_, runtime_.events);
}

Result<void> Log::settle_at(PhysicalOffset sure, PhysicalOffset end) {
  if (auto again = write_again(end); !again) return again;
  // The ring goes first, as in cut(); but a full disk may have no room for another file.
  if (auto forgotten = TailFile::forget(runtime_.disk, config_.root); !forgotten) return forgotten;
  if (auto cut = files_.truncate(end); !cut) return cut;
  return files_.sync_all(sure, end);
}

// After a failed sync the page cache may show what the disk does not hold, and counts it as clean: the next
// sync would succeed and bring nothing. The process that saw it fail is gone, maybe before it could say so.
Result<void> Log::write_again(PhysicalOffset end) {
  const auto durable = TailFile::known_durable(runtime_.disk, config_.root);
  if (!durable) return durable.error();
  if (!*durable) return {};
  const PhysicalOffset from = std::max(**durable, files_.begin());
  if (from >= end) return {};
  if (auto again = files_.rewrite(from, end); !again) return again;
  runtime_.events.probe("store.written-again");
  return files_.sync(end);
}

Result<void> Log::begin_at(Mark end) {
  invariant(!running_, "a log begins once between two stops");
  auto ring = TailFile::create(runtime_.disk, config_.root, config_.ring_bytes, end.at);
  if (!ring) return ring.error();
  bytes_.begin_at(end, std::move(*ring));
  seen_ = end;
  write_to_ = {};
  stopping_ = false;
  running_ = true;
  if (health_ == Health::unwritable) health_ = Health::good;  // the next write tells
  watched_ = runtime::Instant::never();
  timers_ = std::make_unique<runtime::sync::TimerQueue>(runtime_.tasks, runtime_.clock, "log.timeouts");
  fibers_.spawn("log.answer", [this] { run_answer(); });
  fibers_.spawn("log.commit", [this] { run_commit(); });
  fibers_.spawn("log.sync", [this] { run_sync(); });
  return {};
}

bool Log::stop() {
  if (!running_) return false;
  stopping_ = true;
  wake_all();
  if (auto joined = fibers_.join(); !joined) return false;
  timers_->stop();
  advance();
  running_ = false;
  for (Waiters& each : waiters_) each.fail_beyond(PhysicalOffset{-1}, PutStatus::service_not_available);
  return health_ != Health::fenced && at(Reached::durable) == at(Reached::end);
}

Result<void> Log::cut(PhysicalOffset to) {
  invariant(!running_, "a log is cut while its fibers rest");
  if (fenced()) return Error(Errc::stopped, "a sync of the log has failed; the broker must be started again");
  if (at(Reached::written) < std::min(to, at(Reached::end)))
    return Error(Errc::busy, "the log's newest part is in no file yet");
  // The ring goes first: a start after a crash must not put back what is cut from the files.
  if (auto removed = remove_ring(); !removed) return removed;
  bytes_.drop_ring();
  return files_.truncate(to);
}

Result<void> Log::remove_ring() {
  if (auto removed = TailFile::remove(runtime_.disk, config_.root); !removed) return removed;
  return runtime_.disk.sync_directory(config_.root);
}

bool Log::has_room(std::size_t bytes) {
  if (bytes_.has_room(bytes, seen_.at)) return true;
  write_to_ = at(Reached::end);
  commit_wake_.wake_all(runtime_.tasks);
  return false;
}

Result<void> Log::append_raw(PhysicalOffset at_offset, Bytes records, std::int64_t stamp) {
  if (!writable()) return Error(Errc::stopped, "the log takes nothing now");
  if (at_offset != at(Reached::end)) return Error(Errc::invalid, "these records are not for the log's end");
  if (!has_room(records.size())) return Error(Errc::busy, "the disk lags");
  std::ranges::copy(records, bytes_.take_raw(records.size(), stamp).begin());
  appended();
  return {};
}

void Log::appended() {
  if (!sync_flush()) answer_wake_.wake_all(runtime_.tasks);
  if (write_due()) commit_wake_.wake_all(runtime_.tasks);
  if (sync_rests_) sync_wake_.wake_all(runtime_.tasks);
}

void Log::confirm(Mark to) {
  bytes_.confirm(to);
  answer_wake_.wake_all(runtime_.tasks);
}

void Log::when(Reached which, PhysicalOffset end, runtime::Instant deadline, Waiters::Done done) {
  if (!running_) return done(PutStatus::service_not_available);
  waiters(which).add(end, deadline, std::move(done));
  if (deadline < watched_) watch_deadlines(deadline);
  if (advance_due()) answer_wake_.wake_all(runtime_.tasks);
}

void Log::watch_deadlines(runtime::Instant deadline) {
  watched_ = deadline;
  timers_->at(deadline, [this] {
    runtime::Instant next = runtime::Instant::never();
    for (Waiters& each : waiters_) {
      each.expire(runtime_.clock.now(), PutStatus::flush_disk_timeout);
      next = std::min(next, each.first_deadline());
    }
    watched_ = runtime::Instant::never();
    if (next != watched_) watch_deadlines(next);
  });
}

void Log::wake_all() {
  answer_wake_.wake_all(runtime_.tasks);
  commit_wake_.wake_all(runtime_.tasks);
  sync_wake_.wake_all(runtime_.tasks);
}

PhysicalOffset Log::reachable(Reached which) const {
  switch (which) {
    case Reached::end:
    case Reached::answerable: return at(Reached::answerable);
    case Reached::written: return at(Reached::written);
    // After a failed sync nothing more becomes durable; before it, what is written may.
    case Reached::durable: return at(fenced() ? Reached::durable : Reached::written);
    case Reached::confirmed: return at(Reached::end);
  }
  return {};
}

bool Log::advance_due() const {
  if (visible().at > seen_.at) return true;
  for (std::size_t i = 0; i < reached_count; ++i) {
    const auto which = static_cast<Reached>(i);
    if (waiters_[i].any_up_to(at(which))) return true;
    if (health_ != Health::good && waiters_[i].any_beyond(reachable(which))) return true;
  }
  return false;
}

void Log::advance() {
  if (const Mark now = visible(); now.at > seen_.at) {
    seen_ = now;
    follower_.advance(now);
  }
  for (std::size_t i = 0; i < reached_count; ++i) {
    const auto which = static_cast<Reached>(i);
    waiters_[i].complete(at(which));
    if (health_ != Health::good) waiters_[i].fail_beyond(reachable(which), PutStatus::service_not_available);
  }
}

void Log::run_answer() {
  for (;;) {
    advance();
    if (stopping_) return;
    while (!stopping_ && !advance_due())
      if (auto waited = answer_wake_.wait(runtime_.tasks, {}); !waited) return;
  }
}

bool Log::write_due() const {
  if (fenced() || at(Reached::written) == at(Reached::end)) return false;
  return sync_flush() || stopping_ || at(Reached::written) < write_to_ || bytes_.much_unwritten();
}

void Log::run_commit() {
  for (;;) {
    while (!stopping_ && !write_due())
      if (auto waited = commit_wake_.wait(runtime_.tasks, {}); !waited) return;
    while (write_due()) {
      const auto written = bytes_.write();
      if (!written && written.error().code == Errc::gone) return;
      if (!written && !wait_until_writable(written.error())) return;
      sync_wake_.wake_all(runtime_.tasks);
      answer_wake_.wake_all(runtime_.tasks);
      if (!written && stopping_) break;  // the next start writes it
    }
    if (stopping_) return;
  }
}

void Log::take_back() {
  bytes_.take_back();
  write_to_ = std::min(write_to_, at(Reached::end));
  follower_.taken_back();
}

bool Log::wait_until_writable(const Error& why) {
  runtime::log(runtime_.events, Level::error,
               "store: the commit log cannot be written ({}); messages are refused until it can", why);
  runtime_.events.probe("store.unwritable");
  if (health_ == Health::good) health_ = Health::unwritable;
  take_back();
  answer_wake_.wake_all(runtime_.tasks);
  sync_wake_.wake_all(runtime_.tasks);  // what is written can be made durable all the same
  while (!stopping_ && health_ == Health::unwritable) {
    const auto slept = commit_wake_.wait(runtime_.tasks, within(runtime_.clock, retry_interval));
    if (slept || stopping_) continue;
    const auto written = bytes_.write();
    if (!written && written.error().code == Errc::gone) return false;
    if (!written || health_ != Health::unwritable) continue;
    health_ = Health::good;
    runtime_.events.log(Level::info, "store: the commit log can be written again");
  }
  return true;
}

bool Log::wait_for_flush() {
  const auto until = within(runtime_.clock, config_.flush_interval);
  while (!stopping_ && runtime_.clock.now() < until.deadline &&
         at(Reached::written) - at(Reached::durable) < unsynced_bytes_max) {
    const auto slept = sync_wake_.wait(runtime_.tasks, until);
    if (!slept && slept.error().code != Errc::timed_out) return false;
  }
  const PhysicalOffset to = at(Reached::answerable);
  write_to_ = std::max(write_to_, to);
  commit_wake_.wake_all(runtime_.tasks);
  while (!stopping_ && health_ == Health::good && at(Reached::written) < to)
    if (auto waited = sync_wake_.wait(runtime_.tasks, {}); !waited) return false;
  return true;
}

void Log::run_sync() {
  bool overdue = false;  // the last flush did not come to its end: the next one does not wait for its time
  for (;;) {
    while (!stopping_ && (at(Reached::durable) == at(Reached::end) || fenced())) {
      sync_rests_ = true;
      if (auto waited = sync_wake_.wait(runtime_.tasks, {}); !waited) return;
    }
    sync_rests_ = false;
    if (!sync_flush() && !stopping_ && !overdue && !wait_for_flush()) return;
    if (!fenced() && at(Reached::durable) < at(Reached::written)) {
      const auto synced = bytes_.sync();
      if (!synced && synced.error().code == Errc::gone) return;
      if (!synced) fence("commit log", synced.error());
      overdue = false;
      advance();
      continue;
    }
    if (stopping_ && (at(Reached::durable) == at(Reached::end) || health_ != Health::good)) return;
    // The rest is not written yet, or cannot be.
    overdue = true;
    if (auto waited = sync_wake_.wait(runtime_.tasks, {}); !waited) return;
  }
}

// There is no second try: it can succeed although the bytes of the first are gone, and a message would be
// acknowledged that no disk holds.
void Log::fence(std::string_view what, const Error& why) {
  if (fenced()) return;
  health_ = Health::fenced;
  runtime::log(
      runtime_.events, Level::error,
      "store: a sync of the {} failed ({}); no message is taken any more, the broker must be started again",
      what, why);
  runtime_.events.probe("store.fenced");
  if (running_) take_back();
  wake_all();
}

void Log::check_invariants() const {
  bytes_.check_invariants();
  if (!running_) return;
  invariant(seen_.at <= visible().at, "the follower sees what is visible and nothing else");
  invariant(bytes_.memory_begin() <= seen_.at, "what the follower has not seen is in memory");
}

}  // namespace gantry::broker::store::log
