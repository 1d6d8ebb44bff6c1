#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include "broker/store/offsets.h"
#include "broker/store/open_files.h"
#include "runtime/disk.h"

namespace gantry::broker::store::log {

/// The files of the commit log as one row of bytes.
///
///     commitlog/00000000000000000000  commitlog/00000000001073741824  ...
///     ^ begin()                                                          limit() ^
///
/// Every file has its full size from the moment that its name is there: it is made and sized beside
/// the folder, and renamed into it. One fiber writes, creates and truncates; any fiber reads.
/// Everything but the plain accessors may suspend.
class LogFiles {
 public:
  /// `disk` and `open_files` must outlive this. The files lie in `root`/commitlog and have `file_bytes` bytes
  /// each.
  LogFiles(runtime::Disk& disk, OpenFiles& open_files, const std::string& root, std::uint64_t file_bytes);
  LogFiles(const LogFiles&) = delete;
  LogFiles& operator=(const LogFiles&) = delete;

  /// Finds the files. `after_crash` also takes a last file that is too short, and gives it back its
  /// size: a truncation was interrupted. Errors: `invalid` (a size that is not the configured one, a
  /// missing file in between), those of the disk.
  Result<void> load(bool after_crash);

  bool empty() const { return count_ == 0; }
  std::size_t count() const { return count_; }
  std::int64_t file_bytes() const { return file_bytes_; }
  PhysicalOffset begin() const { return begin_; }
  PhysicalOffset limit() const { return begin_ + static_cast<std::int64_t>(count_) * file_bytes_; }
  /// Start of the file with this byte, and of the one after it.
  PhysicalOffset file_of(PhysicalOffset at) const {
    return PhysicalOffset{value(at) / file_bytes_ * file_bytes_};
  }
  PhysicalOffset next_file(PhysicalOffset at) const { return file_of(at) + file_bytes_; }

  /// Makes files until limit() lies after `last`, the first one of an empty log with the byte at
  /// `from`; their names are durable. Errors: those of the disk.
  Result<void> reach(PhysicalOffset from, PhysicalOffset last);
  /// Writes the pieces one after another from `at` on; together they end within its file, which reach() has
  /// made. Errors: those of Disk::open and File::write_at.
  Result<void> write(PhysicalOffset at, std::span<const Bytes> from);
  /// Reads across files; fewer bytes than asked only at limit(). Errors: `io`, `not_found`.
  Result<std::size_t> read(PhysicalOffset at, std::span<std::byte> into) const;
  /// Syncs what was written since the last sync() of each file that begins below `to`. Errors: those of
  /// File::sync(); a later sync() does not make good for that, see rewrite().
  Result<void> sync(PhysicalOffset to);
  /// Syncs every file with a byte of that range, whoever wrote it.
  Result<void> sync_all(PhysicalOffset from, PhysicalOffset to);
  /// What lies from `at` on reads as zeros from now on, and files that begin there or later are gone;
  /// durable. A crash in the middle leaves some of it, to be truncated again.
  Result<void> truncate(PhysicalOffset at);
  /// Writes a range again as it reads, so that the next sync() makes it durable also where an earlier
  /// one failed and the pages count as clean.
  Result<void> rewrite(PhysicalOffset from, PhysicalOffset to);

 private:
  std::string path_of(PhysicalOffset file) const;
  Result<void> create(PhysicalOffset file);
  Result<OpenFiles::FilePtr> open(PhysicalOffset at) const;

  runtime::Disk& disk_;
  OpenFiles& open_files_;
  std::string folder_;
  std::string making_;  // the path under which the next file is made
  std::int64_t file_bytes_;
  PhysicalOffset begin_{};
  std::size_t count_ = 0;
  // Written since their last sync. They stay open: a failed write-back is reported to who wrote.
  std::map<PhysicalOffset, OpenFiles::FilePtr> unsynced_;
};

}  // namespace gantry::broker::store::log
