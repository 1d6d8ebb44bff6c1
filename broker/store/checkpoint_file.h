#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "broker/store/projection.h"
#include "model/layout/checkpoint.h"
#include "model/layout/positions.h"
#include "runtime/disk.h"

namespace gantry::broker::store {

/// The file `checkpoint`: up to where the log and its projections are durable. RocketMQ's times stand in
/// front, by which a Java broker goes; the offsets after them are ours: see model/layout/positions.h.
class CheckpointFile {
 public:
  /// `disk` outlives this.
  CheckpointFile(runtime::Disk& disk, const std::string& root) : disk_(disk), path_(root + "/checkpoint") {}

  /// Reads the file. One that is missing or cannot be understood only costs a longer start. Suspends. Errors:
  /// those of the disk.
  Result<void> load();
  /// RocketMQ's times; zeros before the first checkpoint.
  const model::layout::Checkpoint& times() const { return times_; }
  /// Up to where the log was durable; nothing when that is not known.
  std::optional<log::Mark> log() const;
  /// What that projection's durable() said; nothing when that is not known.
  std::optional<Durable> of(const Projection& projection) const;

  /// Says that the log is durable below `log`, and each projection as it says itself. Durable when it
  /// returns; whatever crashes, the file holds either what it held or this. Suspends. Errors: those of the
  /// disk.
  Result<void> store(log::Mark log, std::span<Projection* const> projections);

 private:
  runtime::Disk& disk_;
  std::string path_;
  model::layout::Checkpoint times_;
  std::optional<model::layout::Positions> positions_;
};

}  // namespace gantry::broker::store
