#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/store/offsets.h"
#include "broker/store/open_files.h"
#include "model/layout/consume_queue.h"
#include "runtime/disk.h"

namespace gantry::broker::store::queues {

/// The files of one consume queue: `consumequeue/<topic>/<id>/<20 digits>`, entry n at byte n * 20.
/// A file has its full size from the moment that its name is there; after the last entry it is zero.
/// What they say is never more than a hint: the commit log decides. Everything may suspend.
class QueueFiles {
 public:
  QueueFiles(runtime::Disk& disk, OpenFiles& open_files, const std::string& root, std::string_view topic,
             std::int32_t queue_id, std::uint64_t file_bytes);

  /// Finds the files. After a crash a file of another size gets the right one; otherwise that is an
  /// error. Errors: `invalid`, those of the disk. False: files are missing in between.
  Result<bool> load(bool after_crash);

  /// The entries for which there is room in the files.
  QueueOffset begin() const { return begin_; }
  QueueOffset limit() const { return begin_ + count_ * entries_per_file_; }
  bool empty() const { return count_ == 0; }
  QueueOffset next_file(QueueOffset at) const {
    return QueueOffset{(value(at) / entries_per_file_ + 1) * entries_per_file_};
  }

  /// Entries from there on, at most `most`, and none of the next file.
  /// Errors: `not_found` (no such file), `io`.
  Result<std::vector<model::layout::QueueEntry>> read(QueueOffset from, std::size_t most) const;
  /// Writes entries as append_entries() lays them out, making files where needed; the first file of a queue
  /// that begins in its middle is filled up to there.
  Result<void> write(QueueOffset at, Bytes entries);
  /// Zero from there on: no entry that was cut comes back.
  Result<void> cut(QueueOffset to);
  /// Removes the files that hold nothing from `first` on, but never the last one. Durable after the next
  /// sync().
  Result<void> remove_before(QueueOffset first);
  /// Makes durable what was written, and the names.
  Result<void> sync();
  /// Removes files and folder.
  Result<void> remove();

 private:
  std::string path_of(QueueOffset file) const;
  QueueOffset file_of(QueueOffset at) const {
    return QueueOffset{value(at) / entries_per_file_ * entries_per_file_};
  }
  Result<void> create(QueueOffset file);
  Result<void> write_pieces(QueueOffset at, std::span<const Bytes> pieces);
  void touch(QueueOffset file);

  runtime::Disk& disk_;
  OpenFiles& open_files_;
  std::string root_;
  std::string topic_folder_;
  std::string folder_;
  std::int64_t entries_per_file_;
  QueueOffset begin_{};
  std::int64_t count_ = 0;
  std::vector<QueueOffset> unsynced_;  // files, ascending
  bool names_unsynced_ = false;
};

}  // namespace gantry::broker::store::queues
