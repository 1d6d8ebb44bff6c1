#pragma once

#include <cstdint>
#include <span>

#include "broker/store/offsets.h"
#include "model/base/bytes.h"

namespace gantry::broker::store::log {

/// The latest bytes of the commit log, in a ring of memory: what is in no file yet, and what was written
/// lately, for readers that keep up. The byte at offset x of the log lies at x modulo size().
///
///     | newest | free or oldest                  | older, to be overwritten next |
///              ^ end()                           ^ begin()
///
/// What is appended takes the place of the oldest. The owner sees to it that it is in a file by then. After
/// the end lie end_bytes of zeros: nobody who looks for records there takes what is older for one.
class Tail {
 public:
  static constexpr std::size_t end_bytes = 8;

  Tail() = default;
  /// `mirrored` is the ring twice, one copy after the other: see MappedFile. Nothing of the log before `at`
  /// is in it.
  Tail(std::span<std::byte> mirrored, PhysicalOffset at)
      : ring_(mirrored.data()), size_(mirrored.size() / 2), begin_(at), end_(at) {
    room(0);
  }

  /// So much of the log is in there at most.
  std::size_t capacity() const { return size_ - end_bytes; }
  /// Where the oldest byte in memory lies.
  PhysicalOffset begin() const { return begin_; }

  /// Room for `bytes` more at the end, at most capacity(). Fill it before anybody looks: it holds whatever
  /// was there.
  std::span<std::byte> room(std::size_t bytes);
  /// Those bytes, or nothing when they are not all in memory. Valid until the next call that changes
  /// the tail.
  Bytes find(PhysicalOffset at, std::size_t bytes) const;
  /// Takes back everything from there on; zeros are left in its place.
  void cut(PhysicalOffset to);

 private:
  std::byte* place_of(PhysicalOffset at) const { return ring_ + static_cast<std::size_t>(value(at)) % size_; }

  std::byte* ring_ = nullptr;
  std::size_t size_ = 0;
  PhysicalOffset begin_{};
  PhysicalOffset end_{};
};

}  // namespace gantry::broker::store::log
