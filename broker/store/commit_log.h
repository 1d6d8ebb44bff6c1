#pragma once

#include <cstdint>

#include "broker/store/log_files.h"
#include "broker/store/offsets.h"
#include "broker/store/tail.h"
#include "runtime/clock.h"

namespace gantry::broker::store {

/// Every message of one broker, in order of arrival.
///
///     | record | record | record | record | in memory |
///                       ^        ^        ^           ^
///                 durable()   written()  being      end()
///                                        written
///
/// One fiber calls write(), take_back() and heal(), one calls sync(); any fiber appends and reads.
/// Invariant: whatever crashes, a record below durable() reads back unchanged; when the process is
/// killed, one below written().
class CommitLog {
 public:
  /// `files` must outlive the log.
  CommitLog(LogFiles& files, std::size_t memory_bytes) : files_(files), tail_(memory_bytes) {}

  /// Begins behind what recovery found, all of it durable; `stamp` is that of the last record.
  void continue_at(PhysicalOffset end, std::int64_t stamp);

  PhysicalOffset begin() const { return files_.empty() ? end_ : files_.begin(); }
  PhysicalOffset end() const { return end_; }
  PhysicalOffset written() const { return written_; }
  PhysicalOffset durable() const { return durable_; }
  /// Store timestamps of the last records below written() and durable().
  std::int64_t written_stamp() const { return written_stamp_; }
  std::int64_t durable_stamp() const { return durable_stamp_; }
  /// What lies from here on is in memory.
  PhysicalOffset memory_begin() const { return tail_.begin(written_); }

  /// The next store timestamp: the wall time, but never before the last one.
  std::int64_t stamp(runtime::WallTime now);
  /// Whether records of so many bytes in all fit into a file.
  bool fits(std::size_t bytes) const;
  /// Takes room for records that stay together in one file: fills the rest of the current file with
  /// a blank when they do not fit there. Fill `into` before the next suspension.
  struct Room {
    PhysicalOffset at;
    std::span<std::byte> into;
  };
  Room take_room(std::size_t bytes);

  /// Writes what has been appended before the call. After an error nothing of it counts as written;
  /// call take_back(). Errors: `no_space`, `io`, `gone`.
  Result<void> write();
  /// Forgets what is not written: the next record begins at written() again.
  void take_back();
  /// After take_back(): makes sure that a failed write left nothing behind, and that one is possible
  /// again. Errors: as write().
  Result<void> heal();
  /// What was written before the call is durable when it returns. After an error nothing more ever
  /// is: a second sync may succeed although the bytes of the first are lost. Errors: `io`, `gone`.
  Result<void> sync();

  /// Bytes of a record that are in memory, or nothing. Valid until the next suspension or append.
  Bytes in_memory(PhysicalOffset at, std::size_t bytes) const { return tail_.find(at, bytes); }
  /// Reads below written(); from the disk. May suspend; fewer bytes only at the log's last file's end.
  Result<std::size_t> read(PhysicalOffset at, std::span<std::byte> into) const {
    return files_.read(at, into);
  }
  const LogFiles& files() const { return files_; }

 private:
  LogFiles& files_;
  Tail tail_;
  PhysicalOffset end_{};
  PhysicalOffset written_{};
  PhysicalOffset durable_{};
  PhysicalOffset failed_end_{};  // up to here a failed write may have left something
  std::int64_t stamp_ = 0;
  std::int64_t written_stamp_ = 0;
  std::int64_t durable_stamp_ = 0;
};

}  // namespace gantry::broker::store
