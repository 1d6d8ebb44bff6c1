#include "broker/store/queues/consume_queues.h"

#include <limits>
#include <utility>

#include "broker/files/files.h"
#include "broker/store/log/log_scanner.h"
#include "broker/store/queues/queue_rebuild.h"
#include "broker/store/queues/tags.h"
#include "model/base/invariant.h"
#include "model/message/sys_flag.h"

namespace gantry::broker::store::queues {

using log::Mark;
using model::layout::QueueEntry;
using model::layout::Record;
using runtime::Level;

namespace {
constexpr std::int64_t unwritten_entries_max = 1 << 16;
constexpr auto everywhere = PhysicalOffset{std::numeric_limits<std::int64_t>::max()};
/// Others have their turn after so many entries: a second of a busy queue is megabytes, and whoever waits
/// for an answer meanwhile would see them.
constexpr std::size_t entries_per_turn = 2048;

/// The first offset in [from, to) whose entry does not pass, as if none after it did either.
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

/// For a search in files: the entry points below `to`, or stands in the place of one that has expired.
auto points_below(PhysicalOffset to) {
  return [to](const QueueEntry& entry) {
    return entry.is_filler() || (entry.is_plausible() && entry.physical_offset < value(to));
  };
}
}  // namespace

ConsumeQueues::ConsumeQueues(runtime::Runtime runtime, OpenFiles& open_files, const StoreConfig& config,
                             const log::LogFiles& log_files, std::function<PhysicalOffset()> memory_begin)
    : runtime_(runtime),
      config_(config),
      log_files_(log_files),
      memory_begin_(std::move(memory_begin)),
      table_(runtime.disk, open_files, config.root, config.consume_queue_file_bytes),
      files_mutex_(runtime.tasks) {}

QueueOffset ConsumeQueues::next_offset(std::string_view topic, std::int32_t id) const {
  const ConsumeQueue* const queue = find(topic, id);
  return queue ? queue->next : QueueOffset{};
}

bool ConsumeQueues::was_removed(const Record& record) const {
  const auto removed = removed_.find(record.topic);
  return removed != removed_.end() && record.physical_offset < value(removed->second);
}

void ConsumeQueues::appended(std::span<const Record> records) {
  for (const Record& record : records) {
    if (!model::message::sys_flag::in_queue(record.sys_flag)) continue;
    if (!removed_.empty() && was_removed(record)) continue;
    table_.find_or_make(record.topic, record.queue_id).next = QueueOffset{record.queue_offset + 1};
  }
}

void ConsumeQueues::taken_back() {
  for (const QueuePtr& queue : table_.all()) queue->next = queue->max();
}

void ConsumeQueues::apply(std::span<const Record> records) {
  for (const Record& record : records) {
    if (!model::message::sys_flag::in_queue(record.sys_flag)) continue;
    if (!removed_.empty() && was_removed(record)) continue;
    ConsumeQueue& queue = table_.find_or_make(record.topic, record.queue_id);
    if (queue.max() != QueueOffset{record.queue_offset}) {
      invariant(queue.min() == queue.max(), "records of a queue follow each other");
      const QueueOffset next = queue.next;
      queue.restart(QueueOffset{record.queue_offset});
      queue.next = next;
    }
    const std::int64_t code = tags_code_of(record, config_.delay_levels);
    queue.push({record.physical_offset, static_cast<std::int32_t>(record.size), code});
    if (arrival_) arrival_(queue.topic(), queue.id(), queue.max(), code);
  }
  if (!records.empty() && !removed_.empty())
    std::erase_if(removed_,
                  [&](const auto& each) { return value(each.second) <= records.back().physical_offset; });
}

Result<std::optional<Mark>> ConsumeQueues::load(std::optional<PhysicalOffset> until,
                                                std::optional<Durable> noted) {
  if (!found_) {
    const auto found = table_.load(until.has_value());
    if (!found) return found.error();
    found_ = *found;
  }
  auto right = Result<bool>(*found_);
  if (*right && until && noted) {
    const auto held = count_below(noted->mark);
    if (!held) return held.error();
    right = *held == noted->count;
    until = std::min(*until, noted->mark.at);
  }
  if (right && *right) right = settle_all(until);
  if (!right) return right.error();
  if (!*right) return std::optional<Mark>();
  durable_ = {{until.value_or(end_.at), end_.stamp}, count()};
  return std::optional(durable_.mark);
}

std::int64_t ConsumeQueues::count() const {
  std::int64_t count = 0;
  for (const QueuePtr& queue : table_.all()) count += value(queue->max());
  return count;
}

Result<std::int64_t> ConsumeQueues::count_below(Mark mark) const {
  std::int64_t count = 0;
  for (const QueuePtr& queue : table_.all()) {
    const QueueFiles& files = queue->files();
    const auto end = first_failing(files, files.begin(), files.limit(), points_below(mark.at));
    if (!end) return end.error();
    count += value(*end);
  }
  return count;
}

Result<bool> ConsumeQueues::settle_all(std::optional<PhysicalOffset> until) {
  end_ = {};
  for (const QueuePtr& queue : table_.all()) {
    const auto settled = settle(*queue, until, until.has_value());
    if (!settled || !*settled) return settled;
  }
  return true;
}

Result<bool> ConsumeQueues::settle(ConsumeQueue& queue, std::optional<PhysicalOffset> until, bool cut) {
  QueueFiles& files = queue.files();
  const auto end =
      first_failing(files, files.begin(), files.limit(), points_below(until.value_or(everywhere)));
  if (!end) return end.error();
  const auto expired = [&](const QueueEntry& entry) {
    return entry.is_filler() || entry.physical_offset < value(log_files_.begin());
  };
  const auto min = first_failing(files, files.begin(), *end, expired);
  if (!min) return min.error();
  queue.adopt(*min, *end);
  queue.replayed = false;
  if (const auto right = check_last(queue); !right || !*right) return right;
  if (cut && *end < files.limit())
    if (auto done = files.cut(*end); !done) return done.error();
  return true;
}

Result<bool> ConsumeQueues::check_last(ConsumeQueue& queue) {
  if (queue.min() == queue.max()) return true;
  const QueueOffset last = queue.max() + -1;
  const auto entry = queue.read(last, 1);
  if (!entry) return entry.error();
  const QueueEntry& is = entry->front();
  const auto whole = read_record_at(log_files_, PhysicalOffset{is.physical_offset},
                                    static_cast<std::size_t>(is.record_size));
  if (!whole) return whole.error();
  if (!*whole) return false;
  const auto record = model::layout::read_record(**whole);
  if (!record || record->topic != queue.topic() || record->queue_id != queue.id() ||
      record->queue_offset != value(last))
    return false;
  const PhysicalOffset next = PhysicalOffset{is.physical_offset} + is.record_size;
  if (next > end_.at) end_ = {next, record->store_timestamp};
  return true;
}

Result<Projection::Verdict> ConsumeQueues::examine(const Record& record, bool whole) {
  if (!model::message::sys_flag::in_queue(record.sys_flag)) return Verdict::follows;
  ConsumeQueue& queue = table_.find_or_make(record.topic, record.queue_id);
  const bool first = !std::exchange(queue.replayed, true);
  if (record.queue_offset == value(queue.max())) return Verdict::follows;
  // The first record of a queue in a whole log may have any offset: those before it have expired. At
  // zero a queue begins again whose topic was deleted meanwhile.
  if (record.queue_offset == 0 || (whole && first)) {
    if (auto removed = queue.files().remove(); !removed) return removed.error();
    queue.restart(QueueOffset{record.queue_offset});
    return Verdict::follows;
  }
  // Of a queue that this scan has not met yet, the queue is wrong; otherwise the record is.
  return first && !whole ? Verdict::disagrees : Verdict::breaks;
}

Result<void> ConsumeQueues::relieve() {
  for (const QueuePtr& queue : table_.all()) {
    if (queue->unwritten_entries() < unwritten_entries_max) continue;
    if (auto written = queue->write_out(); !written) return written;
    queue->trim(everywhere);
  }
  return {};
}

Result<void> ConsumeQueues::ready() {
  for (const QueuePtr& queue : table_.all()) {
    if (auto written = queue->write_out(); !written) return written;
    queue->trim(everywhere);
    queue->next = queue->max();
    queue->replayed = false;
  }
  return {};
}

Result<void> ConsumeQueues::clear() {
  for (const QueuePtr& queue : table_.all()) {
    if (auto removed = queue->files().remove(); !removed) return removed;
    queue->restart(QueueOffset{0});
    queue->replayed = false;
  }
  durable_ = {};
  end_ = {};
  found_ = true;  // there is none now
  return {};
}

Result<std::optional<Mark>> ConsumeQueues::truncate(PhysicalOffset to) {
  const auto held = files_mutex_.lock();
  if (!held) return held.error();
  end_ = {};
  for (auto& [topic, until] : removed_) until = std::min(until, to);
  for (const QueuePtr& queue : table_.all())
    if (auto done = cut(*queue, to); !done) return done.error();
  // Until the next flush() nothing is known to be durable but what was before and is still there.
  if (to < durable_.mark.at) durable_ = {{to, end_.stamp}, count()};
  return std::optional(Mark{to, end_.stamp});
}

Result<void> ConsumeQueues::cut(ConsumeQueue& queue, PhysicalOffset to) {
  const QueueOffset begin = queue.recent_begin();
  const auto recent = queue.recent(begin);
  const auto beyond = std::ranges::find_if(
      recent, [&](const QueueEntry& entry) { return entry.physical_offset >= value(to); });
  auto end = Result<QueueOffset>(begin + (beyond - recent.begin()));
  if (beyond == recent.begin() && queue.min() < begin)
    end = first_failing(queue.files(), queue.min(), begin, points_below(to));
  if (!end) return end.error();
  queue.forget_from(*end);
  queue.next = queue.max();
  if (*end < queue.files().limit())
    if (auto done = queue.files().cut(*end); !done) return done;
  const auto right = check_last(queue);
  if (!right) return right.error();
  return *right ? Result<void>() : Error(Errc::invalid, "a consume queue does not agree with the log");
}

Result<void> ConsumeQueues::flush(Mark applied) {
  const auto held = files_mutex_.lock();
  if (!held) return held.error();
  std::int64_t covered = 0;
  for (const QueuePtr& queue : table_.all()) {
    // Taken first: entries that come while we write are not covered.
    covered += value(queue->max());
  }
  auto done = Result<void>();
  for (const QueuePtr& queue : table_.all()) {
    done = write_in_turns(*queue);
    if (!done) break;
    if (!queue->removed) done = queue->files().sync();
    // As with the log: what one sync lost, a later one does not bring back. Entries that are no longer in
    // memory may be among it, so nobody can be served until they are made again.
    if (!done && done.error().code != Errc::gone) {
      runtime::log(runtime_.events, Level::error, "store: a consume queue of topic {} cannot be synced ({})",
                   queue->topic(), done.error());
      return Error(Errc::stopped, "a consume queue could not be synced");
    }
    if (!done) break;
    queue->trim(memory_begin_());
  }
  if (done) durable_ = {applied, covered};
  return done;
}

Result<void> ConsumeQueues::write_in_turns(ConsumeQueue& queue) {
  for (std::int64_t left = queue.unwritten_entries(); left > 0 && !queue.removed; left -= entries_per_turn) {
    if (auto written = queue.write_out(entries_per_turn); !written) return written;
    runtime_.tasks.yield();
  }
  return {};
}

Result<void> ConsumeQueues::expire(PhysicalOffset floor) {
  const auto held = files_mutex_.lock();
  if (!held) return held.error();
  for (const QueuePtr& queue : table_.all()) {
    const QueueOffset written = queue->max() + -queue->unwritten_entries();
    const auto min = first_failing(queue->files(), queue->min(), written, points_below(floor));
    if (!min) return min.error();
    queue->raise_min(*min);
    if (auto freed = queue->files().remove_before(queue->min()); !freed) return freed;
  }
  return {};
}

void ConsumeQueues::remove_topic(std::string_view topic, PhysicalOffset log_end) {
  const std::vector<QueuePtr> taken = table_.take(topic);
  if (taken.empty()) return;
  removed_[std::string(topic)] = log_end;
  const auto removed = remove_files(topic, taken);
  if (!removed && removed.error().code != Errc::gone)
    runtime::log(runtime_.events, Level::warn,
                 "store: files of the deleted topic {} are left on the disk ({})", topic, removed.error());
}

Result<void> ConsumeQueues::remove_files(std::string_view topic, const std::vector<QueuePtr>& queues) {
  // Those who ask are served in order: files of a new topic of that name are made later.
  const auto held = files_mutex_.lock();
  if (!held) return held.error();
  for (const QueuePtr& queue : queues)
    if (auto removed = queue->files().remove(); !removed) return removed;
  const std::string folder = config_.root + "/consumequeue";
  if (auto removed = files::remove_file(runtime_.disk, folder + "/" + std::string(topic)); !removed)
    return removed;
  return runtime_.disk.sync_directory(folder);
}

std::unique_ptr<Rebuild> ConsumeQueues::rebuild() {
  return std::make_unique<QueueRebuild>(*this, config_.delay_levels);
}

void ConsumeQueues::check_invariants() const {
  for (const QueuePtr& queue : table_.all()) queue->check_invariants();
}

}  // namespace gantry::broker::store::queues
