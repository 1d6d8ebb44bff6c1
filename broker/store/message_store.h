#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "broker/store/modes.h"
#include "broker/store/offsets.h"
#include "broker/store/put_status.h"
#include "model/base/bytes.h"
#include "model/base/result.h"
#include "model/delivery/pulls.h"
#include "model/message/host.h"
#include "runtime/runtime.h"

namespace gantry::broker::store {

/// 1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h.
inline std::vector<runtime::Duration> default_delay_levels() {
  using namespace std::chrono_literals;
  return {1s,   5s,   10s,  30s,  1min,  2min,  3min,  4min, 5min,
          6min, 7min, 8min, 9min, 10min, 20min, 30min, 1h,   2h};
}

/// The store's part of RocketMQ's broker configuration, by its defaults.
struct StoreConfig {
  std::string root = "store";                          ///< storePathRootDir
  std::uint64_t commit_log_file_bytes = 1u << 30;      ///< mappedFileSizeCommitLog
  std::uint64_t consume_queue_file_bytes = 6'000'000;  ///< mappedFileSizeConsumeQueue
  FlushMode flush = FlushMode::async_flush;            ///< flushDiskType
  ReplicaMode replicas = ReplicaMode::alone;
  runtime::Duration flush_interval = std::chrono::milliseconds(500);  ///< flushIntervalCommitLog
  runtime::Duration sync_flush_timeout = std::chrono::seconds(5);     ///< syncFlushTimeout
  std::uint32_t message_bytes_max = 4u << 20;                         ///< maxMessageSize, of a body
  /// Of the log's newest part that are kept in memory; at least four of the largest messages, whatever this
  /// says.
  std::uint64_t memory_bytes = 64u << 20;
  /// How many bytes before the end of the log a message still counts as recent, with larger limits for one
  /// get(): accessMessageInMemoryMaxRatio of the machine's memory.
  std::int64_t recent_bytes = std::int64_t{4} << 30;
  /// messageDelayLevel, level 1 first: a message in the schedule topic is filed by its delivery time.
  std::vector<runtime::Duration> delay_levels = default_delay_levels();
  std::size_t open_files_max = 256;  ///< that are kept open, used or not
  runtime::Endpoint store_host;      ///< brokerIP1:listenPort, IPv4 in dots
};

/// One message to store. The views are read before append() returns.
struct PutMessage {
  std::string_view topic;
  std::int32_t queue_id = 0;
  std::int32_t flag = 0;
  std::int32_t sys_flag = 0;  ///< without IPv6 bits, else message_illegal
  std::int64_t born_timestamp = 0;
  model::message::Host born_host;  ///< of IPv4, else message_illegal
  std::int32_t reconsume_times = 0;
  std::int64_t prepared_transaction_offset = 0;
  Bytes body;
  std::string_view properties;  ///< as they are to be stored (without WAIT, with CLUSTER)
};

/// Where messages were put: queue offsets are consecutive from the first.
struct Placed {
  QueueOffset queue_offset{};                                  ///< of the first message
  boost::container::small_vector<PhysicalOffset, 1> physical;  ///< one per message
  PhysicalOffset end{};                                        ///< after the last record: what to wait for
  std::int64_t store_timestamp = 0;
};

using model::delivery::GetStatus;

/// What a read from a queue brings, as upstream GetMessageResult. Records lie one after another in `records`.
struct GetResult {
  GetStatus status{};
  QueueOffset next_begin{};
  QueueOffset min{};
  QueueOffset max{};
  Buffer records;
  std::int32_t count = 0;
};

/// What a queue entry must have to be returned; the tags code is that of the stored message.
using EntryFilter = std::function<bool(std::int64_t tags_code)>;

class Projection;

/// All messages of one broker, and where they lie in their queues.
///
///     append() --> the tail, which a kill leaves --write--> file --sync--> durable
///                    |                                                       |
///       async_flush: +---> consume queues, visible to get(), on_arrival() <--+ :sync_flush
///
/// The commit log is the only truth. Consume queues are derived from it: a start holds their files against
/// it, and makes them anew where the two do not agree. Invariant: what when_stored() has reported as `ok` is
/// read back unchanged after a kill of the process, and with sync_flush and `wait_for_sync` also after a loss
/// of power. After a failed sync nothing more is acknowledged: the store is fenced until it is opened again.
class MessageStore {
 public:
  /// Takes the lock of the folder, recovers, and starts the store's fibers. `locked` runs when the lock is
  /// held and before the recovery, so that no process changes the folder meanwhile. Its error ends the call.
  /// `projections` are fed beside the consume queues; they outlive the store.
  /// Errors: `in_use` (another process holds it), `denied`, `no_space`, `io`, `invalid` (a file of
  /// another size than configured; `detail` names the rule), those of `locked`.
  static Result<std::unique_ptr<MessageStore>> open(runtime::Runtime runtime, StoreConfig config,
                                                    const std::function<Result<void>()>& locked = {},
                                                    std::span<Projection* const> projections = {});
  virtual ~MessageStore() = default;  // stop() has returned, or the node is gone

  /// Puts messages of one topic and queue one after another into the log's tail: all or none.
  /// Never suspends. See when_stored() for what that is worth.
  virtual boost::system::result<Placed, PutStatus> append(std::span<const PutMessage> batch) = 0;

  /// Reports once when everything below `end` outlives a kill of the process (and, with sync_flush and
  /// `wait_for_sync`, a loss of power), or why that will not be known. By then it is visible, except with
  /// sync_flush and without `wait_for_sync`. In order of `end`. Call it before the fiber that appended
  /// suspends. With replicas it also waits for enough of them. `done` must not suspend; it runs on a fiber of
  /// the store, or at once after stop().
  virtual void when_stored(PhysicalOffset end, bool wait_for_sync, std::function<void(PutStatus)> done) = 0;

  /// Reads from a queue. At most `max_messages`, and no more than one read may bring
  /// (upstream DefaultMessageStore.isTheBatchFull: less of what is old); at least one
  /// message when there is one that passes `filter` (none = all). May suspend for the disk.
  virtual GetResult get(std::string_view topic, std::int32_t queue_id, QueueOffset from,
                        std::int32_t max_messages, const EntryFilter& filter) = 0;

  /// The offset of the queue's first message that is still there; 0 for a queue that does not exist.
  virtual QueueOffset min_offset(std::string_view topic, std::int32_t queue_id) const = 0;
  /// The offset that the queue's next visible message will have; 0 for a queue that does not exist.
  virtual QueueOffset max_offset(std::string_view topic, std::int32_t queue_id) const = 0;
  /// The offset of the message whose store timestamp is nearest to `timestamp` (ms since 1970), as upstream
  /// ConsumeQueue.getOffsetInQueueByTime; 0 for a queue that does not exist. May suspend.
  virtual QueueOffset offset_by_time(std::string_view topic, std::int32_t queue_id,
                                     std::int64_t timestamp) = 0;
  /// Store timestamp of the message at a queue offset; nothing if there is none. May suspend.
  virtual std::optional<std::int64_t> store_time_at(std::string_view topic, std::int32_t queue_id,
                                                    QueueOffset at) = 0;
  /// The whole record that starts there; nothing if none does. May suspend.
  virtual std::optional<Buffer> record_at(PhysicalOffset at) = 0;

  /// Where the log begins, in bytes from its first start.
  virtual PhysicalOffset min_physical_offset() const = 0;
  /// Up to where the log is visible.
  virtual PhysicalOffset max_physical_offset() const = 0;
  /// Bytes that were acknowledged, or are about to be, and are not visible yet.
  virtual std::int64_t dispatch_behind_bytes() const = 0;
  /// Bytes that were acknowledged, or are about to be, and are not durable yet.
  virtual std::int64_t flush_behind_bytes() const = 0;
  /// Whether messages are taken: the store runs, and its disk has not failed.
  virtual bool writable() const = 0;

  /// Called for each message that became visible: queue, its offset + 1, tags code. Must not suspend.
  using Arrival = std::function<void(std::string_view topic, std::int32_t queue_id, QueueOffset next,
                                     std::int64_t tags_code)>;
  /// Sets what is called for each arrival, in the place of what was set before.
  virtual void on_arrival(Arrival callback) = 0;

  /// Removes the queues of a topic: gone at once for everybody, then from the disk (suspends). The
  /// log keeps the records until retention takes them. A topic of that name begins again at 0. After
  /// a crash queues of a deleted topic may be back: who knows the topics deletes them again. One that was
  /// made again by then cannot be told from the old one until its first message comes: after a crash
  /// before that its old messages are back, as in RocketMQ.
  virtual void delete_topic(std::string_view topic) = 0;
  /// Queues that exist, in ascending order of topic and id.
  virtual std::vector<std::pair<std::string, std::int32_t>> queues() const = 0;

  /// Takes whole records, and the blanks between them, as another broker has laid them out for `at`, which is
  /// where the log ends. All or none are taken; never suspends. When they are visible, when_stored() tells.
  /// Errors: `invalid` (they are not for that place, or do not continue their queues), `busy` (the disk lags,
  /// or memory is full), `stopped` (the store is not writable).
  virtual Result<void> append_raw(PhysicalOffset at, Bytes records) = 0;
  /// Takes away every record from `to` on, which is where a record begins or ends, as if it had never been
  /// there: from the log, and from all that is derived from it. Those who wait for a record get
  /// `service_not_available`. Durable when it returns; after a crash in the middle the log ends somewhere
  /// between `to` and its old end. Nothing is taken meanwhile. Suspends; not from a fiber or callback of the
  /// store. Errors: `invalid` (no record begins there), and nothing has changed; `stopped` (not writable, or
  /// a sync fails meanwhile), `busy` (something below `to` could not be written) and those of the disk: the
  /// store, if it was writable, has to be stopped and opened again.
  virtual Result<void> truncate(PhysicalOffset to) = 0;

  /// Breaks an invariant when the log or something that is derived from it contradicts itself. Never
  /// suspends.
  virtual void check_invariants() const = 0;
  /// Holds everything that is derived from the log against the whole log; says what differs, and nothing when
  /// all is well. For tests and audits: it reads everything, and nothing may be appended meanwhile. Suspends.
  /// Errors: those of the disk.
  virtual Result<std::string> compare_with_rebuild() = 0;

  /// Writes and syncs what is left, removes `abort`, ends the store's fibers, frees the lock. Those
  /// who still wait get `service_not_available`. Errors: what is left was not all written or synced;
  /// then `abort` stays and the next start recovers. Never from a fiber or callback of the store.
  virtual Result<void> stop() = 0;
};

}  // namespace gantry::broker::store
