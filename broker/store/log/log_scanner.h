#pragma once

#include <optional>

#include "broker/store/log/log_files.h"
#include "model/layout/record.h"

namespace gantry::broker::store::log {

/// Walks the records of the commit log from one of them on, as recovery does: file after file, and
/// no further than the first thing that is not a whole record written to its place.
class LogScanner {
 public:
  /// `files` must outlive the scanner and not change meanwhile.
  LogScanner(const LogFiles& files, PhysicalOffset from) : files_(files), at_(from) {}

  /// The next record, valid until the next call; nothing at the end. Suspends. Errors: `io`.
  Result<std::optional<model::layout::Record>> next();
  /// After the last record (and the blank after it) that next() returned.
  PhysicalOffset position() const { return at_; }
  /// Whether something other than zeros lies at position(): a torn or damaged record.
  Result<bool> rubble();

 private:
  /// The bytes from at_ on, at least `bytes` of them if the file has so many left.
  Result<Bytes> window(std::size_t bytes);

  const LogFiles& files_;
  PhysicalOffset at_;
  PhysicalOffset buffer_at_{};
  Buffer buffer_;
};

/// The record that begins there, whole and written to that place; nothing when there is none.
/// `bytes` is its size when it is known, or 0. Suspends. Errors: `io`.
Result<std::optional<Buffer>> read_record_at(const LogFiles& files, PhysicalOffset at, std::size_t bytes);

}  // namespace gantry::broker::store::log
