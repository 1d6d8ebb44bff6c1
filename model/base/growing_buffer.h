#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

#include "model/base/bytes.h"

namespace gantry {

/// What a decompressor fills: grows with what comes, so that nobody's word for the size is taken, and
/// not beyond a limit.
class GrowingBuffer {
 public:
  GrowingBuffer(std::size_t expected, std::size_t bytes_max)
      : expected_(std::max<std::size_t>(expected, 64)), bytes_max_(bytes_max) {}

  /// Where the next bytes go; empty when there are more than the limit allows.
  std::span<std::byte> room() {
    if (used_ == bytes_.size()) {
      if (too_large()) return {};
      bytes_.resize(std::min(std::max(used_ * 2, expected_), bytes_max_ + 1));
    }
    return std::span(bytes_).subspan(used_);
  }
  /// `n` bytes of room() have been filled.
  void commit(std::size_t n) { used_ += n; }
  bool too_large() const { return used_ > bytes_max_; }
  Buffer take() {
    bytes_.resize(used_);
    return std::move(bytes_);
  }

 private:
  const std::size_t expected_;
  const std::size_t bytes_max_;
  Buffer bytes_;
  std::size_t used_ = 0;
};

}  // namespace gantry
