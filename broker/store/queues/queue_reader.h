#pragma once

#include <optional>
#include <set>
#include <vector>

#include "broker/store/log/commit_log.h"
#include "broker/store/message_store.h"
#include "broker/store/queues/consume_queue.h"
#include "runtime/log.h"

namespace gantry::broker::store::queues {

/// Reads messages by their places in a queue. Everything may suspend; the queue is the caller's to
/// keep (a QueuePtr) meanwhile.
class QueueReader {
 public:
  QueueReader(const log::CommitLog& log, std::int64_t recent_bytes, runtime::Events& events)
      : log_(log), recent_bytes_(recent_bytes), events_(events) {}

  /// MessageStore::get() of a queue that exists.
  GetResult get(const ConsumeQueue& queue, QueueOffset from, std::int32_t max_messages,
                const EntryFilter& filter) const;
  /// MessageStore::offset_by_time().
  QueueOffset offset_by_time(const ConsumeQueue& queue, std::int64_t timestamp) const;
  /// Of the message at that offset; nothing if there is none or it cannot be read.
  std::optional<std::int64_t> store_time_at(const ConsumeQueue& queue, QueueOffset at) const;
  /// The whole record there, checked; nothing if none starts there. `bytes` 0 = whatever it has.
  std::optional<Buffer> record_at(PhysicalOffset at, std::size_t bytes) const;

 private:
  /// An entry that was picked, with the offset that its message must have.
  struct Pick {
    QueueOffset at;
    ConsumeQueue::Entry entry;
  };
  /// Which entries one call looks at and takes, and where the next one begins.
  struct Picks {
    std::vector<Pick> taken;
    QueueOffset next;
  };
  Picks pick(std::span<const ConsumeQueue::Entry> entries, QueueOffset from, std::int32_t max_messages,
             const EntryFilter& filter) const;
  /// Appends the records that are what their entries say. False: the disk failed at `result.next_begin`.
  bool collect(const ConsumeQueue& queue, const std::vector<Pick>& picks, GetResult& result) const;
  /// Tells the operator that readers pass over a message whose bytes are not there or not its own.
  void complain(const ConsumeQueue& queue, const Pick& pick) const;

  const log::CommitLog& log_;
  std::int64_t recent_bytes_;
  runtime::Events& events_;
  mutable std::set<std::int64_t> complained_;  // places that the log has named
  mutable runtime::Complaint unreadable_;
};

}  // namespace gantry::broker::store::queues
