#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "broker/store/offsets.h"
#include "model/base/bytes.h"

namespace gantry::broker::store {

/// The latest bytes of the commit log, in memory: what is not written yet, and what was written
/// lately, for readers that keep up.
///
///     |  chunk  |  chunk  |  chunk ..free..|
///     ^ begin()      ^ written by the owner ^ end of what was taken
///
/// A chunk never grows: its bytes stay where they are while a write or a reader that does not suspend
/// uses them. A record lies in one chunk, and in one file of the log.
class Tail {
 public:
  /// Keeps about `keep_bytes` of what is written.
  explicit Tail(std::size_t keep_bytes) : keep_bytes_(keep_bytes) {}

  /// Room for `bytes` more that lie at `at`: at the end of what was taken last, or at the start of the log's
  /// next file. Fill it before anybody looks: it holds whatever was there.
  std::span<std::byte> room(PhysicalOffset at, std::size_t bytes);

  /// Where the oldest byte in memory lies; `end` of the log when there is none.
  PhysicalOffset begin(PhysicalOffset end) const;
  /// Those bytes of one record, or nothing when they are not all in memory. Valid until the next
  /// call that changes the tail.
  Bytes find(PhysicalOffset at, std::size_t bytes) const;
  /// What lies from `from` on and before `to`, in the pieces in which it lies in memory.
  std::vector<Bytes> pieces(PhysicalOffset from, PhysicalOffset to) const;

  /// Everything below is written: chunks over the bound are dropped, oldest first.
  void written(PhysicalOffset below);
  /// Takes back everything from there on.
  void cut(PhysicalOffset to);

 private:
  using Memory = std::unique_ptr<std::byte[]>;
  struct Chunk {
    PhysicalOffset start{};
    Memory memory;
    std::size_t capacity = 0;
    std::size_t used = 0;
    Bytes bytes() const { return {memory.get(), used}; }
    PhysicalOffset end() const { return start + static_cast<std::int64_t>(used); }
  };
  Memory memory_of(std::size_t capacity);
  /// The chunk that holds the byte there, or the next one behind it.
  std::size_t index_of(PhysicalOffset at) const;

  std::size_t keep_bytes_;
  std::size_t held_bytes_ = 0;  // the capacity of all chunks
  std::deque<Chunk> chunks_;    // ascending
  std::vector<Memory> spare_;  // of chunk_bytes each, used again: fresh memory costs a page fault every 4 KiB
};

}  // namespace gantry::broker::store
