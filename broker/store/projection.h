#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "broker/store/log/mark.h"
#include "model/base/result.h"
#include "model/layout/record.h"

namespace gantry::broker::store {

/// Up to where the files of a projection are durable.
struct Durable {
  log::Mark mark;
  /// How much they hold there, in whatever the projection counts: a start that finds another number does not
  /// believe them.
  std::int64_t count = 0;
};

/// A second opinion on a projection: it is fed the records of the log from the begin, and says at the end
/// whether the projection holds what they say. See Projection::rebuild().
class Rebuild {
 public:
  virtual ~Rebuild() = default;
  /// The next record in order; its views are valid until the call returns. May suspend.
  virtual void apply(const model::layout::Record& record) = 0;
  /// What differs, in words for a person; empty when nothing does. May suspend.
  virtual std::string difference() = 0;
};

/// What is derived from the log record by record, and could be made anew from it.
///
///     append --> appended() --+-- the log grows --> apply() --> visible --> flush() --> durable()
///                             +-- the disk refuses --> taken_back()
///     start:  load() --> examine(), apply() of what it lacks --> ready()
///     cut:    truncate() --> the same
///
/// A projection sees each record once and in order, by one dispatcher: live, after a start, after a cut, and
/// on a slave. Its files are never more than a hint: at a start it says up to where they can be believed.
/// Views in a record are valid until the call returns. Only what says so may suspend.
class Projection {
 public:
  enum class Verdict : std::uint8_t {
    follows,    ///< the record can be applied
    disagrees,  ///< the projection is wrong: it has to be made anew from the whole log
    breaks,     ///< the record cannot stand there: the log ends in front of it
  };

  virtual ~Projection() = default;
  /// Names it in logs and in the store's checkpoint: at most 31 characters, and the same in every version.
  virtual std::string_view name() const = 0;

  /// Decides what must be decided before a record is visible (a next offset, a unique key, a verdict).
  virtual void appended(std::span<const model::layout::Record> /*records*/) {}
  /// Forgets what appended() has said of records that are not applied. Those that the log keeps are told
  /// again.
  virtual void taken_back() {}

  /// Takes visible records, in order, none of them twice.
  virtual void apply(std::span<const model::layout::Record> records) = 0;

  /// Takes what the files hold of records below `until`, or of all when there is no such bound, and nothing
  /// else. `noted` is what durable() said at the last checkpoint, if that is known. Returns from where
  /// on the log has to be applied; nothing when all of it has. May suspend. Errors: those of the disk.
  virtual Result<std::optional<log::Mark>> load(std::optional<PhysicalOffset> until,
                                                std::optional<Durable> noted) = 0;
  /// Whether a record that load() lacked can be applied, asked before apply(). `whole`: it is fed the log
  /// from its begin. May suspend. Errors: those of the disk.
  virtual Result<Verdict> examine(const model::layout::Record& /*record*/, bool /*whole*/) {
    return Verdict::follows;
  }
  /// Writes out what would fill memory, between two apply() of a start. May suspend. Errors: those of the
  /// disk.
  virtual Result<void> relieve() { return {}; }
  /// A start or a cut has applied everything. May suspend. Errors: those of the disk.
  virtual Result<void> ready() { return {}; }
  /// Forgets everything, files too: the whole log is applied next. May suspend. Errors: those of the disk.
  virtual Result<void> clear() = 0;
  /// The log has been cut at `to`: goes back to a state that knows no record from there on. Returns from
  /// where on the log has to be applied again, at most `to`; nothing when all of it has. May suspend. Errors:
  /// those of the disk.
  virtual Result<std::optional<log::Mark>> truncate(PhysicalOffset to) = 0;

  /// Makes durable what was applied up to `applied`, where it stands now; more may be applied meanwhile. May
  /// suspend. Errors: those of the disk, to be tried again; `stopped` when a sync failed: nobody knows any
  /// more what the files hold, and the store has to be started again.
  virtual Result<void> flush(log::Mark applied) = 0;
  /// Up to where the last flush() has made it durable.
  virtual Durable durable() const = 0;

  /// Forgets what lies below `floor`, where the log begins now, and frees its files. May suspend. Errors:
  /// those of the disk.
  virtual Result<void> expire(PhysicalOffset floor) = 0;

  /// To compare this projection with what the log says.
  virtual std::unique_ptr<Rebuild> rebuild() = 0;
  /// Breaks an invariant when the projection contradicts itself.
  virtual void check_invariants() const = 0;
};

}  // namespace gantry::broker::store
