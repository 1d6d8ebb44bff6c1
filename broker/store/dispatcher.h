#pragma once

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "broker/store/log/log.h"
#include "broker/store/projection.h"
#include "model/layout/record.h"

namespace gantry::broker::store {

/// Feeds every projection with every record of the log, once and in order.
///
///     at a start, after a cut:  Recovery reads files --> apply()
///     live, on a slave:         the log's visible mark moves --> advance() reads memory --> apply()
///
/// Live it never suspends: the log keeps in memory what has not been dispatched yet.
class Dispatcher final : public log::Follower {
 public:
  Dispatcher();
  /// Registers a projection, before the first record. It outlives the dispatcher's work.
  void add(Projection& projection) { projections_.push_back(&projection); }
  std::span<Projection* const> projections() const { return projections_; }

  /// Goes on live: all projections have applied what lies below `applied`. `bytes` outlives the dispatcher's
  /// work.
  void begin_at(const log::CommitLog& bytes, log::Mark applied);
  /// Up to here every projection has applied the log.
  log::Mark applied() const { return applied_; }

  /// Is called when something was applied, once for all of it. It must not suspend.
  void on_applied(std::function<void()> callback) { on_applied_ = std::move(callback); }

  /// Records that have just been appended, in order: see Projection::appended().
  void appended(std::span<const model::layout::Record> records);
  void advance(log::Mark to) override;
  void taken_back() override;

  /// Holds every projection against the log from its begin; what differs, in words for a person, and nothing
  /// when all is well. Reads the whole log; suspends. Errors: those of the disk.
  Result<std::string> compare_with_rebuild() const;

 private:
  /// Calls `each` with the records that lie in memory in [from, to), some at a time.
  template <class Each>
  void for_records_in_memory(PhysicalOffset from, PhysicalOffset to, Each each) const;

  const log::CommitLog* bytes_ = nullptr;
  log::Mark applied_;
  std::vector<Projection*> projections_;
  mutable std::vector<model::layout::Record> records_;  // read one call after another; made once
  std::function<void()> on_applied_;
};

}  // namespace gantry::broker::store
