#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "broker/store/checkpoint_file.h"
#include "broker/store/log/log_files.h"
#include "broker/store/log/log_rest.h"
#include "broker/store/projection.h"
#include "model/layout/record.h"
#include "runtime/events.h"

namespace gantry::broker::store {

/// What a start finds.
struct Recovered {
  log::Mark end;                  ///< after the last record of the longest valid prefix
  PhysicalOffset scanned_from{};  ///< what lies below was durable already
  bool cut = false;               ///< something lies after `end` that is no record of this log
  log::LogRest given_up;          ///< whole records after `end`: a hole lies before them
  bool rebuilt = false;           ///< a projection disagreed with the log, and was made anew from all of it
};

/// Finds the end of a log, and makes its projections agree with it.
///
///     log         | ....... durable ....... | read: every record checked ............ | torn |
///                 ^ begin                   ^ the checkpoint's offset                  ^ end
///     projection  | its files are believed ....... | applied from there on ............|
///                                                  ^ load()
///
/// After a crash the log is read from where the checkpoint says that the log and all projections are durable;
/// with a checkpoint of a Java broker, from the last file that is old enough by its times; after a clean
/// stop, from where the projections end. Each projection is fed what it lacks. One that disagrees with the
/// log is made anew from all of it. Nothing after the end may come back: the caller cuts the log there. What
/// is whole after it is counted and logged first.
class Recovery {
 public:
  /// What is handed in outlives this.
  Recovery(const log::LogFiles& files, std::span<Projection* const> projections, runtime::Events& events)
      : files_(files), projections_(projections), events_(events) {}

  /// A start. `loaded` is called when the projections have been found to be in order, before the first file
  /// is changed; its error ends the call. Suspends. Errors: `io` and others of the disk.
  Result<Recovered> run(bool after_crash, const CheckpointFile& checkpoint,
                        const std::function<Result<void>()>& loaded);
  /// The log has been cut at `to`, and so are the projections. Suspends. Errors: those of the disk.
  Result<log::Mark> after_cut(PhysicalOffset to);

 private:
  enum class Replay : std::uint8_t { done, again };
  /// A projection, and from where on it is fed.
  struct Fed {
    Projection* projection;
    PhysicalOffset from;
    bool whole;  ///< from the log's begin
  };

  Result<PhysicalOffset> start_by_times(const model::layout::Checkpoint& checkpoint);
  Result<Recovered> recover(std::optional<PhysicalOffset> until, const CheckpointFile* noted,
                            const std::function<Result<void>()>& loaded);
  Result<void> add(Projection& projection, const std::optional<log::Mark>& loaded);
  Result<void> make_anew(Fed& fed);
  Result<void> feed();
  Result<Replay> replay();
  Result<Projection::Verdict> examine(const model::layout::Record& record);
  Result<void> look_past_end();
  /// Tells the operator what is given up.
  Recovered report();

  const log::LogFiles& files_;
  std::span<Projection* const> projections_;
  runtime::Events& events_;
  std::vector<Fed> fed_;
  PhysicalOffset scan_from_{};
  Recovered found_;
};

}  // namespace gantry::broker::store
