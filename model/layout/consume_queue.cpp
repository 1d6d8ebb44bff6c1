#include "model/layout/consume_queue.h"

#include "model/layout/cursor.h"

namespace gantry::model::layout {

void append_entries(std::span<const QueueEntry> entries, Buffer& out) {
  const std::size_t start = out.size();
  out.resize(start + entries.size() * QueueEntry::bytes);
  Cursor to(out.data() + start);
  for (const QueueEntry& entry : entries) {
    to.i64(entry.physical_offset);
    to.i32(entry.record_size);
    to.i64(entry.tags_code);
  }
}

QueueEntry read_entry(Bytes bytes) {
  if (bytes.size() < QueueEntry::bytes) return {};
  ByteReader in(bytes);
  QueueEntry entry;
  entry.physical_offset = in.i64();
  entry.record_size = in.i32();
  entry.tags_code = in.i64();
  return entry;
}

}  // namespace gantry::model::layout
