// The fibers that answer, write the log, and make it durable.
#include <array>

#include "broker/files/files.h"
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
  answer_wake_.wake_all(runtime_.tasks);
  commit_wake_.wake_all(runtime_.tasks);
  sync_wake_.wake_all(runtime_.tasks);
  queues_wake_.wake_all(runtime_.tasks);
}

bool LocalStore::answers_due() const {
  if (for_write_.any_up_to(log_.kept()) || for_sync_.any_up_to(log_.durable())) return true;
  return health_ != Health::good && (for_write_.any_behind(log_.kept()) || for_sync_.any_behind(hope()));
}

bool LocalStore::write_due() const {
  if (health_ == Health::fenced || log_.written() == log_.end()) return false;
  return sync_flush() || stopping_ || log_.written() < write_to_ || log_.much_unwritten();
}

void LocalStore::answer() {
  for_write_.complete(log_.kept(), PutStatus::ok);
  for_sync_.complete(log_.durable(), PutStatus::ok);
  if (health_ == Health::good) return;
  for_write_.fail_behind(log_.kept(), PutStatus::service_not_available);
  for_sync_.fail_behind(hope(), PutStatus::service_not_available);
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

void LocalStore::run_answer() {
  for (;;) {
    if (!sync_flush()) {
      publish(log_.kept());
      visible_stamp_ = log_.kept_stamp();
    }
    answer();
    if (stopping_) return;
    while (!stopping_ && !answers_due() && (sync_flush() || visible_ == log_.kept()))
      if (auto waited = answer_wake_.wait(runtime_.tasks, {}); !waited) return;
  }
}

void LocalStore::run_commit() {
  for (;;) {
    while (!stopping_ && !write_due())
      if (auto waited = commit_wake_.wait(runtime_.tasks, {}); !waited) return;
    while (write_due()) {
      const auto written = log_.write();
      if (!written && written.error().code == Errc::gone) return;
      if (!written && !wait_until_writable(written.error())) return;
      sync_wake_.wake_all(runtime_.tasks);
      answer_wake_.wake_all(runtime_.tasks);
      if (!written && stopping_) break;  // the next start writes it
    }
    if (stopping_) return;
  }
}

void LocalStore::take_back() {
  log_.take_back();
  write_to_ = std::min(write_to_, log_.end());
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
  answer_wake_.wake_all(runtime_.tasks);
  sync_wake_.wake_all(runtime_.tasks);  // what is written can be made durable all the same
  while (!stopping_ && health_ == Health::unwritable) {
    const auto slept = commit_wake_.wait(runtime_.tasks, within(runtime_.clock, retry_interval));
    if (slept || stopping_) continue;
    const auto written = log_.write();
    if (!written && written.error().code == Errc::gone) return false;
    if (!written || health_ != Health::unwritable) continue;
    health_ = Health::good;
    runtime_.events.log(Level::info, "store: the commit log can be written again");
  }
  return true;
}

bool LocalStore::wait_for_flush() {
  const auto until = within(runtime_.clock, config_.flush_interval);
  while (!stopping_ && runtime_.clock.now() < until.deadline) {
    const auto slept = sync_wake_.wait(runtime_.tasks, until);
    if (!slept && slept.error().code != Errc::timed_out) return false;
  }
  const PhysicalOffset to = log_.kept();
  write_to_ = std::max(write_to_, to);
  commit_wake_.wake_all(runtime_.tasks);
  while (!stopping_ && health_ == Health::good && log_.written() < to)
    if (auto waited = sync_wake_.wait(runtime_.tasks, {}); !waited) return false;
  return true;
}

void LocalStore::run_sync() {
  for (;;) {
    while (!stopping_ && (log_.durable() == log_.end() || health_ == Health::fenced))
      if (auto waited = sync_wake_.wait(runtime_.tasks, {}); !waited) return;
    if (!sync_flush() && !stopping_ && !wait_for_flush()) return;
    if (health_ != Health::fenced && log_.durable() < log_.written()) {
      const auto synced = log_.sync();
      if (!synced && synced.error().code == Errc::gone) return;
      if (!synced) fence("commit log", synced.error());
      if (synced && sync_flush()) {
        publish(log_.durable());
        visible_stamp_ = log_.durable_stamp();
      }
      answer();
      continue;
    }
    if (stopping_ && (log_.durable() == log_.end() || health_ != Health::good)) return;
    // What is not written yet, or cannot be.
    if (auto waited = sync_wake_.wait(runtime_.tasks, {}); !waited) return;
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
  take_back();
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
  if (!sync_flush()) publish(log_.kept());
  answer();
  drain();
  const bool durable = health_ != Health::fenced && log_.durable() == log_.end();
  auto result = Result<void>();
  if (!durable) result = Error(Errc::stopped, "the log is not all on disk; the next start has to recover");
  if (result) result = write_queues_behind();
  if (result && !queues_trusted_) result = Error(Errc::io, "a consume queue could not be synced");
  if (result) result = TailFile::remove(runtime_.disk, config_.root);
  if (result) result = files::remove_file(runtime_.disk, path("abort"));
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
