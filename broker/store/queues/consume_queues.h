#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/store/log/log_files.h"
#include "broker/store/message_store.h"
#include "broker/store/open_files.h"
#include "broker/store/projection.h"
#include "broker/store/queues/queue_table.h"
#include "runtime/log.h"
#include "runtime/runtime.h"
#include "runtime/sync/mutex.h"

namespace gantry::broker::store::queues {

/// The consume queues: the projection that says which messages a queue has, and where they lie in the log.
///
///     log    | ....... durable, queues synced ....... | applied by a start: every record checked |
///            ^ begin                                  ^ load(until)    put into its queue        ^ end
///     queue  | kept, the last entry checked ......... | cut, made again from the log             |
///
/// A queue that does not end where the log goes on is not repaired: all queues are made anew.
class ConsumeQueues final : public Projection {
 public:
  /// What is handed in outlives the queues. `memory_begin` says from where on the log is in memory: entries
  /// that point there stay in memory, too.
  ConsumeQueues(runtime::Runtime runtime, OpenFiles& open_files, const StoreConfig& config,
                const log::LogFiles& log_files, std::function<PhysicalOffset()> memory_begin);

  // For who appends and who reads.

  /// Null when there is none. Hold it as a QueuePtr across suspensions.
  ConsumeQueue* find(std::string_view topic, std::int32_t id) const { return table_.find(topic, id); }
  /// What the next message put into that queue gets; 0 for one that does not exist.
  QueueOffset next_offset(std::string_view topic, std::int32_t id) const;
  /// All queues, in ascending order of topic and id.
  std::vector<QueuePtr> all() const { return table_.all(); }
  /// Is called for each message that became visible; see MessageStore::on_arrival().
  void on_arrival(MessageStore::Arrival callback) { arrival_ = std::move(callback); }
  /// See MessageStore::delete_topic(). `log_end`: what was appended to the topic below is in no queue.
  /// Suspends.
  void remove_topic(std::string_view topic, PhysicalOffset log_end);

  std::string_view name() const override { return "queues"; }
  void appended(std::span<const model::layout::Record> records) override;
  void taken_back() override;
  void apply(std::span<const model::layout::Record> records) override;
  Result<std::optional<log::Mark>> load(std::optional<PhysicalOffset> until,
                                        std::optional<Durable> noted) override;
  Result<Verdict> examine(const model::layout::Record& record, bool whole) override;
  Result<void> relieve() override;
  Result<void> ready() override;
  Result<void> clear() override;
  Result<std::optional<log::Mark>> truncate(PhysicalOffset to) override;
  Result<void> flush(log::Mark applied) override;
  Durable durable() const override { return durable_; }
  Result<void> expire(PhysicalOffset floor) override;
  std::unique_ptr<Rebuild> rebuild() override;
  void check_invariants() const override;

 private:
  /// How many entries all queues have had, those that have expired too.
  std::int64_t count() const;
  /// How many the files hold below `mark`, whatever they are.
  Result<std::int64_t> count_below(log::Mark mark) const;
  /// Keeps the entries of all queues below `until`. False when one of them cannot be right.
  Result<bool> settle_all(std::optional<PhysicalOffset> until);
  /// Keeps the entries below `until`. False when the last of them is not what the log holds.
  Result<bool> settle(ConsumeQueue& queue, std::optional<PhysicalOffset> until, bool cut);
  Result<void> cut(ConsumeQueue& queue, PhysicalOffset to);
  /// Whether the last entry is what the log holds; notes where the log goes on after it.
  Result<bool> check_last(ConsumeQueue& queue);
  Result<void> write_in_turns(ConsumeQueue& queue);
  Result<void> remove_files(std::string_view topic, const std::vector<QueuePtr>& queues);
  bool was_removed(const model::layout::Record& record) const;

  runtime::Runtime runtime_;
  const StoreConfig& config_;
  const log::LogFiles& log_files_;
  std::function<PhysicalOffset()> memory_begin_;
  QueueTable table_;
  MessageStore::Arrival arrival_;
  runtime::sync::Mutex files_mutex_;  // who writes or removes files of queues
  std::optional<bool> found_;         // load() has looked for the files, and whether none was missing
  log::Mark end_;                     // of the last record that a loaded queue knows
  Durable durable_;
  // Topics that were deleted, and the log's end then: records below it are not theirs any more.
  std::map<std::string, PhysicalOffset, std::less<>> removed_;
};

}  // namespace gantry::broker::store::queues
