#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "model/base/result.h"

namespace gantry::runtime::memory {

/// A ring of which every byte has two addresses: bytes()[i] is bytes()[i + size()]. What lies across the
/// ring's end is in one piece there.
class Mirror {
 public:
  /// Memory of this process alone, all zeros. `size`: a positive multiple of 4096, also below.
  /// Errors: `busy`, no memory is left.
  static Result<std::unique_ptr<Mirror>> make(std::size_t size);
  /// The first `size` bytes of an open file, which has so many; whatever is stored is in the file.
  /// Does not keep the descriptor. Errors: `busy`; `io`, this file system does not map files.
  static Result<std::unique_ptr<Mirror>> of_file(int fd, std::size_t size);
  ~Mirror();
  Mirror(const Mirror&) = delete;
  Mirror& operator=(const Mirror&) = delete;

  std::span<std::byte> bytes() const { return {begin_, 2 * size_}; }
  std::size_t size() const { return size_; }

 private:
  Mirror(std::byte* begin, std::size_t size) : begin_(begin), size_(size) {}
  static Result<std::unique_ptr<Mirror>> map(int flags, int fd, std::size_t size);

  std::byte* begin_;
  std::size_t size_;
};

}  // namespace gantry::runtime::memory
