#include "broker/store/recovery.h"

#include <algorithm>
#include <limits>
#include <string>

#include "broker/store/log_scanner.h"
#include "broker/store/tags.h"
#include "model/message/sys_flag.h"

namespace gantry::broker::store {

using model::layout::Checkpoint;
using model::layout::QueueEntry;
using model::layout::Record;
using runtime::Level;

namespace {
/// Stamps of the checkpoint are taken as that much older than they say, as RocketMQ does.
constexpr std::int64_t checkpoint_slack_ms = 3000;
constexpr std::int64_t unwritten_entries_max = 1 << 16;
constexpr auto everywhere = PhysicalOffset{std::numeric_limits<std::int64_t>::max()};

/// The first offset in [from, to) whose entry does not pass, as if all behind it did not either.
template <class Passes>
Result<QueueOffset> first_failing(const QueueFiles& files, QueueOffset from, QueueOffset to, Passes passes) {
  while (from < to) {
    const QueueOffset middle = from + (to - from) / 2;
    const auto entry = files.read(middle, 1);
    if (!entry) return entry.error();
    if (!entry->empty() && passes(entry->front())) from = middle + 1;
    else to = middle;
  }
  return from;
}
}  // namespace

Result<Recovered> Recovery::run(bool after_crash, bool in_order, const Checkpoint& checkpoint) {
  auto start = Result<PhysicalOffset>(everywhere);
  if (after_crash) start = start_by_checkpoint(checkpoint);
  if (!start) return start.error();

  auto settled = Result<bool>(in_order);
  if (*settled) settled = settle_all(*start, after_crash);
  if (!settled) return settled.error();

  auto replayed = Result<Replay>(Replay::rebuild);
  if (*settled) replayed = replay(std::min(*start, std::max(files_.begin(), queues_end_)));
  if (!replayed) return replayed.error();
  if (*replayed == Replay::rebuild) {
    events_.log(Level::warn, "store: the consume queues do not agree with the commit log and are made anew");
    events_.probe("store.rebuild");
    if (auto forgotten = forget_queues(); !forgotten) return forgotten.error();
    found_ = {.rebuilt = true};
    replayed = replay(files_.begin());
    if (!replayed) return replayed.error();
  }
  if (auto looked = look_behind(after_crash); !looked) return looked.error();
  if (auto finished = finish(); !finished) return finished.error();
  return found_;
}

Result<PhysicalOffset> Recovery::start_by_checkpoint(const Checkpoint& checkpoint) {
  const std::int64_t safe = std::min(checkpoint.physic_timestamp, checkpoint.logics_timestamp);
  for (PhysicalOffset file = files_.limit(); file > files_.begin();) {
    file = file + -files_.file_bytes();
    const auto first = read_record_at(files_, file, 0);
    if (!first) return first.error();
    if (!*first) continue;
    const auto record = model::layout::read_record(**first);
    if (record && record->store_timestamp <= safe - checkpoint_slack_ms) return file;
  }
  return files_.begin();
}

Result<bool> Recovery::settle_all(PhysicalOffset start, bool after_crash) {
  for (const QueuePtr& queue : queues_.all()) {
    const auto settled = settle(*queue, start, after_crash);
    if (!settled || !*settled) return settled;
  }
  return true;
}

Result<bool> Recovery::settle(ConsumeQueue& queue, PhysicalOffset start, bool after_crash) {
  QueueFiles& files = queue.files();
  const auto kept = [&](const QueueEntry& entry) {
    return entry.is_filler() || (entry.is_plausible() && entry.physical_offset < value(start));
  };
  const auto end = first_failing(files, files.begin(), files.limit(), kept);
  if (!end) return end.error();
  const auto expired = [&](const QueueEntry& entry) {
    return entry.is_filler() || entry.physical_offset < value(files_.begin());
  };
  const auto min = first_failing(files, files.begin(), *end, expired);
  if (!min) return min.error();

  if (*min < *end) {
    const QueueOffset last = *end + -1;
    const auto entry = files.read(last, 1);
    if (!entry) return entry.error();
    const QueueEntry& is = entry->front();
    const auto whole =
        read_record_at(files_, PhysicalOffset{is.physical_offset}, static_cast<std::size_t>(is.record_size));
    if (!whole) return whole.error();
    if (!*whole) return false;
    const auto record = model::layout::read_record(**whole);
    if (!record || record->topic != queue.topic() || record->queue_id != queue.id() ||
        record->queue_offset != value(last))
      return false;
    const PhysicalOffset behind = PhysicalOffset{is.physical_offset} + is.record_size;
    if (behind > queues_end_) {
      queues_end_ = behind;
      queues_stamp_ = record->store_timestamp;
    }
  }
  queue.adopt(*min, *end);
  if (after_crash && *end < files.limit()) {
    if (auto cut = files.cut(*end); !cut) return cut.error();
  }
  return true;
}

Result<Recovery::Replay> Recovery::replay(PhysicalOffset start) {
  const bool from_begin = start <= files_.begin();
  LogScanner scanner(files_, start);
  found_.end = found_.scanned_from = start;
  found_.stamp = queues_stamp_;
  for (;;) {
    const auto next = scanner.next();
    if (!next) return next.error();
    if (!*next) break;
    const Record& record = **next;
    if (model::message::sys_flag::in_queue(record.sys_flag)) {
      ConsumeQueue& queue = queues_.find_or_make(record.topic, record.queue_id);
      const auto fits = continues(queue, record, from_begin);
      if (!fits) return fits.error();
      if (!*fits) {
        // Of a queue that this scan has not met yet, the queue is wrong; otherwise the record is.
        if (!queue.replayed && !from_begin) return Replay::rebuild;
        events_.log(Level::error, "store: a record of topic " + std::string(record.topic) + " at " +
                                      std::to_string(record.physical_offset) +
                                      " does not continue its queue; the log is cut there");
        found_.cut = true;
        return Replay::done;
      }
      queue.replayed = true;
      queue.push({record.physical_offset, static_cast<std::int32_t>(record.size),
                  tags_code_of(record, delay_levels_)});
      if (queue.unwritten_entries() >= unwritten_entries_max) {
        if (auto written = queue.write_behind(); !written) return written.error();
        queue.trim(everywhere);
      }
    }
    found_.end = scanner.position();
    found_.stamp = std::max(found_.stamp, record.store_timestamp);
  }
  found_.end = scanner.position();
  const auto rubble = scanner.rubble();
  if (!rubble) return rubble.error();
  found_.cut = *rubble || found_.end + files_.file_bytes() <= files_.limit();
  if (*rubble) {
    events_.log(Level::warn, "store: no whole record lies at " + std::to_string(value(found_.end)) +
                                 "; the log is cut there");
  }
  return Replay::done;
}

Result<bool> Recovery::continues(ConsumeQueue& queue, const Record& record, bool from_begin) {
  if (record.queue_offset == value(queue.max())) return true;
  // The first record of a queue in a whole log may have any offset: those before it have expired. At
  // zero a queue begins again whose topic was deleted meanwhile.
  if (record.queue_offset != 0 && !(from_begin && !queue.replayed)) return false;
  if (auto removed = queue.files().remove(); !removed) return removed.error();
  queue.restart(QueueOffset{record.queue_offset});
  return true;
}

Result<void> Recovery::look_behind(bool after_crash) {
  // After a clean stop the queues know the end, and nothing is taken away there.
  if (!after_crash && !found_.cut) return {};
  const auto rest = rest_behind(files_, found_.end);
  if (!rest) return rest.error();
  found_.given_up = *rest;
  if (rest->records > 0) {
    events_.log(Level::error, "store: the log is cut at " + std::to_string(value(found_.end)) + ", and " +
                                  std::to_string(rest->records) + " whole records (" +
                                  std::to_string(rest->bytes) + " bytes) behind it, from " +
                                  std::to_string(value(rest->from)) + " to " +
                                  std::to_string(value(rest->to)) + ", are given up; " +
                                  std::to_string(rest->files) + " files of the log are removed");
    events_.probe("store.gave-up-records");
    events_.count("store.records_given_up", rest->records);
  } else if (rest->files > 0) {
    events_.log(Level::warn, "store: " + std::to_string(rest->files) + " files of the log behind " +
                                 std::to_string(value(found_.end)) + " hold no whole record and are removed");
  }
  return {};
}

Result<void> Recovery::forget_queues() {
  for (const QueuePtr& queue : queues_.all()) {
    if (auto removed = queue->files().remove(); !removed) return removed;
    queue->restart(QueueOffset{0});
    queue->replayed = false;
  }
  queues_end_ = {};
  queues_stamp_ = 0;
  return {};
}

Result<void> Recovery::finish() {
  for (const QueuePtr& queue : queues_.all()) {
    if (auto written = queue->write_behind(); !written) return written;
    queue->trim(everywhere);
    queue->next = queue->max();
  }
  return {};
}

}  // namespace gantry::broker::store
