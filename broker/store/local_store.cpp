#include "broker/store/local_store.h"

#include <algorithm>
#include <array>

#include "broker/files/files.h"
#include "broker/store/recovery.h"
#include "model/layout/consume_queue.h"
#include "model/layout/record.h"

namespace gantry::broker::store {

using log::Reached;
using queues::QueuePtr;
using runtime::OpenMode;

namespace {
constexpr std::uint64_t page_bytes = 4096;

/// The ring has room for four of the largest requests, which is what the log asks for.
std::uint64_t ring_bytes(const StoreConfig& config) {
  const std::uint64_t largest = std::min<std::uint64_t>(
      config.commit_log_file_bytes, config.message_bytes_max + Sequencer::record_extra_bytes_max);
  return (std::max(config.memory_bytes, 4 * largest) + page_bytes - 1) / page_bytes * page_bytes;
}
}  // namespace

Result<std::unique_ptr<MessageStore>> MessageStore::open(runtime::Runtime runtime, StoreConfig config,
                                                         const std::function<Result<void>()>& locked,
                                                         std::span<Projection* const> projections) {
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
  auto store = std::make_unique<LocalStore>(runtime, std::move(config), *host, std::move(*lock), projections);
  if (auto started = store->start(); !started) return started.error();
  return std::unique_ptr<MessageStore>(std::move(store));
}

LocalStore::LocalStore(runtime::Runtime runtime, StoreConfig config, model::message::Host store_host,
                       std::unique_ptr<runtime::FileLock> lock, std::span<Projection* const> projections)
    : runtime_(runtime),
      config_(std::move(config)),
      lock_(std::move(lock)),
      open_files_(runtime.disk, config_.open_files_max),
      checkpoint_(runtime.disk, config_.root),
      log_(runtime, open_files_,
           {.root = config_.root,
            .file_bytes = config_.commit_log_file_bytes,
            .ring_bytes = ring_bytes(config_),
            .flush = config_.flush,
            .replicas = config_.replicas,
            .flush_interval = config_.flush_interval},
           dispatcher_),
      queues_(runtime, open_files_, config_, log_.bytes().files(),
              [this] { return log_.bytes().memory_begin(); }),
      reader_(log_.bytes(), config_.recent_bytes, runtime.events),
      sequencer_(log_, queues_, dispatcher_, config_, store_host),
      flusher_(runtime, log_, dispatcher_, checkpoint_) {
  dispatcher_.add(queues_);
  for (Projection* const projection : projections) dispatcher_.add(*projection);
  dispatcher_.on_applied([this] { flusher_.wake(); });
}

Result<void> LocalStore::start() {
  const auto after_crash = crashed_before();
  if (!after_crash) return after_crash.error();
  if (auto loaded = log_.load(*after_crash); !loaded) return loaded;
  if (auto loaded = checkpoint_.load(); !loaded) return loaded;
  Recovery recovery(log_.bytes().files(), dispatcher_.projections(), runtime_.events);
  const auto found = recovery.run(*after_crash, checkpoint_, [this] { return mark_running(); });
  if (!found) return found.error();
  if (*after_crash || found->cut)
    if (auto settled = log_.settle_at(found->scanned_from, found->end.at); !settled) return settled;
  return begin_at(found->end, *after_crash || found->rebuilt);
}

Result<bool> LocalStore::crashed_before() {
  const auto names = runtime_.disk.list(config_.root);
  if (!names) return names.error();
  return std::ranges::any_of(*names, [](const auto& entry) { return entry.name == "abort"; });
}

Result<void> LocalStore::mark_running() {
  const auto mark = runtime_.disk.open(path("abort"), OpenMode::create_if_missing);
  if (!mark) return mark.error();
  return runtime_.disk.sync_directory(config_.root);
}

Result<void> LocalStore::begin_at(log::Mark end, bool changed) {
  if (auto begun = log_.begin_at(end); !begun) return begun;
  dispatcher_.begin_at(log_.bytes(), end);
  flusher_.start(changed);
  return {};
}

void LocalStore::when_stored(PhysicalOffset end, bool wait_for_sync, std::function<void(PutStatus)> done) {
  const bool durable = wait_for_sync && config_.flush == FlushMode::sync_flush;
  const auto deadline =
      durable ? runtime_.clock.now() + config_.sync_flush_timeout : runtime::Instant::never();
  const Reached safe = durable ? Reached::durable : Reached::answerable;
  if (config_.replicas == ReplicaMode::alone) return log_.when(safe, end, deadline, std::move(done));
  log_.when(safe, end, deadline, [this, end, deadline, done = std::move(done)](PutStatus status) {
    if (status != PutStatus::ok) return done(status);
    log_.when(Reached::confirmed, end, deadline, done);
  });
}

GetResult LocalStore::get(std::string_view topic, std::int32_t queue_id, QueueOffset from,
                          std::int32_t max_messages, const EntryFilter& filter) {
  const QueuePtr queue = queues_.find(topic, queue_id);
  if (!queue) return {.status = GetStatus::no_matched_logic_queue};
  return reader_.get(*queue, from, max_messages, filter);
}

QueueOffset LocalStore::min_offset(std::string_view topic, std::int32_t queue_id) const {
  const auto* const queue = queues_.find(topic, queue_id);
  return queue ? queue->min() : QueueOffset{0};
}

QueueOffset LocalStore::max_offset(std::string_view topic, std::int32_t queue_id) const {
  const auto* const queue = queues_.find(topic, queue_id);
  return queue ? queue->max() : QueueOffset{0};
}

QueueOffset LocalStore::offset_by_time(std::string_view topic, std::int32_t queue_id,
                                       std::int64_t timestamp) {
  const QueuePtr queue = queues_.find(topic, queue_id);
  return queue ? reader_.offset_by_time(*queue, timestamp) : QueueOffset{0};
}

std::optional<std::int64_t> LocalStore::store_time_at(std::string_view topic, std::int32_t queue_id,
                                                      QueueOffset at) {
  const QueuePtr queue = queues_.find(topic, queue_id);
  if (!queue) return {};
  return reader_.store_time_at(*queue, at);
}

std::optional<Buffer> LocalStore::record_at(PhysicalOffset at) {
  if (at < log_.bytes().begin() || at >= dispatcher_.applied().at) return {};
  return reader_.record_at(at, 0);
}

std::int64_t LocalStore::dispatch_behind_bytes() const {
  return log_.at(Reached::answerable) - dispatcher_.applied().at;
}

std::int64_t LocalStore::flush_behind_bytes() const {
  return log_.at(Reached::answerable) - log_.at(Reached::durable);
}

void LocalStore::delete_topic(std::string_view topic) {
  queues_.remove_topic(topic, log_.at(Reached::end));
  flusher_.mark_changed();
}

std::vector<std::pair<std::string, std::int32_t>> LocalStore::queues() const {
  std::vector<std::pair<std::string, std::int32_t>> names;
  for (const QueuePtr& queue : queues_.all()) names.emplace_back(queue->topic(), queue->id());
  return names;
}

Result<bool> LocalStore::is_border(PhysicalOffset at) const {
  const log::CommitLog& bytes = log_.bytes();
  if (at < bytes.begin() || at > bytes.at(Reached::end)) return false;
  if (at == bytes.at(Reached::end) || at == bytes.begin()) return true;
  std::array<std::byte, 8> front{};
  if (const Bytes in_memory = bytes.in_memory(at, front.size()); !in_memory.empty()) {
    std::ranges::copy(in_memory, front.begin());
  } else if (const auto read = bytes.read(at, front); !read) {
    return read.error();
  }
  const auto is = model::layout::front_of(front);
  if (is.is_blank()) return is.size == bytes.files().next_file(at) - at;
  return reader_.record_at(at, 0).has_value();
}

// The checkpoint goes first, so that a start after a crash in the middle reads the log from where it stays;
// it names no projection, whose files may be cut or not.
Result<void> LocalStore::truncate(PhysicalOffset to) {
  if (!log_.writable()) return Error(Errc::stopped, "the store's disk has failed, or it is stopping");
  const auto border = is_border(to);
  if (!border) return border.error();
  if (!*border) return Error(Errc::invalid, "no record begins there");
  flusher_.stop();
  (void)log_.stop();  // cut() tells whether enough of it is in the files
  PhysicalOffset sure = std::min(to, log_.at(Reached::durable));
  for (const Projection* const projection : dispatcher_.projections())
    sure = std::min(sure, projection->durable().mark.at);
  if (auto lowered = checkpoint_.store({sure, 0}, {}); !lowered) return lowered;
  if (auto cut = log_.cut(to); !cut) return cut;
  Recovery recovery(log_.bytes().files(), dispatcher_.projections(), runtime_.events);
  const auto end = recovery.after_cut(to);
  if (!end) return end.error();
  runtime_.events.probe("store.truncated");
  return begin_at(*end, true);
}

void LocalStore::check_invariants() const {
  log_.check_invariants();
  for (const Projection* const projection : dispatcher_.projections()) projection->check_invariants();
}

Result<void> LocalStore::stop() {
  if (std::exchange(stopped_, true)) return {};
  flusher_.stop();
  const bool durable = log_.stop();
  auto result = Result<void>();
  if (!durable) result = Error(Errc::stopped, "the log is not all on disk; the next start has to recover");
  if (result) result = flusher_.flush();
  if (result) result = log_.remove_ring();
  if (result) result = files::remove_file(runtime_.disk, path("abort"));
  if (result) result = runtime_.disk.sync_directory(config_.root);
  lock_.reset();
  return result;
}

}  // namespace gantry::broker::store
