#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "model/base/bytes.h"

namespace gantry::runtime::remoting {

/// The received bytes of one connection that are not consumed yet, in one piece.
///
///     | consumed | data() | space() |
///
/// It begins small, because most connections are idle most of the time; doubles when what arrives
/// fills it, so it is never larger than twice what the peer really sent, whatever length it claims;
/// shrinks when for `calm_turns` turns no large frame came; and gives back by shrink_to_fit() what its
/// bytes do not need, when the connection falls silent or memory is tight.
class ReceiveBuffer {
 public:
  static constexpr std::size_t idle_bytes = 4 * 1024;
  /// Without a frame that needs more, it does not grow beyond this, and with one it still takes no
  /// more at once: one turn of one connection handles at most so much before others have theirs.
  static constexpr std::size_t busy_bytes = 256 * 1024;
  /// After so many turns that began with less than half of `busy_bytes`, what large frames needed is
  /// given back. More than one, so that a stream of large frames does not pay for each anew.
  static constexpr unsigned calm_turns = 8;

  enum class Room : std::uint8_t { ample, tight };
  /// Where the next bytes go; at least one and at most `busy_bytes`. Moves what is not consumed to the
  /// front, grows or shrinks, so views into data() end here. With tight room it grows only for a frame
  /// that needs it.
  std::span<std::byte> space(Room room = Room::ample);
  /// `n` bytes of space() have been filled.
  void commit(std::size_t n);
  Bytes data() const { return Bytes(storage_).subspan(begin_, end_ - begin_); }
  /// Drops `n` bytes from the front of data(); the others stay where they are.
  void consume(std::size_t n);

  bool empty() const { return begin_ == end_; }
  /// It has more than an idle connection should hold, and than its bytes need.
  bool worth_shrinking() const { return storage_.size() > idle_bytes && storage_.size() > fitting(); }
  /// Gives back what is not needed: everything when it is empty. Views into data() end here.
  void shrink_to_fit();
  std::size_t capacity() const { return storage_.size(); }

 private:
  void shrink_when_calm();
  void resize_to(std::size_t bytes);
  /// The smallest size that growing would have given it: 0, or a power of two times `idle_bytes`.
  std::size_t fitting() const;

  Buffer storage_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  unsigned calm_ = 0;    // turns in a row that a small buffer would have done for
  bool filled_ = false;  // the last read took all the space: more was probably waiting
};

}  // namespace gantry::runtime::remoting
