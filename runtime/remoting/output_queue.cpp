#include "runtime/remoting/output_queue.h"

#include <utility>

namespace gantry::runtime::remoting {

namespace {
// A common piece is closed here, so that what has been written is freed while the rest waits.
constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::size_t spare_bytes_max = 16 * 1024;
}  // namespace

Buffer& OutputQueue::tail() {
  if (!tail_open_ || pieces_.empty() || pieces_.back().size() >= piece_bytes) {
    pieces_.push_back(std::exchange(spare_, Buffer()));
    tail_open_ = true;
  }
  return pieces_.back();
}

Result<void> OutputQueue::append(model::protocol::Command command, model::protocol::SerializeType type) {
  Buffer& into = tail();
  const std::size_t before = into.size();
  model::protocol::encode_head(command, type, into);
  if (into.size() - before + command.body.size() > model::protocol::frame_bytes_max) {
    into.resize(before);
    return Errc::too_large;
  }
  const bool copied = command.body.size() <= copied_body_bytes_max;
  if (copied) into.insert(into.end(), command.body.begin(), command.body.end());
  bytes_ += into.size() - before;
  if (copied) return {};
  bytes_ += command.body.size();
  pieces_.push_back(std::move(command.body));
  tail_open_ = false;
  return {};
}

std::vector<Bytes>& OutputQueue::front() {
  views_.clear();
  std::size_t skip = taken_;
  for (const Buffer& piece : pieces_) {
    if (views_.size() == pieces_max) break;
    views_.push_back(Bytes(piece).subspan(skip));
    skip = 0;
  }
  return views_;
}

void OutputQueue::consume(std::size_t n) {
  invariant(n <= bytes_, "consume() drops only what is there");
  bytes_ -= n;
  while (n > 0) {
    Buffer& first = pieces_.front();
    const std::size_t left = first.size() - taken_;
    if (n < left) {
      taken_ += n;
      return;
    }
    n -= left;
    taken_ = 0;
    if (spare_.capacity() == 0 && first.capacity() <= spare_bytes_max) {
      first.clear();
      spare_ = std::move(first);
    }
    pieces_.pop_front();
  }
  if (pieces_.empty()) tail_open_ = false;
}

void OutputQueue::clear() {
  pieces_.clear();
  views_.clear();
  taken_ = bytes_ = 0;
  tail_open_ = false;
}

}  // namespace gantry::runtime::remoting
