#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/base/bytes.h"
#include "model/base/result.h"

namespace gantry::runtime {

/// A file open for positioned reads and writes. One fiber writes; any fiber of the node reads.
///
/// What a loss of power leaves: each 4 KiB page that was written and not synced is, independently
/// of the others, old, new, torn at sectors of 512 bytes, or garbage in any or all of these; the size
/// lies anywhere between the last synced one and the last one. A killed process loses nothing that
/// write_at() accepted.
///
/// Bytes that were synced and not written again stay, also where they share a page or a sector with
/// what was written (SQLite calls this "powersafe overwrite"). A log that appends to its last page
/// relies on it: without it, no record in there would be durable before the page is full.
///
/// Every call may suspend the fiber. After a crash of the node every call returns `gone`.
class File {
 public:
  virtual ~File() = default;  // closes, does not sync

  /// Reads at `offset`, in bytes. Returns how many bytes; fewer than asked only at the end.
  /// Errors: `io`.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const = 0;

  /// Writes `from`, one after another, starting at `offset`; extends the file where needed, and
  /// what lies between the old end and `offset` reads as zeros. The buffers stay the caller's.
  /// Errors: `no_space` and `io` (then any part may have been written).
  virtual Result<void> write_at(std::uint64_t offset, std::span<const Bytes> from) = 0;

  /// Sets the size: cuts, or extends with zeros. Durable after the next sync. Errors: `io`,
  /// `no_space`.
  virtual Result<void> truncate(std::uint64_t size) = 0;

  /// Reserves space for `size` bytes and extends the file to that size with zeros, so that later
  /// writes below it do not meet a full disk. Errors: `no_space` (nothing changed), `io`.
  virtual Result<void> allocate(std::uint64_t size) = 0;

  /// Suspends until the writes that had returned before this call survive a loss of power. Later
  /// ones may not. After an error, assume that none does, and that no later sync() brings them back.
  virtual Result<void> sync() = 0;

  /// In bytes. Errors: `io`.
  virtual Result<std::uint64_t> size() const = 0;
};

/// A file as memory. What is stored there is in the file when the process is killed, as it was at that
/// moment; to a loss of power it is a write that was not synced. Do not use the file by other means
/// meanwhile.
class MappedFile {
 public:
  virtual ~MappedFile() = default;

  /// The file's bytes as a ring: twice, one behind the other, and both are the same memory. What begins in
  /// the first half is in one piece, also across the end of the file.
  virtual std::span<std::byte> bytes() = 0;
};

/// How open() treats a file that is there, or is not.
enum class OpenMode { must_exist, create_if_missing, must_create };

/// Space of the partition that holds a path, in bytes.
struct Space {
  std::uint64_t total = 0;
  std::uint64_t free = 0;
};

/// One name in a directory.
struct DirectoryEntry {
  std::string name;
  bool is_directory = false;
  friend auto operator<=>(const DirectoryEntry&, const DirectoryEntry&) = default;
};

/// An exclusive lock, held until this is destroyed or the process ends.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

/// Files by path, as a POSIX file system gives them. Paths are relative to the node's own root
/// folder unless they begin with '/'. A new name, a rename and an unlink survive a loss of power
/// only after sync_directory() of the folder that holds the name; a killed process keeps them.
class Disk {
 public:
  virtual ~Disk() = default;

  /// Errors: `not_found` (also for a path that leads through a file), `exists`, `denied` (also for a
  /// folder), `no_space`, `io`, `busy` (no descriptor left).
  virtual Result<std::unique_ptr<File>> open(std::string_view path, OpenMode mode) = 0;
  /// Maps the whole of a file that exists; its size is a positive multiple of 4096 bytes, and all of it is
  /// allocated: see File::allocate(). Errors: those of open() for a file that must exist, `invalid` (another
  /// size), `io` (files cannot be mapped there), `busy` (no memory left).
  virtual Result<std::unique_ptr<MappedFile>> map(std::string_view path) = 0;
  /// Makes a folder and those above it; fine when they exist. Errors: `denied` (also when a file is in
  /// the way), `no_space`, `io`.
  virtual Result<void> make_directories(std::string_view path) = 0;
  /// Names in a folder, in ascending order of bytes. Errors: `not_found`, `denied`, `io`.
  virtual Result<std::vector<DirectoryEntry>> list(std::string_view path) = 0;
  /// Puts `from` in place of `to`, at once and whole. Errors: `not_found`, `denied` (also when a file
  /// would replace a folder or a folder a file, when `to` is a folder with something in it, and when it
  /// lies inside of `from`), `io`.
  virtual Result<void> rename(std::string_view from, std::string_view to) = 0;
  /// Removes a file or an empty folder. Errors: `not_found`, `denied` (also when the folder is not
  /// empty), `io`.
  virtual Result<void> unlink(std::string_view path) = 0;
  /// Suspends until the names in this folder, as they are now, survive a loss of power.
  virtual Result<void> sync_directory(std::string_view path) = 0;
  /// Errors: `io`, `not_found`.
  virtual Result<Space> space(std::string_view path) = 0;
  /// Creates the file if missing and locks it. Errors: `in_use`, `denied`, `no_space`, `io`.
  virtual Result<std::unique_ptr<FileLock>> lock(std::string_view path) = 0;

  /// Names the time from one start of this machine to the next: all processes that share a page cache get the
  /// same name, at most 64 bytes without a line end, and after a loss of power it is another. Does not
  /// suspend. Errors: `not_found` (this system does not tell), `gone`.
  virtual Result<std::string> boot_id() = 0;
};

}  // namespace gantry::runtime
