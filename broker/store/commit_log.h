#pragma once

#include <cstdint>
#include <memory>

#include "broker/store/log_files.h"
#include "broker/store/offsets.h"
#include "broker/store/tail.h"
#include "broker/store/tail_file.h"
#include "runtime/clock.h"

namespace gantry::broker::store {

/// Every message of one broker, in order of arrival.
///
///     | in files, synced | in files | in the tail's memory alone      |
///     | record | record | record | record | record | record | record |
///                        ^          ^                       ^        ^
///                    durable()   written()               kept()    end()
///
/// One fiber calls write(), one calls sync(); any fiber appends and reads.
/// Invariant: whatever crashes, a record below durable() reads back unchanged; when the process is
/// killed, one below kept(). What lies behind kept() is as safe, but so much of it is in no file yet that
/// whoever sent it has to wait: nobody may fill memory faster than the disk empties it.
class CommitLog {
 public:
  /// `files` must outlive the log.
  explicit CommitLog(LogFiles& files) : files_(files) {}

  /// Begins behind what recovery found, all of it durable; `stamp` is that of the last record, and `tail`
  /// was made for that end. Its ring has room for what take_room() is asked for four times.
  void continue_at(PhysicalOffset end, std::int64_t stamp, std::unique_ptr<TailFile> tail);

  PhysicalOffset begin() const { return files_.empty() ? tail_.begin() : files_.begin(); }
  PhysicalOffset end() const { return end_; }
  PhysicalOffset kept() const { return kept_; }
  PhysicalOffset written() const { return written_; }
  PhysicalOffset durable() const { return durable_; }
  /// Store timestamps of the last records below kept() and durable().
  std::int64_t kept_stamp() const { return kept_stamp_; }
  std::int64_t durable_stamp() const { return durable_stamp_; }
  /// What lies from here on is in memory.
  PhysicalOffset memory_begin() const { return tail_.begin(); }

  /// The next store timestamp: the wall time, but never before the last one.
  std::int64_t stamp(runtime::WallTime now);
  /// Whether records of so many bytes in all fit into a file, and into memory once it is free.
  bool fits(std::size_t bytes) const;
  /// Whether there is memory for them now; write() makes some.
  bool has_room(std::size_t bytes) const;
  /// So much is in no file yet that it should be written.
  bool much_unwritten() const;
  /// Takes room for records that stay together in one file: fills the rest of the current file with
  /// a blank when they do not fit there. Fill `into` before the next suspension.
  struct Room {
    PhysicalOffset at;
    std::span<std::byte> into;
  };
  Room take_room(std::size_t bytes);

  /// Writes to the files what was kept before the call, and keeps what has been appended since. After an
  /// error that file's part does not count as written, and a later call writes it again. Errors: `no_space`,
  /// `io`, `gone`.
  Result<void> write();
  /// Forgets what is not kept: the next record begins at kept() again.
  void take_back();
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
  /// What a record of so many bytes leaves free at the end of the current file, when it does not fit there.
  std::int64_t left_before(std::size_t bytes) const;
  std::int64_t unwritten() const { return end_ - written_; }
  void keep();

  LogFiles& files_;
  std::unique_ptr<TailFile> tail_file_;
  Tail tail_;
  PhysicalOffset end_{};
  PhysicalOffset kept_{};
  PhysicalOffset written_{};
  PhysicalOffset durable_{};
  std::int64_t stamp_ = 0;
  std::int64_t kept_stamp_ = 0;
  std::int64_t written_stamp_ = 0;
  std::int64_t durable_stamp_ = 0;
};

}  // namespace gantry::broker::store
