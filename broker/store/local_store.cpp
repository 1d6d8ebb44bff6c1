#include "broker/store/local_store.h"

#include "broker/store/tags.h"
#include "model/base/invariant.h"
#include "model/message/names.h"
#include "model/message/properties.h"
#include "model/message/sys_flag.h"

namespace gantry::broker::store {

using boost::system::result;
using model::layout::Record;
namespace sys_flag = model::message::sys_flag;

namespace {
/// A record may be larger than the largest body by this much: properties, topic and head.
constexpr std::size_t record_extra_bytes_max = 64u << 10;
constexpr std::uint64_t page_bytes = 4096;
constexpr std::int32_t v6_bits = sys_flag::born_host_v6 | sys_flag::store_host_v6;

/// Its hosts are of IPv4.
std::size_t record_bytes(const PutMessage& message) {
  return model::layout::bare_record_bytes + message.body.size() + message.topic.size() +
         message.properties.size();
}
}  // namespace

LocalStore::LocalStore(runtime::Runtime runtime, StoreConfig config, model::message::Host store_host,
                       std::unique_ptr<runtime::FileLock> lock)
    : runtime_(runtime),
      config_(std::move(config)),
      store_host_(store_host),
      lock_(std::move(lock)),
      open_files_(runtime.disk, config_.open_files_max),
      log_files_(runtime.disk, open_files_, config_.root, config_.commit_log_file_bytes),
      log_(log_files_),
      queues_(runtime.disk, open_files_, config_.root, config_.consume_queue_file_bytes),
      reader_(log_, config_.recent_bytes, runtime.events),
      queue_files_mutex_(runtime.tasks),
      timers_(runtime.tasks, runtime.clock, "store.timeouts"),
      fibers_(runtime.tasks) {}

std::uint64_t LocalStore::tail_bytes() const {
  const std::uint64_t largest =
      std::min(config_.commit_log_file_bytes, config_.message_bytes_max + record_extra_bytes_max);
  return (std::max(config_.memory_bytes, 4 * largest) + page_bytes - 1) / page_bytes * page_bytes;
}

Record LocalStore::record_of(const PutMessage& message) {
  return {.queue_id = message.queue_id,
          .flag = message.flag,
          .sys_flag = message.sys_flag,
          .born_timestamp = message.born_timestamp,
          .born_host = message.born_host,
          .store_host = store_host_,
          .reconsume_times = message.reconsume_times,
          .prepared_transaction_offset = message.prepared_transaction_offset,
          .body = message.body,
          .topic = message.topic,
          .properties = message.properties};
}

// Whatever recovery would not accept must not be taken: it would end the log there.
result<std::size_t, PutStatus> LocalStore::bytes_of(std::span<const PutMessage> batch) const {
  if (!writable()) return PutStatus::service_not_available;
  std::size_t bytes = 0;
  for (const PutMessage& message : batch) {
    invariant(message.topic == batch[0].topic && message.queue_id == batch[0].queue_id,
              "a batch is of one topic and queue");
    if (message.properties.size() > model::message::properties_bytes_max)
      return PutStatus::properties_size_exceeded;
    if (message.body.size() > config_.message_bytes_max) return PutStatus::message_illegal;
    if ((message.sys_flag & v6_bits) != 0 || message.born_host.v6 || message.prepared_transaction_offset < 0)
      return PutStatus::message_illegal;
    const std::size_t size = record_bytes(message);
    if (size > config_.message_bytes_max + record_extra_bytes_max) return PutStatus::message_illegal;
    bytes += size;
  }
  if (batch.empty() || batch[0].queue_id < 0 || !model::message::check_topic(batch[0].topic))
    return PutStatus::message_illegal;
  if (!log_.fits(bytes)) return PutStatus::message_illegal;
  return bytes;
}

result<Placed, PutStatus> LocalStore::append(std::span<const PutMessage> batch) {
  const auto bytes = bytes_of(batch);
  if (!bytes) return bytes.error();
  if (!log_.has_room(*bytes)) {  // the disk is far behind
    write_to_ = log_.end();
    commit_wake_.wake_all(runtime_.tasks);
    return PutStatus::service_not_available;
  }

  const bool idle = log_.end() == log_.durable();
  ConsumeQueue& queue = queues_.find_or_make(batch[0].topic, batch[0].queue_id);
  Placed placed{.queue_offset = queue.next, .store_timestamp = log_.stamp(runtime_.clock.wall_now())};
  auto [at, into] = log_.take_room(*bytes);
  placed.physical.reserve(batch.size());
  for (const PutMessage& message : batch) {
    const bool in_queue = sys_flag::in_queue(message.sys_flag);
    Record record = record_of(message);
    record.physical_offset = value(at);
    record.queue_offset = in_queue ? value(queue.next) : 0;
    record.store_timestamp = placed.store_timestamp;
    const auto size = static_cast<std::int32_t>(write_record(record, into));
    into = into.subspan(static_cast<std::size_t>(size));
    if (in_queue) {
      pending_.push_back({&queue, queue.next, {value(at), size, tags_code_of(record, config_.delay_levels)}});
      queue.next = queue.next + 1;
    }
    placed.physical.push_back(at);
    at = at + size;
  }
  placed.end = at;
  invariant(at == log_.end(), "the records take the room that was taken for them");
  if (!sync_flush()) answer_wake_.wake_all(runtime_.tasks);
  if (write_due()) commit_wake_.wake_all(runtime_.tasks);
  if (idle) sync_wake_.wake_all(runtime_.tasks);
  return placed;
}

void LocalStore::when_stored(PhysicalOffset end, bool wait_for_sync, std::function<void(PutStatus)> done) {
  if (stopped_) return done(PutStatus::service_not_available);
  if (!sync_flush() || !wait_for_sync) {
    for_write_.add(end, runtime::Instant::never(), std::move(done));
  } else {
    for_sync_.add(end, runtime_.clock.now() + config_.sync_flush_timeout, std::move(done));
    watch_deadlines();
  }
  if (answers_due()) answer_wake_.wake_all(runtime_.tasks);
}

GetResult LocalStore::get(std::string_view topic, std::int32_t queue_id, QueueOffset from,
                          std::int32_t max_messages, const EntryFilter& filter) {
  const QueuePtr queue = queues_.find(topic, queue_id);
  if (!queue) return {.status = GetStatus::no_matched_logic_queue};
  return reader_.get(*queue, from, max_messages, filter);
}

QueueOffset LocalStore::min_offset(std::string_view topic, std::int32_t queue_id) const {
  const ConsumeQueue* const queue = queues_.find(topic, queue_id);
  return queue ? queue->min() : QueueOffset{0};
}

QueueOffset LocalStore::max_offset(std::string_view topic, std::int32_t queue_id) const {
  const ConsumeQueue* const queue = queues_.find(topic, queue_id);
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
  if (at < log_.begin() || at >= visible_) return {};
  return reader_.record_at(at, 0);
}

std::vector<std::pair<std::string, std::int32_t>> LocalStore::queues() const {
  std::vector<std::pair<std::string, std::int32_t>> names;
  for (const QueuePtr& queue : queues_.all()) names.emplace_back(queue->topic(), queue->id());
  return names;
}

}  // namespace gantry::broker::store
