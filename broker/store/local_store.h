#pragma once

#include <deque>
#include <memory>

#include "broker/store/commit_log.h"
#include "broker/store/message_store.h"
#include "broker/store/open_files.h"
#include "broker/store/queue_reader.h"
#include "broker/store/queue_table.h"
#include "broker/store/waiters.h"
#include "model/layout/checkpoint.h"
#include "model/layout/record.h"
#include "model/message/host.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/task_group.h"
#include "runtime/sync/timer_queue.h"
#include "runtime/sync/wait.h"

namespace gantry::broker::store {

/// The store on this node's own disk. Four fibers share the work:
///
///     answer: tells those who wait that their messages are kept, all of one turn at once
///     commit: writes the log's tail to its files: with sync_flush at once, else when it is much
///     sync:   makes it durable; with sync_flush at once, else every flush_interval
///     queues: writes the consume queues behind, syncs them, then moves the checkpoint
///
/// With async_flush the answer fiber makes messages visible; with sync_flush the sync fiber does, so that
/// nobody sees what a loss of power could still take.
class LocalStore final : public MessageStore {
 public:
  LocalStore(runtime::Runtime runtime, StoreConfig config, model::message::Host store_host,
             std::unique_ptr<runtime::FileLock> lock);

  /// Loads, recovers, starts the fibers. Suspends.
  Result<void> start();

  boost::system::result<Placed, PutStatus> append(std::span<const PutMessage> batch) override;
  void when_stored(PhysicalOffset end, bool wait_for_sync, std::function<void(PutStatus)> done) override;
  GetResult get(std::string_view topic, std::int32_t queue_id, QueueOffset from, std::int32_t max_messages,
                const EntryFilter& filter) override;
  QueueOffset min_offset(std::string_view topic, std::int32_t queue_id) const override;
  QueueOffset max_offset(std::string_view topic, std::int32_t queue_id) const override;
  QueueOffset offset_by_time(std::string_view topic, std::int32_t queue_id, std::int64_t timestamp) override;
  std::optional<std::int64_t> store_time_at(std::string_view topic, std::int32_t queue_id,
                                            QueueOffset at) override;
  std::optional<Buffer> record_at(PhysicalOffset at) override;
  PhysicalOffset min_physical_offset() const override { return log_.begin(); }
  PhysicalOffset max_physical_offset() const override { return visible_; }
  std::int64_t dispatch_behind_bytes() const override { return log_.kept() - visible_; }
  std::int64_t flush_behind_bytes() const override { return log_.kept() - log_.durable(); }
  bool writable() const override { return health_ == Health::good && !stopping_; }
  void on_arrival(Arrival callback) override { arrival_ = std::move(callback); }
  void delete_topic(std::string_view topic) override;
  std::vector<std::pair<std::string, std::int32_t>> queues() const override;
  Result<void> stop() override;

 private:
  enum class Health : std::uint8_t {
    good,
    unwritable,  ///< a write failed; tried again until it works
    fenced,      ///< a sync failed; nothing is taken any more
  };
  /// An entry that becomes visible with its record.
  struct Pending {
    QueuePtr queue;
    QueueOffset at;
    ConsumeQueue::Entry entry;
  };

  bool sync_flush() const { return config_.flush == FlushMode::sync_flush; }
  /// Of the ring that holds the log's tail.
  std::uint64_t tail_bytes() const;
  std::string path(std::string_view name) const { return config_.root + "/" + std::string(name); }

  // Start (store_start.cpp).
  Result<bool> crashed_before();
  Result<void> load_checkpoint();
  Result<void> recover(bool after_crash);
  Result<void> make_good_failed_sync(PhysicalOffset scanned_from, PhysicalOffset end);

  // Append (local_store.cpp).
  /// What the records of a batch take; the error: why it is not taken.
  boost::system::result<std::size_t, PutStatus> bytes_of(std::span<const PutMessage> batch) const;
  model::layout::Record record_of(const PutMessage& message);

  // Answer, commit and sync (store_fibers.cpp).
  void run_answer();
  void run_commit();
  void run_sync();
  /// Waits until flush_interval has gone by, and everything kept by then is written. False: the fiber ends.
  bool wait_for_flush();
  /// Up to here a message may still become durable.
  PhysicalOffset hope() const { return health_ == Health::fenced ? log_.durable() : log_.written(); }
  bool answers_due() const;
  bool write_due() const;
  void answer();
  /// Makes everything below `to` visible.
  void publish(PhysicalOffset to);
  /// Until the disk takes writes again. False: the fiber ends.
  bool wait_until_writable(const Error& why);
  void take_back();
  void fence(std::string_view what, const Error& why);
  void watch_deadlines();
  void wake_all();

  // Queues (store_queues.cpp).
  void run_queues();
  /// Writes and syncs all queues, then the checkpoint. Errors: those of the disk.
  Result<void> write_queues_behind();
  Result<void> write_in_turns(ConsumeQueue& queue);
  Result<void> remove_queues(std::string_view topic, const std::vector<QueuePtr>& queues);
  void drain();

  runtime::Runtime runtime_;
  const StoreConfig config_;
  const model::message::Host store_host_;
  std::unique_ptr<runtime::FileLock> lock_;
  OpenFiles open_files_;
  LogFiles log_files_;
  CommitLog log_;
  QueueTable queues_;
  QueueReader reader_;
  model::layout::Checkpoint checkpoint_;

  PhysicalOffset write_to_{};  // somebody waits until so much is written; at most the log's end
  PhysicalOffset visible_{};
  std::int64_t visible_stamp_ = 0;
  std::deque<Pending> pending_;  // appended, not yet visible
  Waiters for_write_;
  Waiters for_sync_;
  Arrival arrival_;

  Health health_ = Health::good;
  bool stopping_ = false;
  bool stopped_ = false;
  bool queues_dirty_ = false;
  bool queues_trusted_ = true;  // false after a failed sync of one: the checkpoint stands still
  bool deadline_watched_ = false;

  runtime::sync::Mutex queue_files_mutex_;  // who writes or removes files of queues
  runtime::sync::WaitList answer_wake_;
  runtime::sync::WaitList commit_wake_;
  runtime::sync::WaitList sync_wake_;
  runtime::sync::WaitList queues_wake_;
  runtime::sync::TimerQueue timers_;
  runtime::sync::TaskGroup fibers_;
};

}  // namespace gantry::broker::store
