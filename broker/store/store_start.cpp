// How a store is opened: the lock, what was there, recovery, and only then the fibers.
#include <charconv>

#include "broker/files/files.h"
#include "broker/store/local_store.h"
#include "broker/store/recovery.h"

namespace gantry::broker::store {

using model::layout::Checkpoint;
using runtime::Level;
using runtime::OpenMode;

Result<std::unique_ptr<MessageStore>> MessageStore::open(runtime::Runtime runtime, StoreConfig config,
                                                         const std::function<Result<void>()>& locked) {
  const auto host = model::message::host_of(config.store_host.host, config.store_host.port);
  if (!host || host->v6) return Error(Errc::invalid, "brokerIP1 is not an IPv4 address");
  if (config.consume_queue_file_bytes % model::layout::QueueEntry::bytes != 0 ||
      config.consume_queue_file_bytes == 0)
    return Error(Errc::invalid, "mappedFileSizeConsumeQueue is not a multiple of 20");

  if (auto made = files::make_durable_directories(runtime.disk, config.root); !made) return made.error();
  auto lock = runtime.disk.lock(config.root + "/lock");
  if (!lock) return lock.error();
  if (locked)
    if (auto fine = locked(); !fine) return fine.error();
  auto store = std::make_unique<LocalStore>(runtime, std::move(config), *host, std::move(*lock));
  if (auto started = store->start(); !started) return started.error();
  return std::unique_ptr<MessageStore>(std::move(store));
}

Result<void> LocalStore::start() {
  const auto after_crash = crashed_before();
  if (!after_crash) return after_crash.error();
  if (auto loaded = log_files_.load(*after_crash); !loaded) return loaded;
  auto restored = Result<void>();
  if (*after_crash) restored = TailFile::restore(runtime_.disk, config_.root, log_files_, runtime_.events);
  if (!restored) return restored;
  if (auto loaded = load_checkpoint(); !loaded) return loaded;
  if (auto recovered = recover(*after_crash); !recovered) return recovered;

  fibers_.spawn("store.answer", [this] { run_answer(); });
  fibers_.spawn("store.commit", [this] { run_commit(); });
  fibers_.spawn("store.sync", [this] { run_sync(); });
  fibers_.spawn("store.queues", [this] { run_queues(); });
  return {};
}

Result<bool> LocalStore::crashed_before() {
  const auto names = runtime_.disk.list(config_.root);
  if (!names) return names.error();
  for (const auto& entry : *names)
    if (entry.name == "abort") return true;
  return false;
}

Result<void> LocalStore::load_checkpoint() {
  const auto content = files::read_file(runtime_.disk, path("checkpoint"), Checkpoint::bytes);
  if (!content && content.error().code == Errc::not_found) return {};
  if (!content && content.error().code != Errc::too_large) return content.error();
  const auto read = content ? model::layout::read_checkpoint(*content) : Result<Checkpoint>(Checkpoint{});
  // An unreadable one only costs a longer scan.
  checkpoint_ = read ? *read : Checkpoint{};
  return {};
}

Result<void> LocalStore::recover(bool after_crash) {
  const auto in_order = queues_.load(after_crash);
  if (!in_order) return in_order.error();
  // From here on files change: until a clean stop, the next start has to look closely.
  auto mark = runtime_.disk.open(path("abort"), OpenMode::create_if_missing);
  if (!mark) return mark.error();
  if (auto named = runtime_.disk.sync_directory(config_.root); !named) return named;

  Recovery recovery(log_files_, queues_, runtime_.events, config_.delay_levels);
  const auto found = recovery.run(after_crash, *in_order, checkpoint_);
  if (!found) return found.error();
  if (after_crash || found->cut) {
    if (auto cut = log_files_.truncate(found->end); !cut) return cut;
    if (auto good = make_good_failed_sync(found->scanned_from, found->end); !good) return good;
    // What only the page cache holds must not be taken for durable.
    if (auto synced = log_files_.sync_all(found->scanned_from, found->end); !synced) return synced;
  }
  auto tail = TailFile::create(runtime_.disk, config_.root, tail_bytes(), found->end);
  if (!tail) return tail.error();
  log_.continue_at(found->end, found->stamp, std::move(*tail));
  visible_ = found->end;
  visible_stamp_ = found->stamp;
  queues_dirty_ = after_crash || found->rebuilt;
  return {};
}

// After a failed sync the page cache may show what the disk does not hold, and counts it as clean: the
// process that died left a note how far it was sure. A loss of power since makes it harmless.
Result<void> LocalStore::make_good_failed_sync(PhysicalOffset scanned_from, PhysicalOffset end) {
  const auto note = files::read_file(runtime_.disk, path("fenced"), 64);
  if (!note && note.error().code == Errc::not_found) return {};
  std::int64_t durable = value(scanned_from);
  if (note) {
    const std::string_view text = as_text(*note);
    std::from_chars(text.data(), text.data() + text.size(), durable);
  }
  const PhysicalOffset from = std::max(PhysicalOffset{durable}, log_files_.begin());
  if (from < end) {
    if (auto again = log_files_.rewrite(from, end); !again) return again;
    if (auto synced = log_files_.sync(end); !synced) return synced;
  }
  runtime_.events.log(Level::warn, "store: messages whose sync had failed were written again");
  if (auto removed = files::remove_file(runtime_.disk, path("fenced")); !removed) return removed;
  return runtime_.disk.sync_directory(config_.root);
}

}  // namespace gantry::broker::store
