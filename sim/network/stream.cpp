#include "sim/network/stream.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace gantry::sim::network {

void Ring::grow(std::size_t room) {
  std::vector<std::byte> larger(std::bit_ceil(std::max<std::size_t>(room, 1024)));
  const std::size_t used = used_;
  if (used > 0) pop({larger.data(), used});
  bytes_ = std::move(larger);
  head_ = 0;
  used_ = used;
}

void Ring::push(Bytes bytes) {
  if (bytes.empty()) return;
  if (used_ + bytes.size() > bytes_.size()) grow(used_ + bytes.size());
  const std::size_t tail = (head_ + used_) & (bytes_.size() - 1);
  const std::size_t first = std::min(bytes.size(), bytes_.size() - tail);
  std::memcpy(bytes_.data() + tail, bytes.data(), first);
  if (first < bytes.size()) std::memcpy(bytes_.data(), bytes.data() + first, bytes.size() - first);
  used_ += bytes.size();
}

void Ring::pop(std::span<std::byte> into) {
  if (into.empty()) return;
  const std::size_t first = std::min(into.size(), bytes_.size() - head_);
  std::memcpy(into.data(), bytes_.data() + head_, first);
  if (first < into.size()) std::memcpy(into.data() + first, bytes_.data(), into.size() - first);
  head_ = (head_ + into.size()) & (bytes_.size() - 1);
  used_ -= into.size();
  if (used_ == 0) {
    head_ = 0;
    if (bytes_.size() > 64 * 1024) bytes_ = {};
  }
}

void Ring::clear() {
  bytes_ = {};
  head_ = used_ = 0;
}

}  // namespace gantry::sim::network
