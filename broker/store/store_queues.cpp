// The consume queues on disk: written behind, synced, and the checkpoint that says how far.
#include "broker/files/files.h"
#include "broker/store/local_store.h"

namespace gantry::broker::store {

using model::layout::Checkpoint;
using runtime::Level;
using runtime::sync::within;
using namespace std::chrono_literals;

namespace {
constexpr runtime::Duration queues_interval = 1s;
/// Others have their turn after so many entries: a second of a busy queue is megabytes, and whoever waits
/// for an answer meanwhile would see them.
constexpr std::size_t entries_per_turn = 2048;
}  // namespace

void LocalStore::run_queues() {
  bool complained = false;
  while (!stopping_) {
    if (!queues_dirty_) {
      if (auto waited = queues_wake_.wait(runtime_.tasks, {}); !waited) return;
      continue;
    }
    const auto until = within(runtime_.clock, queues_interval);
    while (!stopping_ && runtime_.clock.now() < until.deadline) {
      const auto slept = queues_wake_.wait(runtime_.tasks, until);
      if (!slept && slept.error().code != Errc::timed_out) return;
    }
    if (stopping_) return;  // stop() does the last round
    const auto written = write_queues_behind();
    if (!written && written.error().code == Errc::gone) return;
    if (!written && !complained)
      runtime_.events.log(Level::error, "store: consume queues cannot be written (" +
                                            std::string(name_of(written.error().code)) +
                                            "); they wait in memory");
    complained = !written;
  }
}

Result<void> LocalStore::write_queues_behind() {
  const auto held = queue_files_mutex_.lock();
  if (!held) return held.error();
  queues_dirty_ = false;
  // Taken first: entries that come while we write are not covered.
  Checkpoint reached = checkpoint_;
  reached.physic_timestamp = log_.durable_stamp();
  reached.logics_timestamp = visible_stamp_;
  for (const QueuePtr& queue : queues_.all()) {
    auto written = write_in_turns(*queue);
    if (written && !queue->removed) {
      written = queue->files().sync();
      // As with the log: what one sync lost, a later one does not bring back. Entries that are no
      // longer in memory may be among it, so nobody can be served until they are made again.
      if (!written && written.error().code != Errc::gone) {
        queues_trusted_ = false;
        fence("consume queue", written.error());
      }
    }
    if (!written) {
      queues_dirty_ = true;
      return written;
    }
    queue->trim(log_.memory_begin());
  }
  if (!queues_trusted_ || reached == checkpoint_) return {};
  if (auto stored = files::replace_file(runtime_.disk, path("checkpoint"), encode(reached)); !stored) {
    queues_dirty_ = true;
    return stored;
  }
  checkpoint_ = reached;
  return {};
}

Result<void> LocalStore::write_in_turns(ConsumeQueue& queue) {
  for (std::int64_t left = queue.unwritten_entries(); left > 0 && !queue.removed; left -= entries_per_turn) {
    if (auto written = queue.write_behind(entries_per_turn); !written) return written;
    runtime_.tasks.yield();
  }
  return {};
}

void LocalStore::delete_topic(std::string_view topic) {
  const std::vector<QueuePtr> taken = queues_.take(topic);
  if (taken.empty()) return;
  const auto removed = remove_queues(topic, taken);
  if (!removed && removed.error().code != Errc::gone)
    runtime_.events.log(Level::warn,
                        "store: files of the deleted topic " + std::string(topic) + " are left behind");
}

Result<void> LocalStore::remove_queues(std::string_view topic, const std::vector<QueuePtr>& queues) {
  // Those who ask are served in order: files of a new topic of that name are made later.
  const auto held = queue_files_mutex_.lock();
  if (!held) return held.error();
  for (const QueuePtr& queue : queues)
    if (auto removed = queue->files().remove(); !removed) return removed;
  const std::string folder = path("consumequeue");
  if (auto removed = files::remove_file(runtime_.disk, folder + "/" + std::string(topic)); !removed)
    return removed;
  return runtime_.disk.sync_directory(folder);
}

}  // namespace gantry::broker::store
