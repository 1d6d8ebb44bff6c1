#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include "broker/store/offsets.h"
#include "broker/store/queues/queue_files.h"
#include "model/layout/consume_queue.h"

namespace gantry::broker::store::queues {

/// Where the messages of one queue lie in the commit log.
///
///     | entries in files ............... | not written yet |
///     ^ min()        | recent, in memory ................. | given out, not yet visible |
///                                                          ^ max()                      ^ next
///
/// Entries become visible by push() in memory, and are written later. Shared, so that whoever suspends while
/// he uses a queue need not fear its removal.
class ConsumeQueue : public boost::intrusive_ref_counter<ConsumeQueue, boost::thread_unsafe_counter> {
 public:
  using Entry = model::layout::QueueEntry;

  ConsumeQueue(std::string topic, std::int32_t id, QueueFiles files)
      : topic_(std::move(topic)), id_(id), files_(std::move(files)) {}

  const std::string& topic() const { return topic_; }
  std::int32_t id() const { return id_; }
  QueueOffset min() const { return min_; }
  QueueOffset max() const { return max_; }
  /// The offset that the next message put into the queue gets.
  QueueOffset next{};
  /// The queue was removed: nobody finds it any more, and nothing of it is written.
  bool removed = false;
  /// A start has applied a record of the queue.
  bool replayed = false;

  /// Makes one more entry visible, at max().
  void push(const Entry& entry) {
    recent_.push_back(entry);
    max_ = max_ + 1;
  }
  /// Begins again, empty, at that offset. What lies in the files is the caller's to cut.
  void restart(QueueOffset at);
  /// Takes what the files hold as visible and written.
  void adopt(QueueOffset min, QueueOffset max);
  void raise_min(QueueOffset to) { min_ = std::max(min_, std::min(to, max_)); }
  /// Forgets entries from there on that are in memory. Those in the files are the caller's to cut.
  void forget_from(QueueOffset to);

  /// Entries from there on that are in memory; empty when the first of them is not. They are valid until the
  /// next suspension.
  std::span<const Entry> recent(QueueOffset from) const;
  /// The offset of the first entry in memory; max() when there is none.
  QueueOffset recent_begin() const { return max_ + -static_cast<std::int64_t>(recent_.size() - dropped_); }
  /// Entries from there on, `most` at most, fewer at the end of a file. `from` is below max().
  /// May suspend. Errors: those of QueueFiles::read.
  Result<std::vector<Entry>> read(QueueOffset from, std::size_t most) const;

  std::int64_t unwritten_entries() const { return max_ - written_; }
  /// Writes what is visible to the files, `most` entries at most; then QueueFiles::sync() makes them durable.
  /// Suspends. One call at a time. Errors: those of QueueFiles::write.
  Result<void> write_out(std::size_t most = SIZE_MAX);
  /// Forgets entries in memory that are written and point below `floor`.
  void trim(PhysicalOffset floor);

  QueueFiles& files() { return files_; }
  const QueueFiles& files() const { return files_; }

  /// Breaks an invariant when the offsets or the entries in memory contradict each other.
  void check_invariants() const;

 private:
  std::string topic_;
  std::int32_t id_;
  QueueFiles files_;
  QueueOffset min_{};
  QueueOffset max_{};
  QueueOffset written_{};      // entries below are in the files
  std::vector<Entry> recent_;  // the first `dropped_` of them are no more
  std::size_t dropped_ = 0;
};

using QueuePtr = boost::intrusive_ptr<ConsumeQueue>;

}  // namespace gantry::broker::store::queues
