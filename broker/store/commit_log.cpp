#include "broker/store/commit_log.h"

#include <algorithm>

#include "model/base/invariant.h"
#include "model/layout/record.h"

namespace gantry::broker::store {

using model::layout::blank_bytes_min;

void CommitLog::continue_at(PhysicalOffset end, std::int64_t stamp) {
  tail_.cut(PhysicalOffset{0});
  end_ = written_ = durable_ = failed_end_ = end;
  stamp_ = written_stamp_ = durable_stamp_ = stamp;
}

std::int64_t CommitLog::stamp(runtime::WallTime now) {
  stamp_ = std::max(stamp_, now.ms);
  return stamp_;
}

bool CommitLog::fits(std::size_t bytes) const {
  return bytes + blank_bytes_min <= static_cast<std::size_t>(files_.file_bytes());
}

CommitLog::Room CommitLog::take_room(std::size_t bytes) {
  invariant(fits(bytes), "records fit into one file of the log");
  const std::int64_t left = files_.next_file(end_) - end_;
  if (static_cast<std::int64_t>(bytes + blank_bytes_min) > left) {
    model::layout::write_blank(static_cast<std::int32_t>(left),
                               tail_.room(end_, blank_bytes_min).first<blank_bytes_min>());
    end_ = files_.next_file(end_);
  }
  const PhysicalOffset at = end_;
  end_ = end_ + static_cast<std::int64_t>(bytes);
  return {at, tail_.room(at, bytes)};
}

Result<void> CommitLog::write() {
  const PhysicalOffset to = end_;
  const std::int64_t stamp = stamp_;
  failed_end_ = std::max(failed_end_, to);
  if (auto made = files_.reach(written_, to + -1); !made) return made;
  for (PhysicalOffset at = written_; at < to; at = files_.next_file(at)) {
    const auto pieces = tail_.pieces(at, std::min(to, files_.next_file(at)));
    if (auto written = files_.write(at, pieces); !written) return written;
  }
  invariant(end_ >= to, "nothing is taken back while it is being written");
  written_ = failed_end_ = to;
  written_stamp_ = stamp;
  tail_.written(written_);
  return {};
}

void CommitLog::take_back() {
  tail_.cut(written_);
  end_ = written_;
}

Result<void> CommitLog::heal() {
  // A whole record of the failed write could otherwise be taken for one that follows later ones.
  if (auto blanked = files_.blank_out(written_, failed_end_); !blanked) return blanked;
  if (auto made = files_.reach(written_, std::max(written_, failed_end_ + -1)); !made) return made;
  failed_end_ = written_;
  return {};
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
