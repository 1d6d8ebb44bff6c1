#include "broker/store/log/commit_log.h"

#include <algorithm>
#include <array>
#include <utility>

#include "model/base/invariant.h"
#include "model/layout/record.h"

namespace gantry::broker::store::log {

using model::layout::blank_bytes_min;

namespace {
/// Enough for a write past the page cache, which costs the less for each byte the larger it is.
constexpr std::int64_t write_bytes = 4 << 20;
}  // namespace

void CommitLog::begin_at(Mark end, std::unique_ptr<TailFile> tail) {
  const std::int64_t stamp = std::max(end.stamp, marks_[Reached::end].stamp);  // a cut does not set it back
  tail_file_ = std::move(tail);
  tail_ = Tail(tail_file_->memory(), end.at);
  marks_.set_all(end);
  marks_[Reached::end].stamp = stamp;
}

void CommitLog::drop_ring() {
  tail_ = Tail();
  tail_file_.reset();
}

std::int64_t CommitLog::stamp(runtime::WallTime now) {
  std::int64_t& last = marks_[Reached::end].stamp;
  last = std::max(last, now.ms);
  return last;
}

bool CommitLog::fits(std::size_t bytes) const {
  return bytes + blank_bytes_min <=
         std::min(static_cast<std::size_t>(files_.file_bytes()), tail_.capacity() / 2);
}

std::int64_t CommitLog::left_before(std::size_t bytes) const {
  const std::int64_t left = files_.next_file(at(Reached::end)) - at(Reached::end);
  return static_cast<std::int64_t>(bytes + blank_bytes_min) > left ? left : 0;
}

bool CommitLog::has_room(std::size_t bytes, PhysicalOffset needed) const {
  const std::int64_t held = at(Reached::end) - std::min(at(Reached::written), needed);
  return held + left_before(bytes) + static_cast<std::int64_t>(bytes) <=
         static_cast<std::int64_t>(tail_.capacity());
}

bool CommitLog::much_unwritten() const {
  return unwritten() >= std::min(write_bytes, static_cast<std::int64_t>(tail_.capacity()) / 4);
}

CommitLog::Room CommitLog::take_room(std::size_t bytes) {
  invariant(fits(bytes), "records fit into one file of the log");
  Mark& end = marks_[Reached::end];
  if (const std::int64_t left = left_before(bytes); left > 0) {
    const auto rest = tail_.room(static_cast<std::size_t>(left));
    model::layout::write_blank(static_cast<std::int32_t>(left), rest.first<blank_bytes_min>());
    std::ranges::fill(rest.subspan(blank_bytes_min), std::byte{0});
    end.at = end.at + left;
  }
  const Room room{end.at, tail_.room(bytes)};
  extend(static_cast<std::int64_t>(bytes));
  return room;
}

std::span<std::byte> CommitLog::take_raw(std::size_t bytes, std::int64_t stamp) {
  const auto room = tail_.room(bytes);
  marks_[Reached::end].stamp = std::max(marks_[Reached::end].stamp, stamp);
  extend(static_cast<std::int64_t>(bytes));
  return room;
}

void CommitLog::extend(std::int64_t bytes) {
  Mark& end = marks_[Reached::end];
  end.at = end.at + bytes;
  invariant(unwritten() <= static_cast<std::int64_t>(tail_.capacity()),
            "what no file holds is not overwritten");
  if (unwritten() <= static_cast<std::int64_t>(tail_.capacity()) / 2) marks_[Reached::answerable] = end;
}

Result<void> CommitLog::write() {
  const Mark to = marks_[Reached::answerable];
  Mark& written = marks_[Reached::written];
  while (written.at < to.at) {
    const PhysicalOffset end = std::min(to.at, files_.next_file(written.at));
    if (auto made = files_.reach(written.at, end + -1); !made) return made;
    const std::array<Bytes, 1> piece{tail_.find(written.at, static_cast<std::size_t>(end - written.at))};
    if (auto stored = files_.write(written.at, piece); !stored) return stored;
    // Only now may something take its place in the ring.
    if (auto noted = tail_file_->note_written(end); !noted) return noted;
    written.at = end;
  }
  written.stamp = to.stamp;
  marks_[Reached::answerable] = marks_[Reached::end];
  return {};
}

void CommitLog::take_back() {
  tail_.cut(at(Reached::answerable));
  marks_[Reached::end].at = at(Reached::answerable);
  if (at(Reached::confirmed) > at(Reached::end)) marks_[Reached::confirmed] = marks_[Reached::end];
}

Result<void> CommitLog::sync() {
  const Mark covered = marks_[Reached::written];  // more may be written while the sync suspends us
  if (auto synced = files_.sync(covered.at); !synced) return synced;
  invariant(at(Reached::durable) <= covered.at, "the durable mark never moves back");
  marks_[Reached::durable] = covered;
  (void)tail_file_->note_durable(covered.at);  // without it the next start writes more again
  return {};
}

void CommitLog::confirm(Mark to) {
  invariant(to.at <= at(Reached::end), "replicas confirm what the log has");
  if (to.at > at(Reached::confirmed)) marks_[Reached::confirmed] = to;
}

void CommitLog::check_invariants() const {
  invariant(at(Reached::durable) <= at(Reached::written), "what is durable is written");
  invariant(at(Reached::written) <= at(Reached::answerable), "what is written may be answered");
  invariant(at(Reached::answerable) <= at(Reached::end), "what may be answered was appended");
  invariant(at(Reached::confirmed) <= at(Reached::end), "what is confirmed was appended");
  invariant(memory_begin() <= at(Reached::written), "what no file has is in memory");
  invariant(files_.empty() || at(Reached::written) <= files_.limit(), "what is written lies in a file");
}

}  // namespace gantry::broker::store::log
