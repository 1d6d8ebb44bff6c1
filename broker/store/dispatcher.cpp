#include "broker/store/dispatcher.h"

#include <algorithm>

#include "broker/store/log/log_scanner.h"
#include "model/base/invariant.h"

namespace gantry::broker::store {

using log::Reached;
using model::layout::Record;

namespace {
/// Records that are handed on with one call.
constexpr std::size_t records_per_call = 32;

/// Asks for the beginning and the end of the record a few further on: a turn appends more than the nearest
/// cache holds, and most often the records of a turn are as long as this one.
void ask_for(Bytes region, std::size_t next, std::size_t size) {
  constexpr std::size_t line = 64;
  constexpr std::size_t records_ahead = 4;
  const std::size_t at = next + records_ahead * size;
  if (at + size > region.size()) return;
  const std::byte* const record = region.data() + at;
  for (const std::size_t place : {std::size_t{0}, line}) __builtin_prefetch(record + std::min(place, size));
  for (const std::size_t place : {line, 2 * line, 3 * line})
    __builtin_prefetch(record + size - std::min(place, size));
}
}  // namespace

Dispatcher::Dispatcher() : records_(records_per_call) {}

template <class Each>
void Dispatcher::for_records_in_memory(PhysicalOffset from, PhysicalOffset to, Each each) const {
  if (from == to) return;
  const Bytes region = bytes_->in_memory(from, static_cast<std::size_t>(to - from));
  invariant(!region.empty(), "what is not dispatched yet is in memory");
  std::size_t count = 0;
  for (std::size_t at = 0; at < region.size();) {
    const Bytes rest = region.subspan(at);
    const auto front = model::layout::front_of(rest);
    invariant(front.size > 0 && static_cast<std::size_t>(front.size) <= rest.size(),
              "the log is whole in memory");
    at += static_cast<std::size_t>(front.size);
    if (front.is_blank()) continue;
    ask_for(region, at, static_cast<std::size_t>(front.size));
    invariant(model::layout::read_record_into(rest, records_[count]), "what was appended can be read");
    if (++count < records_.size()) continue;
    each(std::span<const Record>(records_));
    count = 0;
  }
  if (count > 0) each(std::span<const Record>(records_).first(count));
}

void Dispatcher::begin_at(const log::CommitLog& bytes, log::Mark applied) {
  bytes_ = &bytes;
  applied_ = applied;
}

void Dispatcher::appended(std::span<const Record> records) {
  for (Projection* const projection : projections_) projection->appended(records);
}

void Dispatcher::advance(log::Mark to) {
  for_records_in_memory(applied_.at, to.at, [this](std::span<const Record> records) {
    for (Projection* const projection : projections_) projection->apply(records);
  });
  applied_ = to;
  if (on_applied_) on_applied_();
}

void Dispatcher::taken_back() {
  for (Projection* const projection : projections_) projection->taken_back();
  for_records_in_memory(applied_.at, bytes_->at(Reached::end),
                        [this](std::span<const Record> records) { appended(records); });
}

Result<std::string> Dispatcher::compare_with_rebuild() const {
  std::string differences;
  for (Projection* const projection : projections_) {
    const auto rebuild = projection->rebuild();
    const PhysicalOffset files_end = std::min(applied_.at, bytes_->at(Reached::written));
    log::LogScanner scanner(bytes_->files(), bytes_->begin());
    while (scanner.position() < files_end) {
      const auto record = scanner.next();
      if (!record) return record.error();
      if (!*record || PhysicalOffset{(*record)->physical_offset} >= files_end) break;
      rebuild->apply(**record);
    }
    for_records_in_memory(files_end, applied_.at, [&](std::span<const Record> records) {
      for (const Record& record : records) rebuild->apply(record);
    });
    if (const std::string difference = rebuild->difference(); !difference.empty())
      differences += fmt::format("{}: {}\n", projection->name(), difference);
  }
  return differences;
}

}  // namespace gantry::broker::store
