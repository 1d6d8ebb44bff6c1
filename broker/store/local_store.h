#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "broker/store/checkpoint_file.h"
#include "broker/store/dispatcher.h"
#include "broker/store/flusher.h"
#include "broker/store/log/log.h"
#include "broker/store/message_store.h"
#include "broker/store/open_files.h"
#include "broker/store/queues/consume_queues.h"
#include "broker/store/queues/queue_reader.h"
#include "broker/store/sequencer.h"

namespace gantry::broker::store {

/// The store on this node's own disk: joins the log with what is derived from it.
///
///     Sequencer --> Log --visible--> Dispatcher --> ConsumeQueues, further projections
///                    ^                                  |
///     QueueReader ---+----------------------------------+      Flusher: projections and checkpoint to the
///     disk
class LocalStore final : public MessageStore {
 public:
  LocalStore(runtime::Runtime runtime, StoreConfig config, model::message::Host store_host,
             std::unique_ptr<runtime::FileLock> lock, std::span<Projection* const> projections);

  /// Loads, recovers, starts the fibers. Suspends. Errors: see MessageStore::open().
  Result<void> start();

  boost::system::result<Placed, PutStatus> append(std::span<const PutMessage> batch) override {
    return sequencer_.append(batch);
  }
  Result<void> append_raw(PhysicalOffset at, Bytes records) override {
    return sequencer_.append_raw(at, records);
  }
  void when_stored(PhysicalOffset end, bool wait_for_sync, std::function<void(PutStatus)> done) override;
  GetResult get(std::string_view topic, std::int32_t queue_id, QueueOffset from, std::int32_t max_messages,
                const EntryFilter& filter) override;
  QueueOffset min_offset(std::string_view topic, std::int32_t queue_id) const override;
  QueueOffset max_offset(std::string_view topic, std::int32_t queue_id) const override;
  QueueOffset offset_by_time(std::string_view topic, std::int32_t queue_id, std::int64_t timestamp) override;
  std::optional<std::int64_t> store_time_at(std::string_view topic, std::int32_t queue_id,
                                            QueueOffset at) override;
  std::optional<Buffer> record_at(PhysicalOffset at) override;
  PhysicalOffset min_physical_offset() const override { return log_.bytes().begin(); }
  PhysicalOffset max_physical_offset() const override { return dispatcher_.applied().at; }
  std::int64_t dispatch_behind_bytes() const override;
  std::int64_t flush_behind_bytes() const override;
  bool writable() const override { return log_.writable(); }
  void on_arrival(Arrival callback) override { queues_.on_arrival(std::move(callback)); }
  void delete_topic(std::string_view topic) override;
  std::vector<std::pair<std::string, std::int32_t>> queues() const override;
  Result<void> truncate(PhysicalOffset to) override;
  void check_invariants() const override;
  Result<std::string> compare_with_rebuild() override { return dispatcher_.compare_with_rebuild(); }
  Result<void> stop() override;

 private:
  std::string path(std::string_view name) const { return config_.root + "/" + std::string(name); }
  Result<bool> crashed_before();
  /// From here on files change: until a clean stop, the next start has to look closely.
  Result<void> mark_running();
  /// Everything is as the log says, and new messages may come.
  Result<void> begin_at(log::Mark end, bool changed);
  /// Whether a record, or the blank that ends a file, begins there.
  Result<bool> is_border(PhysicalOffset at) const;

  runtime::Runtime runtime_;
  const StoreConfig config_;
  std::unique_ptr<runtime::FileLock> lock_;
  OpenFiles open_files_;
  CheckpointFile checkpoint_;
  Dispatcher dispatcher_;
  log::Log log_;
  queues::ConsumeQueues queues_;
  queues::QueueReader reader_;
  Sequencer sequencer_;
  Flusher flusher_;
  bool stopped_ = false;
};

}  // namespace gantry::broker::store
