#include "broker/store/queues/queue_reader.h"

#include <algorithm>
#include <string>
#include <utility>

#include "broker/store/log/log_scanner.h"
#include "model/layout/record.h"

namespace gantry::broker::store::queues {

using model::layout::Record;
using Entry = ConsumeQueue::Entry;

namespace {

/// Limits of one get(), upstream DefaultMessageStore.isTheBatchFull: whichever comes first.
struct Limits {
  std::int64_t bytes;
  std::int64_t messages;
};
constexpr Limits recent_limits{256 << 10, 32};
constexpr Limits old_limits{64 << 10, 8};
constexpr std::size_t scanned_entries_min = 16000 / Entry::bytes;
/// Records with no more than this between them are read with one call.
constexpr std::int64_t gap_bytes_max = 4 << 10;
constexpr std::int64_t run_bytes_max = 1 << 20;

/// Whether these bytes are the message that the entry speaks of. `from_disk`: check its sum, too.
bool is_message_of(Bytes bytes, const ConsumeQueue& queue, QueueOffset at, const Entry& entry,
                   bool from_disk) {
  const auto record = from_disk ? model::layout::check_record(bytes, entry.physical_offset)
                                : model::layout::read_record(bytes);
  return record && record->size == bytes.size() && record->physical_offset == entry.physical_offset &&
         record->queue_offset == value(at) && record->queue_id == queue.id() &&
         record->topic == queue.topic();
}

void append(Bytes record, GetResult& result) {
  result.records.insert(result.records.end(), record.begin(), record.end());
  ++result.count;
}

}  // namespace

QueueReader::Picks QueueReader::pick(std::span<const Entry> entries, QueueOffset from,
                                     std::int32_t max_messages, const EntryFilter& filter) const {
  Picks picks{.next = from};
  std::int64_t bytes = 0;
  for (const Entry& entry : entries) {
    // No entry, where there must be one: the file has lost it. Going past it would lose the message
    // to whoever asks; the next start makes it again from the log.
    if (!entry.is_plausible() && !entry.is_filler()) break;
    if (!picks.taken.empty()) {
      const auto taken = static_cast<std::int64_t>(picks.taken.size());
      const bool recent = value(log_.at(log::Reached::answerable)) - entry.physical_offset <= recent_bytes_;
      const Limits& limits = recent ? recent_limits : old_limits;
      if (taken >= std::min<std::int64_t>(max_messages, limits.messages)) break;
      if (bytes + entry.record_size > limits.bytes) break;
    }
    if (!entry.is_filler() && (!filter || filter(entry.tags_code))) {
      picks.taken.push_back({picks.next, entry});
      bytes += entry.record_size;
    }
    picks.next = picks.next + 1;
  }
  return picks;
}

GetResult QueueReader::get(const ConsumeQueue& queue, QueueOffset from, std::int32_t max_messages,
                           const EntryFilter& filter) const {
  GetResult result{.min = queue.min(), .max = queue.max()};
  const auto ends = [&](GetStatus status, QueueOffset next) {
    result.status = status;
    result.next_begin = next;
    return std::move(result);
  };
  if (value(queue.max()) == 0) return ends(GetStatus::no_message_in_queue, QueueOffset{0});
  if (from < queue.min()) return ends(GetStatus::offset_too_small, queue.min());
  if (from == queue.max()) return ends(GetStatus::offset_overflow_one, from);
  if (from > queue.max()) return ends(GetStatus::offset_overflow_badly, queue.max());

  const auto wanted = static_cast<std::size_t>(std::max(max_messages, 0));
  const std::size_t scanned_max = std::max(scanned_entries_min, wanted);
  Picks picks{.next = from};
  if (auto recent = queue.recent(from); !recent.empty()) {
    picks = pick(recent.first(std::min(recent.size(), scanned_max)), from, max_messages, filter);
  } else {
    const auto entries = queue.read(from, scanned_max);
    if (!entries && entries.error().code == Errc::not_found)
      return ends(GetStatus::offset_found_null, std::min(queue.files().next_file(from), queue.max()));
    if (!entries || entries->empty()) return ends(GetStatus::offset_found_null, from);
    picks = pick(*entries, from, max_messages, filter);
  }
  result.next_begin = picks.next;
  if (picks.next == from) return ends(GetStatus::offset_found_null, from);
  if (picks.taken.empty()) return ends(GetStatus::no_matched_message, picks.next);
  const bool readable = collect(queue, picks.taken, result);
  // Suspended meanwhile: what came since is there for the next call.
  result.min = queue.min();
  result.max = queue.max();
  if (result.count > 0) return ends(GetStatus::found, result.next_begin);
  if (readable) return ends(GetStatus::message_was_removing, result.next_begin);
  // The first message is there and cannot be read now: who asks for it waits. Told to ask again at once
  // they would do nothing else.
  return ends(result.next_begin == from ? GetStatus::offset_found_null : GetStatus::no_matched_message,
              result.next_begin);
}

void QueueReader::complain(const ConsumeQueue& queue, const Pick& pick) const {
  constexpr std::size_t named_max = 1000;
  if (pick.entry.physical_offset < value(log_.begin())) return;  // retention took it
  events_.probe("store.unreadable-record");
  events_.count("store.unreadable-record", 1);
  if (complained_.size() >= named_max || !complained_.insert(pick.entry.physical_offset).second) return;
  runtime::log(events_, runtime::Level::error,
               "store: message {} of queue {} of {} is damaged and passed over: the log at {}",
               value(pick.at), queue.id(), queue.topic(), pick.entry.physical_offset);
}

bool QueueReader::collect(const ConsumeQueue& queue, const std::vector<Pick>& picks,
                          GetResult& result) const {
  const auto start_of = [](const Pick& pick) { return pick.entry.physical_offset; };
  const auto end_of = [](const Pick& pick) { return pick.entry.physical_offset + pick.entry.record_size; };
  std::size_t wanted = 0;
  for (const Pick& pick : picks) wanted += static_cast<std::size_t>(pick.entry.record_size);
  result.records.reserve(wanted);

  Buffer run;
  for (std::size_t i = 0; i < picks.size();) {
    const Entry& entry = picks[i].entry;
    const auto size = static_cast<std::size_t>(entry.record_size);
    const auto cached = log_.in_memory(PhysicalOffset{entry.physical_offset}, size);
    if (!cached.empty()) {
      if (is_message_of(cached, queue, picks[i].at, entry, false)) append(cached, result);
      else complain(queue, picks[i]);
      ++i;
      continue;
    }
    // A run of records that lie close together, in this file or across its end. Those in memory may be in no
    // file yet.
    std::size_t last = i;
    while (last + 1 < picks.size() && start_of(picks[last + 1]) >= end_of(picks[last]) &&
           start_of(picks[last + 1]) < value(log_.memory_begin()) &&
           start_of(picks[last + 1]) - end_of(picks[last]) <= gap_bytes_max &&
           end_of(picks[last + 1]) - start_of(picks[i]) <= run_bytes_max)
      ++last;
    run.resize(static_cast<std::size_t>(end_of(picks[last]) - start_of(picks[i])));
    const auto got = log_.read(PhysicalOffset{entry.physical_offset}, run);
    const bool failed = !got && got.error().code != Errc::not_found;
    if (!failed) unreadable_.settle();
    else
      unreadable_.raise(events_, runtime::Level::error, "store: the log cannot be read at {}: {}",
                        entry.physical_offset, got.error());
    if (failed) {
      // The disk may do better next time: these messages are not skipped.
      events_.count("store.read-failed", 1);
      result.next_begin = picks[i].at;
      return false;
    }
    const Bytes there = got ? Bytes(run).first(*got) : Bytes();
    for (; i <= last; ++i) {
      const auto skip = static_cast<std::size_t>(start_of(picks[i]) - entry.physical_offset);
      const auto bytes = static_cast<std::size_t>(picks[i].entry.record_size);
      const Bytes record = skip + bytes <= there.size() ? there.subspan(skip, bytes) : Bytes();
      if (is_message_of(record, queue, picks[i].at, picks[i].entry, true)) append(record, result);
      else complain(queue, picks[i]);
    }
  }
  return true;
}

std::optional<Buffer> QueueReader::record_at(PhysicalOffset at, std::size_t bytes) const {
  if (value(at) < 0) return {};
  const auto front = log_.in_memory(at, 8);
  if (!front.empty()) {
    const auto head = model::layout::front_of(front);
    const bool fits =
        head.is_record() && head.size > 0 && (bytes == 0 || static_cast<std::size_t>(head.size) == bytes);
    if (!fits) return {};
    const Bytes whole = log_.in_memory(at, static_cast<std::size_t>(head.size));
    if (whole.empty() || !model::layout::check_record(whole, value(at))) return {};
    return to_buffer(whole);
  }
  auto read = log::read_record_at(log_.files(), at, bytes);
  if (!read) return {};
  return std::move(*read);
}

std::optional<std::int64_t> QueueReader::store_time_at(const ConsumeQueue& queue, QueueOffset at) const {
  if (at < queue.min() || at >= queue.max()) return {};
  const auto entry = queue.read(at, 1);
  if (!entry || entry->empty() || !entry->front().is_plausible()) return {};
  const auto bytes = record_at(PhysicalOffset{entry->front().physical_offset},
                               static_cast<std::size_t>(entry->front().record_size));
  if (!bytes || !is_message_of(*bytes, queue, at, entry->front(), false)) return {};
  return model::layout::read_record(*bytes)->store_timestamp;
}

QueueOffset QueueReader::offset_by_time(const ConsumeQueue& queue, std::int64_t timestamp) const {
  // The first message that is not older; store times never fall along a queue.
  QueueOffset low = queue.min();
  QueueOffset high = queue.max();
  std::optional<std::int64_t> left_time;
  std::optional<std::int64_t> right_time;
  while (low < high) {
    const QueueOffset middle = low + (high - low) / 2;
    const auto time = store_time_at(queue, middle);
    // One that cannot be read counts as older: the search goes on towards the newer ones.
    if (time && *time >= timestamp) {
      high = middle;
      right_time = time;
    } else {
      low = middle + 1;
      left_time = time ? time : left_time;
    }
  }
  if (right_time && *right_time == timestamp) return low;
  if (!left_time) return low;
  if (!right_time) return low > queue.min() ? low + -1 : low;
  return timestamp - *left_time <= *right_time - timestamp ? low + -1 : low;
}

}  // namespace gantry::broker::store::queues
