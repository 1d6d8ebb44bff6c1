#include "runtime/remoting/receive_buffer.h"

#include <algorithm>

namespace gantry::runtime::remoting {

std::span<std::byte> ReceiveBuffer::space(Room room) {
  if (empty()) begin_ = end_ = 0;
  if (room == Room::tight && worth_shrinking()) shrink_to_fit();
  shrink_when_calm();
  if (storage_.empty()) storage_.resize(idle_bytes);
  if (begin_ > 0 && (filled_ || end_ == storage_.size())) {
    std::copy(storage_.begin() + static_cast<std::ptrdiff_t>(begin_),
              storage_.begin() + static_cast<std::ptrdiff_t>(end_), storage_.begin());
    end_ -= begin_;
    begin_ = 0;
  }
  const bool frame_needs_more = end_ == storage_.size();
  const bool peer_is_busy = filled_ && storage_.size() < busy_bytes && room == Room::ample;
  if (frame_needs_more || peer_is_busy) storage_.resize(storage_.size() * 2);
  filled_ = false;
  const std::span<std::byte> rest = std::span(storage_).subspan(end_);
  return rest.first(std::min(rest.size(), busy_bytes));
}

void ReceiveBuffer::shrink_when_calm() {
  const Bytes held = data();
  const bool calm = storage_.size() > busy_bytes && held.size() < busy_bytes / 2;
  calm_ = calm ? calm_ + 1 : 0;
  if (calm_ < calm_turns) return;
  resize_to(busy_bytes);
}

void ReceiveBuffer::resize_to(std::size_t bytes) {
  const Bytes held = data();
  Buffer other(bytes);
  std::ranges::copy(held, other.begin());
  end_ = held.size();
  begin_ = 0;
  storage_ = std::move(other);
  calm_ = 0;
  filled_ = false;
}

std::size_t ReceiveBuffer::fitting() const {
  std::size_t bytes = empty() ? 0 : idle_bytes;
  while (bytes < end_ - begin_) bytes *= 2;
  return bytes;
}

void ReceiveBuffer::commit(std::size_t n) {
  invariant(n <= storage_.size() - end_, "commit() covers only what space() offered");
  end_ += n;
  filled_ = end_ == storage_.size();
}

void ReceiveBuffer::consume(std::size_t n) {
  invariant(n <= end_ - begin_, "consume() drops only what is there");
  begin_ += n;
}

void ReceiveBuffer::shrink_to_fit() {
  resize_to(fitting());
}

}  // namespace gantry::runtime::remoting
