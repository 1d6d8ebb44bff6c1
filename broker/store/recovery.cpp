#include "broker/store/recovery.h"

#include <algorithm>

#include "broker/store/log/log_scanner.h"
#include "model/base/invariant.h"
#include "runtime/log.h"

namespace gantry::broker::store {

using log::LogScanner;
using log::Mark;
using model::layout::Checkpoint;
using model::layout::Record;
using runtime::Level;
using Verdict = Projection::Verdict;

namespace {
/// Times of the checkpoint are taken as that much older than they say, as RocketMQ does.
constexpr std::int64_t checkpoint_slack_ms = 3000;
}  // namespace

Result<Recovered> Recovery::run(bool after_crash, const CheckpointFile& checkpoint,
                                const std::function<Result<void>()>& loaded) {
  const auto sure = checkpoint.log();
  if (after_crash && sure) {
    if (auto found = recover(sure->at, &checkpoint, loaded); !found) return found;
    if (auto looked = look_past_end(); !looked) return looked.error();
    if (found_.given_up.records == 0) return report();
    // Rather read more than give up what is whole: the checkpoint may be of another log.
    events_.log(Level::warn,
                "store: the checkpoint leads to a hole in the log, which is read from further back");
  }
  std::optional<PhysicalOffset> until;
  if (after_crash) {
    const auto start = start_by_times(checkpoint.times());
    if (!start) return start.error();
    until = *start;
  }
  if (auto found = recover(until, nullptr, loaded); !found) return found;
  // After a clean stop the projections know the end, and nothing is taken away there.
  if (!after_crash && !found_.cut) return found_;
  if (auto looked = look_past_end(); !looked) return looked.error();
  return report();
}

Recovered Recovery::report() {
  const log::LogRest& rest = found_.given_up;
  if (rest.records > 0) {
    runtime::log(
        events_, Level::error,
        "store: the log is cut at {}, and {} whole records ({} bytes) after it, from {} to {}, are given up; "
        "{} files of the log are removed",
        found_.end.at, rest.records, rest.bytes, rest.from, rest.to, rest.files);
    events_.probe("store.gave-up-records");
    events_.count("store.records_given_up", rest.records);
  } else if (rest.files > 0) {
    runtime::log(events_, Level::warn,
                 "store: {} files of the log after {} hold no whole record and are removed", rest.files,
                 found_.end.at);
  }
  return found_;
}

Result<Mark> Recovery::after_cut(PhysicalOffset to) {
  fed_.clear();
  scan_from_ = to;
  for (Projection* const projection : projections_) {
    const auto stands = projection->truncate(to);
    if (!stands) return stands.error();
    if (auto added = add(*projection, *stands); !added) return added.error();
  }
  found_ = {};
  for (const Fed& each : fed_) scan_from_ = std::min(scan_from_, each.from);
  if (auto fed = feed(); !fed) return fed.error();
  invariant(found_.end.at == to, "a cut log ends where it was cut");
  return found_.end;
}

Result<PhysicalOffset> Recovery::start_by_times(const Checkpoint& checkpoint) {
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

Result<Recovered> Recovery::recover(std::optional<PhysicalOffset> until, const CheckpointFile* noted,
                                    const std::function<Result<void>()>& loaded) {
  fed_.clear();
  found_ = {};
  std::int64_t stamp = 0;
  std::vector<std::optional<Mark>> stand;
  for (Projection* const projection : projections_) {
    const auto mark = projection->load(until, noted ? noted->of(*projection) : std::nullopt);
    if (!mark) return mark.error();
    stand.push_back(*mark);
    if (*mark) stamp = std::max(stamp, (*mark)->stamp);
  }
  if (auto fine = loaded(); !fine) return fine.error();
  for (std::size_t i = 0; i < stand.size(); ++i)
    if (auto added = add(*projections_[i], stand[i]); !added) return added.error();
  scan_from_ = std::min(files_.limit(), until.value_or(files_.limit()));
  for (const Fed& each : fed_) scan_from_ = std::min(scan_from_, each.from);
  if (auto fed = feed(); !fed) return fed.error();
  found_.end.stamp = std::max(found_.end.stamp, stamp);
  return found_;
}

Result<void> Recovery::add(Projection& projection, const std::optional<Mark>& loaded) {
  fed_.push_back({&projection, files_.begin(), false});
  if (!loaded) return make_anew(fed_.back());
  fed_.back().from = std::max(files_.begin(), loaded->at);
  fed_.back().whole = loaded->at <= files_.begin();
  return {};
}

Result<void> Recovery::make_anew(Fed& fed) {
  runtime::log(events_, Level::warn, "store: {} do not agree with the commit log and are made anew",
               fed.projection->name());
  events_.probe("store.rebuild");
  found_.rebuilt = true;
  fed.from = files_.begin();
  fed.whole = true;
  return fed.projection->clear();
}

Result<void> Recovery::feed() {
  auto replayed = replay();
  while (replayed && *replayed == Replay::again) replayed = replay();
  if (!replayed) return replayed.error();
  for (Projection* const projection : projections_)
    if (auto ready = projection->ready(); !ready) return ready;
  return {};
}

Result<Recovery::Replay> Recovery::replay() {
  for (const Fed& each : fed_) scan_from_ = std::min(scan_from_, each.from);
  LogScanner scanner(files_, scan_from_);
  found_.scanned_from = scan_from_;
  found_.end = {scan_from_, 0};
  for (;;) {
    const auto next = scanner.next();
    if (!next) return next.error();
    if (!*next) break;
    const Record& record = **next;
    const auto verdict = examine(record);
    if (!verdict) return verdict.error();
    if (*verdict == Verdict::disagrees) return Replay::again;
    if (*verdict == Verdict::breaks) {
      runtime::log(events_, Level::error,
                   "store: a record of topic {} at {} does not continue its queue; the log is cut there",
                   record.topic, record.physical_offset);
      found_.cut = true;
      return Replay::done;
    }
    for (Fed& each : fed_) {
      if (PhysicalOffset{record.physical_offset} < each.from) continue;
      each.projection->apply({&record, 1});
      each.from = scanner.position();
      if (auto relieved = each.projection->relieve(); !relieved) return relieved.error();
    }
    found_.end = {scanner.position(), std::max(found_.end.stamp, record.store_timestamp)};
  }
  found_.end.at = scanner.position();
  const auto rubble = scanner.rubble();
  if (!rubble) return rubble.error();
  found_.cut = *rubble || found_.end.at + files_.file_bytes() <= files_.limit();
  if (*rubble)
    runtime::log(events_, Level::warn, "store: no whole record lies at {}; the log is cut there",
                 found_.end.at);
  return Replay::done;
}

Result<Verdict> Recovery::examine(const Record& record) {
  Verdict verdict = Verdict::follows;
  for (Fed& each : fed_) {
    if (PhysicalOffset{record.physical_offset} < each.from) continue;
    const auto asked = each.projection->examine(record, each.whole);
    if (!asked) return asked.error();
    if (*asked == Verdict::breaks) return Verdict::breaks;
    if (*asked == Verdict::follows) continue;
    if (auto anew = make_anew(each); !anew) return anew.error();
    verdict = Verdict::disagrees;
  }
  return verdict;
}

Result<void> Recovery::look_past_end() {
  const auto rest = log::rest_after(files_, found_.end.at);
  if (!rest) return rest.error();
  found_.given_up = *rest;
  return {};
}

}  // namespace gantry::broker::store
