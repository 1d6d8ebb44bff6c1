#pragma once

#include <cstdint>
#include <span>

#include "broker/store/log_files.h"
#include "broker/store/log_rest.h"
#include "broker/store/queue_table.h"
#include "model/layout/checkpoint.h"
#include "model/layout/record.h"
#include "runtime/clock.h"
#include "runtime/events.h"

namespace gantry::broker::store {

/// What a start finds.
struct Recovered {
  PhysicalOffset end{};    ///< behind the last record of the longest valid prefix
  std::int64_t stamp = 0;  ///< of the last record that was read; 0 when there is none
  PhysicalOffset scanned_from{};
  bool cut = false;      ///< something lies behind `end` that is no record of this log
  LogRest given_up;      ///< whole records behind `end`: a hole lies before them
  bool rebuilt = false;  ///< the queues disagreed with the log and were made anew from all of it
};

/// Finds the end of the log and makes the consume queues agree with it.
///
///     log    | ....... durable, queues synced ....... | scanned: every record checked, | torn |
///            ^ begin                                  ^ start      put into its queue  ^ end
///     queue  | kept, the last entry checked ......... | cut, made again from the log   |
///
/// The start is where the checkpoint says that everything before is on disk; after a clean stop,
/// behind the last record that any queue knows. A queue that does not end where the log goes on is
/// not repaired: all queues are made anew from the whole log.
/// Nothing behind the end may come back: the caller truncates the log there. What is whole behind it is
/// counted and logged before.
class Recovery {
 public:
  Recovery(LogFiles& files, QueueTable& queues, runtime::Events& events,
           std::span<const runtime::Duration> delay_levels)
      : files_(files), queues_(queues), events_(events), delay_levels_(delay_levels) {}

  /// `in_order`: what QueueTable::load said. Suspends. Errors: `io` and others of the disk.
  Result<Recovered> run(bool after_crash, bool in_order, const model::layout::Checkpoint& checkpoint);

 private:
  enum class Replay : std::uint8_t { done, rebuild };

  Result<PhysicalOffset> start_by_checkpoint(const model::layout::Checkpoint& checkpoint);
  /// Keeps the entries below `start`; false when the last of them is not what the log holds.
  Result<bool> settle(ConsumeQueue& queue, PhysicalOffset start, bool after_crash);
  Result<bool> settle_all(PhysicalOffset start, bool after_crash);
  Result<Replay> replay(PhysicalOffset start);
  /// Whether the record is the next one of its queue, or may be the first.
  Result<bool> continues(ConsumeQueue& queue, const model::layout::Record& record, bool from_begin);
  Result<void> look_behind(bool after_crash);
  Result<void> forget_queues();
  Result<void> finish();

  LogFiles& files_;
  QueueTable& queues_;
  runtime::Events& events_;
  std::span<const runtime::Duration> delay_levels_;
  Recovered found_;
  PhysicalOffset queues_end_{};  // behind the last record that a queue knows
  std::int64_t queues_stamp_ = 0;
};

}  // namespace gantry::broker::store
