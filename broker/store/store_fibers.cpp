// The fibers that write the log, make it durable, and answer.
#include <array>

#include "broker/store/files.h"
#include "broker/store/local_store.h"

namespace gantry::broker::store {

using runtime::Level;
using runtime::sync::within;
using namespace std::chrono_literals;

namespace {
/// How often a disk that refused a write is tried again.
constexpr runtime::Duration retry_interval = 200ms;
}  // namespace

void LocalStore::wake_all() {
  commit_wake_.wake_all(runtime_.tasks);
  sync_wake_.wake_all(runtime_.tasks);
  queues_wake_.wake_all(runtime_.tasks);
}

bool LocalStore::answers_due() const {
  if (health_ != Health::good) return !for_write_.empty() || !for_sync_.empty();
  return (!for_write_.empty() && for_write_.first_end() <= log_.written()) ||
         (!for_sync_.empty() && for_sync_.first_end() <= log_.durable());
}

void LocalStore::answer() {
  for_write_.complete(log_.written(), PutStatus::ok);
  for_sync_.complete(log_.durable(), PutStatus::ok);
  if (health_ == Health::good) return;
  // What is written will still be synced, unless that is what failed.
  const PhysicalOffset hope = health_ == Health::fenced ? log_.durable() : log_.written();
  for_write_.fail_behind(log_.written(), PutStatus::service_not_available);
  for_sync_.fail_behind(hope, PutStatus::service_not_available);
}

void LocalStore::publish(PhysicalOffset to) {
  const bool was_clean = !queues_dirty_ && visible_ < to;
  while (!pending_.empty() && pending_.front().entry.physical_offset < value(to)) {
    const Pending pending = std::move(pending_.front());
    pending_.pop_front();
    if (pending.queue->removed) continue;
    pending.queue->push(pending.entry);
    if (arrival_)
      arrival_(pending.queue->topic(), pending.queue->id(), pending.queue->max(), pending.entry.tags_code);
  }
  visible_ = to;
  if (!was_clean) return;
  queues_dirty_ = true;
  queues_wake_.wake_all(runtime_.tasks);
}

void LocalStore::run_commit() {
  for (;;) {
    while (!stopping_ && !answers_due() && (log_.end() == log_.written() || health_ == Health::fenced))
      if (auto waited = commit_wake_.wait(runtime_.tasks, {}); !waited) return;
    if (health_ != Health::fenced && log_.end() > log_.written()) {
      const auto written = log_.write();
      if (!written && written.error().code == Errc::gone) return;
      if (!written && !wait_until_writable(written.error())) return;
      if (written && !sync_flush()) {
        publish(log_.written());
        visible_stamp_ = log_.written_stamp();
      }
      sync_wake_.wake_all(runtime_.tasks);
    }
    if (health_ == Health::fenced) take_back();
    answer();
    if (stopping_ && log_.end() == log_.written()) break;
  }
  sync_wake_.wake_all(runtime_.tasks);
}

void LocalStore::take_back() {
  log_.take_back();
  while (!pending_.empty() && pending_.back().entry.physical_offset >= value(log_.end())) {
    pending_.back().queue->next = pending_.back().at;
    pending_.pop_back();
  }
}

bool LocalStore::wait_until_writable(const Error& why) {
  runtime_.events.log(Level::error, "store: the commit log cannot be written (" +
                                        std::string(name_of(why.code)) +
                                        "); messages are refused until it can");
  runtime_.events.probe("store.unwritable");
  if (health_ == Health::good) health_ = Health::unwritable;
  take_back();
  answer();
  while (!stopping_ && health_ == Health::unwritable) {
    const auto slept = commit_wake_.wait(runtime_.tasks, within(runtime_.clock, retry_interval));
    answer();
    if (slept || stopping_) continue;
    const auto healed = log_.heal();
    if (!healed && healed.error().code == Errc::gone) return false;
    if (!healed || health_ != Health::unwritable) continue;
    health_ = Health::good;
    runtime_.events.log(Level::info, "store: the commit log can be written again");
  }
  return true;
}

void LocalStore::run_sync() {
  for (;;) {
    while (!stopping_ && (log_.durable() == log_.written() || health_ == Health::fenced))
      if (auto waited = sync_wake_.wait(runtime_.tasks, {}); !waited) return;
    if (!sync_flush() && !stopping_) {
      const auto until = within(runtime_.clock, config_.flush_interval);
      while (!stopping_ && runtime_.clock.now() < until.deadline) {
        const auto slept = sync_wake_.wait(runtime_.tasks, until);
        if (!slept && slept.error().code != Errc::timed_out) return;
      }
    }
    if (health_ != Health::fenced && log_.durable() < log_.written()) {
      const auto synced = log_.sync();
      if (!synced && synced.error().code == Errc::gone) return;
      if (!synced) fence("commit log", synced.error());
      if (synced && sync_flush()) {
        publish(log_.durable());
        visible_stamp_ = log_.durable_stamp();
      }
      answer();
    }
    const bool all_written = log_.end() == log_.written() || health_ == Health::fenced;
    const bool all_synced = log_.durable() == log_.written() || health_ == Health::fenced;
    if (stopping_ && all_written && all_synced) return;
    if (stopping_ && all_synced) {
      if (auto waited = sync_wake_.wait(runtime_.tasks, {}); !waited) return;
    }
  }
}

// No second try: it can succeed although the bytes of the first are gone, and a message would be
// acknowledged that no disk holds.
void LocalStore::fence(std::string_view what, const Error& why) {
  if (health_ == Health::fenced) return;
  health_ = Health::fenced;
  runtime_.events.log(Level::error, "store: a sync of the " + std::string(what) + " failed (" +
                                        std::string(name_of(why.code)) +
                                        "); no message is taken any more, the broker must be started again");
  runtime_.events.probe("store.fenced");
  wake_all();
  // The note has to outlive this process and no more: what the page cache pretends ends with it.
  const std::string sure = std::to_string(value(log_.durable()));
  auto note = runtime_.disk.open(path("fenced"), runtime::OpenMode::create_if_missing);
  auto noted = note ? (*note)->write_at(0, std::array<Bytes, 1>{as_bytes(sure)}) : Result<void>(note.error());
  if (!noted && noted.error().code != Errc::gone)
    runtime_.events.log(Level::error, "store: and this could not be noted down for the next start");
}

void LocalStore::watch_deadlines() {
  if (deadline_watched_ || for_sync_.empty()) return;
  deadline_watched_ = true;
  timers_.at(for_sync_.first_deadline(), [this] {
    deadline_watched_ = false;
    for_sync_.expire(runtime_.clock.now(), PutStatus::flush_disk_timeout);
    watch_deadlines();
  });
}

Result<void> LocalStore::stop() {
  if (stopped_) return {};
  stopping_ = true;
  wake_all();
  if (auto joined = fibers_.join(); !joined) return joined;
  timers_.stop();
  drain();
  const bool durable = health_ != Health::fenced && log_.durable() == log_.end();
  auto result = Result<void>();
  if (!durable) result = Error(Errc::stopped, "the log is not all on disk; the next start has to recover");
  if (result) result = write_queues_behind();
  if (result && !queues_trusted_) result = Error(Errc::io, "a consume queue could not be synced");
  if (result) result = remove_file(runtime_.disk, path("abort"));
  if (result) result = runtime_.disk.sync_directory(config_.root);
  lock_.reset();
  return result;
}

void LocalStore::drain() {
  stopped_ = true;
  for_write_.fail_behind(PhysicalOffset{-1}, PutStatus::service_not_available);
  for_sync_.fail_behind(PhysicalOffset{-1}, PutStatus::service_not_available);
}

}  // namespace gantry::broker::store
