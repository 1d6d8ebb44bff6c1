#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "model/base/bytes.h"
#include "model/base/result.h"
#include "model/protocol/command.h"

namespace gantry::runtime::remoting {

/// Frames on their way out, as pieces for a gather write. Heads and small bodies are written one
/// after another into a common piece; a large body is moved in as a piece of its own and never
/// copied.
class OutputQueue {
 public:
  /// Up to this size a copy costs less than one more piece in a gather write.
  static constexpr std::size_t copied_body_bytes_max = 1024;
  static constexpr std::size_t pieces_max = 64;

  /// Errors: `too_large`, and nothing is appended: it does not fit a frame.
  Result<void> append(model::protocol::Command command, model::protocol::SerializeType type);
  /// The front of the queue, at most `pieces_max` pieces. Valid until the next call that changes it.
  std::vector<Bytes>& front();
  /// Drops `n` bytes from the front: they were written.
  void consume(std::size_t n);
  void clear();
  /// Gives back the memory that is kept for the next frame.
  void release_spare() { spare_ = Buffer(); }

  bool empty() const { return bytes_ == 0; }
  std::size_t bytes() const { return bytes_; }

 private:
  Buffer& tail();

  std::deque<Buffer> pieces_;
  std::vector<Bytes> views_;
  Buffer spare_;           // an emptied piece, kept so that a quiet channel allocates nothing
  std::size_t taken_ = 0;  // of the first piece
  std::size_t bytes_ = 0;
  bool tail_open_ = false;  // the last piece collects heads; else it is a body
};

}  // namespace gantry::runtime::remoting
