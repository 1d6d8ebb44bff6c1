#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "broker/store/log/log_files.h"
#include "broker/store/offsets.h"
#include "runtime/disk.h"
#include "runtime/events.h"

namespace gantry::broker::store::log {

/// The log's tail in memory that a kill of the process leaves: what is appended is safe there until it is
/// in a file of the log.
///
///     commitlog.tail       the ring: the byte at offset x of the log lies at x modulo its size
///     commitlog.tail.from  three lines: where what is in no file begins and where what is not known to be
///                          durable begins, each in 20 digits, and Disk::boot_id()
///
/// Only from a start to the end of that run: a clean stop removes both, the start after a kill puts what they
/// hold into the log and begins with an empty ring. To a loss of power they are as good as anything else that
/// was not synced: what is a whole record of its place is taken, and nothing is promised.
class TailFile {
 public:
  /// Puts what a process that was killed had in no file of the log where it belongs, durable: whole records
  /// without a gap, after what the files hold. Suspends. Errors: those of the disk.
  static Result<void> restore(runtime::Disk& disk, const std::string& root, LogFiles& files,
                              runtime::Events& events);
  /// Up to where the last process knew its log to be durable, if the page cache is still the one that it
  /// used. What follows may be in there alone and count as clean: the process may have died of a failed sync,
  /// or with one. Nothing when the machine was started since, because then the page cache pretends nothing,
  /// or when another program wrote the log. Suspends. Errors: those of the disk.
  static Result<std::optional<PhysicalOffset>> known_durable(runtime::Disk& disk, const std::string& root);
  /// An empty ring of `size` bytes for a log that ends at `end`. Nothing of an earlier one comes back,
  /// whatever happens. Suspends. Errors: those of the disk.
  static Result<std::unique_ptr<TailFile>> create(runtime::Disk& disk, const std::string& root,
                                                  std::uint64_t size, PhysicalOffset end);
  /// Nothing of the ring comes back any more, whatever happens: the log is about to be cut. Needs no space on
  /// the disk. Suspends. Errors: those of the disk.
  static Result<void> forget(runtime::Disk& disk, const std::string& root);
  /// For a log of which everything is in its files. Suspends.
  static Result<void> remove(runtime::Disk& disk, const std::string& root);

  /// Twice the ring: see MappedFile.
  std::span<std::byte> memory() { return mapped_->bytes(); }
  /// Everything before `to` is in the log's files: a restore begins there. Errors: `no_space`, `io`, `gone`.
  Result<void> note_written(PhysicalOffset to);
  /// Everything before `to` is durable. When this fails, the next start writes more again than it must.
  /// Errors: as above.
  Result<void> note_durable(PhysicalOffset to);

 private:
  TailFile(std::unique_ptr<runtime::MappedFile> mapped, std::unique_ptr<runtime::File> notes)
      : mapped_(std::move(mapped)), notes_(std::move(notes)) {}

  std::unique_ptr<runtime::MappedFile> mapped_;
  std::unique_ptr<runtime::File> notes_;
};

}  // namespace gantry::broker::store::log
