#pragma once

#include "broker/store/checkpoint_file.h"
#include "broker/store/dispatcher.h"
#include "broker/store/log/log.h"
#include "runtime/log.h"
#include "runtime/runtime.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/task_group.h"
#include "runtime/sync/wait.h"

namespace gantry::broker::store {

/// Makes projections durable from time to time, and then says so in the checkpoint: what a start after a
/// crash has to read of the log is what came since.
class Flusher {
 public:
  /// What is handed in outlives the flusher.
  Flusher(runtime::Runtime runtime, log::Log& log, Dispatcher& dispatcher, CheckpointFile& checkpoint);

  /// Starts the fiber. `changed`: the start has changed files of projections.
  void start(bool changed);
  /// Ends the fiber. Not from a fiber of the store.
  void stop();
  /// Something was applied, or has changed otherwise.
  void wake();
  /// There is something to flush even if nothing is applied.
  void mark_changed();

  /// Flushes everything now. Suspends; one call at a time, the others wait. Errors: those of the disk;
  /// `stopped` when nobody knows any more what the files hold.
  Result<void> flush();

 private:
  bool due() const;
  /// So much was applied since the last flush that the next one should not wait for its time.
  bool much() const;
  void run();

  runtime::Runtime runtime_;
  log::Log& log_;
  Dispatcher& dispatcher_;
  CheckpointFile& checkpoint_;
  log::Mark flushed_;     // what projections had applied at the last flush
  log::Mark stored_;      // the log's mark in the last checkpoint
  bool changed_ = false;  // files of projections have, or should have
  bool trusted_ = true;   // false after a failed sync: the checkpoint stands still
  bool rests_ = false;
  bool stopping_ = false;
  runtime::Complaint unwritable_;
  runtime::sync::Mutex flushing_;
  runtime::sync::WaitList wake_;
  runtime::sync::TaskGroup fiber_;
};

}  // namespace gantry::broker::store
