#pragma once

#include <cstdint>
#include <memory>

#include "broker/store/log/log_files.h"
#include "broker/store/log/mark.h"
#include "broker/store/log/tail.h"
#include "broker/store/log/tail_file.h"
#include "broker/store/offsets.h"
#include "runtime/clock.h"

namespace gantry::broker::store::log {

/// The bytes of a log: its files, and the newest part in a ring of memory that a kill of the process leaves.
///
///     | in files, synced | in files | in the tail's memory alone      |
///     | record | record | record | record | record | record | record |
///                        ^          ^                       ^        ^
///                     durable    written               answerable   end
///
/// One fiber calls write(), one calls sync(); any fiber appends and reads.
/// Invariant: whatever crashes, a record below `durable` reads back unchanged; when the process is killed,
/// one below `end`. Between `answerable` and `end` so much is in no file yet that its senders have to wait:
/// nobody may fill memory faster than the disk empties it.
class CommitLog {
 public:
  /// `files` must outlive the log.
  explicit CommitLog(LogFiles& files) : files_(files) {}

  /// Begins at `end`, where the files end with everything durable; `tail` was made for that end. Its ring has
  /// room for four times what take_room() is asked for at once.
  void begin_at(Mark end, std::unique_ptr<TailFile> tail);
  /// Gives the ring back: nothing can be appended until begin_at().
  void drop_ring();

  PhysicalOffset begin() const { return files_.empty() ? tail_.begin() : files_.begin(); }
  const Marks& marks() const { return marks_; }
  PhysicalOffset at(Reached which) const { return marks_[which].at; }
  /// What lies from here on is in memory.
  PhysicalOffset memory_begin() const { return tail_.begin(); }

  /// The next store timestamp: the wall time, but never less than the last one.
  std::int64_t stamp(runtime::WallTime now);
  /// Whether records of so many bytes in all fit into a file, and into memory once it is free.
  bool fits(std::size_t bytes) const;
  /// Whether there is memory for them now. What is in no file yet keeps its place, and so does what lies
  /// above `needed`: nobody has read it yet.
  bool has_room(std::size_t bytes, PhysicalOffset needed) const;
  /// Whether so much is in no file yet that it should be written.
  bool much_unwritten() const;

  /// Where records go, and the memory for them.
  struct Room {
    PhysicalOffset at;
    std::span<std::byte> into;
  };
  /// Takes room for records that stay together in one file: fills the rest of the current file with a blank
  /// when they do not fit there. The caller fills `into` before the next suspension.
  Room take_room(std::size_t bytes);
  /// Takes room for bytes that another broker has laid out, at the end as it is. `stamp` is that of the last
  /// record among them.
  std::span<std::byte> take_raw(std::size_t bytes, std::int64_t stamp);

  /// Writes to the files what was answerable before the call, and makes answerable what has been appended
  /// since. After an error that file's part does not count as written, and a later call writes it again.
  /// Errors: `no_space`, `io`, `gone`.
  Result<void> write();
  /// Forgets what is not answerable, as far as `from`: the next record begins there.
  void take_back();
  /// What was written before the call is durable when it returns. After an error nothing more ever is: a
  /// second sync may succeed although the bytes of the first are lost. Errors: `io`, `gone`.
  Result<void> sync();
  /// Enough replicas have everything below the mark.
  void confirm(Mark to);

  /// The bytes from there on, as far as asked for, or nothing when they are not all in memory. They are valid
  /// until the next suspension or append.
  Bytes in_memory(PhysicalOffset at, std::size_t bytes) const { return tail_.find(at, bytes); }
  /// Reads below `written` from the files. May suspend; fewer bytes only at the end of the last file.
  Result<std::size_t> read(PhysicalOffset at, std::span<std::byte> into) const {
    return files_.read(at, into);
  }
  const LogFiles& files() const { return files_; }

  /// Breaks an invariant when the marks are out of order or the ring lacks what no file has.
  void check_invariants() const;

 private:
  /// What a record of so many bytes leaves free at the end of the current file, when it does not fit there.
  std::int64_t left_before(std::size_t bytes) const;
  std::int64_t unwritten() const { return at(Reached::end) - at(Reached::written); }
  void extend(std::int64_t bytes);

  LogFiles& files_;
  std::unique_ptr<TailFile> tail_file_;
  Tail tail_;
  Marks marks_;
};

}  // namespace gantry::broker::store::log
