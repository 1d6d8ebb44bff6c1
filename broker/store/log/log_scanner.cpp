#include "broker/store/log/log_scanner.h"

#include <algorithm>

namespace gantry::broker::store::log {

using model::layout::Front;
using model::layout::Record;

namespace {
constexpr std::size_t read_ahead_bytes = 1u << 20;
constexpr std::size_t read_front_bytes = 8;
}  // namespace

Result<Bytes> LogScanner::window(std::size_t bytes) {
  const auto left = static_cast<std::size_t>(files_.next_file(at_) - at_);
  const std::size_t wanted = std::min(bytes, left);
  const std::int64_t skip = at_ - buffer_at_;
  if (skip < 0 || static_cast<std::size_t>(skip) + wanted > buffer_.size()) {
    buffer_.resize(std::min(std::max(wanted, read_ahead_bytes), left));
    const auto got = files_.read(at_, buffer_);
    if (!got) return got.error();
    buffer_.resize(*got);
    buffer_at_ = at_;
  }
  return Bytes(buffer_).subspan(static_cast<std::size_t>(at_ - buffer_at_));
}

Result<std::optional<Record>> LogScanner::next() {
  while (at_ < files_.limit()) {
    const auto front_window = window(read_front_bytes);
    if (!front_window) return front_window.error();
    const Front front = model::layout::front_of(*front_window);
    const std::int64_t left = files_.next_file(at_) - at_;
    if (front.is_blank() && front.size == left) {
      at_ = files_.next_file(at_);
      continue;
    }
    if (!front.is_record() || front.size <= 0 || front.size > left) break;
    const auto whole = window(static_cast<std::size_t>(front.size));
    if (!whole) return whole.error();
    const auto record = model::layout::check_record(*whole, value(at_));
    if (!record) break;
    at_ = at_ + front.size;
    return std::optional<Record>(*record);
  }
  return std::optional<Record>();
}

Result<bool> LogScanner::rubble() {
  if (at_ >= files_.limit()) return false;
  const auto found = window(read_front_bytes);
  if (!found) return found.error();
  const auto some = found->first(std::min(found->size(), read_front_bytes));
  return std::ranges::any_of(some, [](std::byte b) { return b != std::byte{0}; });
}

Result<std::optional<Buffer>> read_record_at(const LogFiles& files, PhysicalOffset at, std::size_t bytes) {
  if (at < files.begin() || at >= files.limit()) return std::optional<Buffer>();
  const auto left = static_cast<std::size_t>(files.next_file(at) - at);
  if (bytes == 0) {
    Buffer front(std::min(read_front_bytes, left));
    const auto got = files.read(at, front);
    if (!got) return got.error();
    const Front read = model::layout::front_of(front);
    if (!read.is_record() || read.size <= 0) return std::optional<Buffer>();
    bytes = static_cast<std::size_t>(read.size);
  }
  if (bytes > left) return std::optional<Buffer>();
  Buffer record(bytes);
  const auto got = files.read(at, record);
  if (!got) return got.error();
  const auto checked = model::layout::check_record(record, value(at));
  if (*got != bytes || !checked || checked->size != bytes) return std::optional<Buffer>();
  return std::optional<Buffer>(std::move(record));
}

}  // namespace gantry::broker::store::log
