#include "broker/store/commit_log.h"

#include <algorithm>
#include <array>
#include <utility>

#include "model/base/invariant.h"
#include "model/layout/record.h"

namespace gantry::broker::store {

using model::layout::blank_bytes_min;

namespace {
/// Enough for a write past the page cache, which costs the less for each byte the larger it is.
constexpr std::int64_t write_bytes = 4 << 20;
}  // namespace

void CommitLog::continue_at(PhysicalOffset end, std::int64_t stamp, std::unique_ptr<TailFile> tail) {
  tail_file_ = std::move(tail);
  tail_ = Tail(tail_file_->memory(), end);
  end_ = kept_ = written_ = durable_ = end;
  stamp_ = kept_stamp_ = written_stamp_ = durable_stamp_ = stamp;
}

std::int64_t CommitLog::stamp(runtime::WallTime now) {
  stamp_ = std::max(stamp_, now.ms);
  return stamp_;
}

bool CommitLog::fits(std::size_t bytes) const {
  return bytes + blank_bytes_min <=
         std::min(static_cast<std::size_t>(files_.file_bytes()), tail_.capacity() / 2);
}

std::int64_t CommitLog::left_before(std::size_t bytes) const {
  const std::int64_t left = files_.next_file(end_) - end_;
  return static_cast<std::int64_t>(bytes + blank_bytes_min) > left ? left : 0;
}

bool CommitLog::has_room(std::size_t bytes) const {
  return unwritten() + left_before(bytes) + static_cast<std::int64_t>(bytes) <=
         static_cast<std::int64_t>(tail_.capacity());
}

bool CommitLog::much_unwritten() const {
  return unwritten() >= std::min(write_bytes, static_cast<std::int64_t>(tail_.capacity()) / 4);
}

CommitLog::Room CommitLog::take_room(std::size_t bytes) {
  invariant(fits(bytes), "records fit into one file of the log");
  invariant(has_room(bytes), "what no file holds is not overwritten");
  if (const std::int64_t left = left_before(bytes); left > 0) {
    const auto rest = tail_.room(static_cast<std::size_t>(left));
    model::layout::write_blank(static_cast<std::int32_t>(left), rest.first<blank_bytes_min>());
    std::ranges::fill(rest.subspan(blank_bytes_min), std::byte{0});
    end_ = end_ + left;
  }
  const PhysicalOffset at = end_;
  end_ = end_ + static_cast<std::int64_t>(bytes);
  const Room room{at, tail_.room(bytes)};
  if (unwritten() <= static_cast<std::int64_t>(tail_.capacity()) / 2) keep();
  return room;
}

void CommitLog::keep() {
  kept_ = end_;
  kept_stamp_ = stamp_;
}

Result<void> CommitLog::write() {
  const PhysicalOffset to = kept_;
  const std::int64_t stamp = kept_stamp_;
  while (written_ < to) {
    const PhysicalOffset end = std::min(to, files_.next_file(written_));
    if (auto made = files_.reach(written_, end + -1); !made) return made;
    const std::array<Bytes, 1> piece{tail_.find(written_, static_cast<std::size_t>(end - written_))};
    if (auto written = files_.write(written_, piece); !written) return written;
    // Only now may something take its place in the ring.
    if (auto noted = tail_file_->note(end); !noted) return noted;
    written_ = end;
  }
  written_stamp_ = stamp;
  keep();
  return {};
}

void CommitLog::take_back() {
  tail_.cut(kept_);
  end_ = kept_;
}

Result<void> CommitLog::sync() {
  const PhysicalOffset covered = written_;  // more may be written while the sync suspends us
  const std::int64_t stamp = written_stamp_;
  if (auto synced = files_.sync(covered); !synced) return synced;
  invariant(durable_ <= covered, "durable() never moves back");
  durable_ = covered;
  durable_stamp_ = stamp;
  return {};
}

}  // namespace gantry::broker::store
