#include "broker/store/queues/consume_queue.h"

#include <algorithm>

#include "model/base/invariant.h"

namespace gantry::broker::store::queues {

void ConsumeQueue::restart(QueueOffset at) {
  recent_.clear();
  dropped_ = 0;
  min_ = max_ = written_ = next = at;
}

void ConsumeQueue::adopt(QueueOffset min, QueueOffset max) {
  restart(max);
  min_ = min;
}

void ConsumeQueue::forget_from(QueueOffset to) {
  if (to >= max_) return;
  const auto kept = static_cast<std::size_t>(std::max<std::int64_t>(0, to - recent_begin()));
  recent_.resize(dropped_ + kept);
  max_ = to;
  min_ = std::min(min_, to);
  written_ = std::min(written_, to);
  next = to;
}

std::span<const ConsumeQueue::Entry> ConsumeQueue::recent(QueueOffset from) const {
  const QueueOffset first = recent_begin();
  if (from < first || from >= max_) return {};
  return std::span(recent_).subspan(dropped_ + static_cast<std::size_t>(from - first));
}

Result<std::vector<ConsumeQueue::Entry>> ConsumeQueue::read(QueueOffset from, std::size_t most) const {
  invariant(from >= min_ && from < max_, "entries are read where there are some");
  if (const auto found = recent(from); !found.empty()) {
    const auto taken = found.first(std::min(most, found.size()));
    return std::vector<Entry>(taken.begin(), taken.end());
  }
  return files_.read(from, std::min(most, static_cast<std::size_t>(recent_begin() - from)));
}

Result<void> ConsumeQueue::write_out(std::size_t most) {
  if (unwritten_entries() == 0) return {};
  const QueueOffset from = written_;
  const auto all = recent(from);
  const auto entries = all.first(std::min(most, all.size()));
  const QueueOffset covered = from + static_cast<std::int64_t>(entries.size());
  // Laid out at once: more entries are pushed, and the memory moves, while the write suspends us.
  Buffer laid_out;
  append_entries(entries, laid_out);
  if (auto written = files_.write(from, laid_out); !written) return written;
  // Somebody may have begun the queue again meanwhile.
  if (written_ == from) written_ = std::min(covered, max_);
  return {};
}

void ConsumeQueue::trim(PhysicalOffset floor) {
  const std::size_t most = recent_.size() - static_cast<std::size_t>(max_ - written_);
  while (dropped_ < most && recent_[dropped_].physical_offset < value(floor)) ++dropped_;
  if (dropped_ * 2 < recent_.size() && dropped_ < 4096) return;
  if (dropped_ == recent_.size()) {
    recent_ = {};  // an idle queue holds no memory
  } else {
    recent_.erase(recent_.begin(), recent_.begin() + static_cast<std::ptrdiff_t>(dropped_));
  }
  dropped_ = 0;
}

void ConsumeQueue::check_invariants() const {
  invariant(min_ <= max_, "a queue begins before it ends");
  invariant(written_ <= max_, "only visible entries are written");
  invariant(recent_begin() <= written_ || recent_.size() == dropped_, "what no file holds is in memory");
  invariant(removed || max_ <= next, "what is visible has been given out");
  for (std::size_t i = dropped_ + 1; i < recent_.size(); ++i)
    invariant(recent_[i - 1].physical_offset < recent_[i].physical_offset, "a queue follows the log's order");
}

}  // namespace gantry::broker::store::queues
