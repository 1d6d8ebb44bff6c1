#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "model/base/bytes.h"

namespace gantry::model::layout {

/// One message's place in its queue: entry n lies at byte n * 20 of the queue.
struct QueueEntry {
  static constexpr std::size_t bytes = 20;

  std::int64_t physical_offset = 0;
  std::int32_t record_size = 0;
  std::int64_t tags_code = 0;  ///< tags_code() of the TAGS property; in the schedule topic the delivery time

  /// Stands before the first entry of a queue that begins in the middle of a file.
  static constexpr QueueEntry filler() { return {0, std::numeric_limits<std::int32_t>::max(), 0}; }
  bool is_filler() const { return *this == filler(); }
  /// Whether recovery keeps it: a place and a size, neither of a page that was never written.
  bool is_plausible() const { return physical_offset >= 0 && record_size > 0; }
  friend bool operator==(const QueueEntry&, const QueueEntry&) = default;
};

void append_entries(std::span<const QueueEntry> entries, Buffer& out);
/// All zero when fewer than twenty bytes are there.
QueueEntry read_entry(Bytes bytes);

}  // namespace gantry::model::layout
