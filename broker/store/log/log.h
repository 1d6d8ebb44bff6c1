#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "broker/store/log/commit_log.h"
#include "broker/store/log/waiters.h"
#include "broker/store/modes.h"
#include "broker/store/open_files.h"
#include "runtime/log.h"
#include "runtime/runtime.h"
#include "runtime/sync/task_group.h"
#include "runtime/sync/timer_queue.h"
#include "runtime/sync/wait.h"

namespace gantry::broker::store::log {

/// The log's part of a store's configuration.
struct LogConfig {
  std::string root;              ///< the store's folder
  std::uint64_t file_bytes = 0;  ///< of one file of the log
  std::uint64_t ring_bytes = 0;  ///< of the newest part in memory; a multiple of 4096
  FlushMode flush = FlushMode::async_flush;
  ReplicaMode replicas = ReplicaMode::alone;
  runtime::Duration flush_interval{};  ///< how often async_flush makes the log durable
};

/// Who derives something from a log. Neither call may suspend.
class Follower {
 public:
  virtual ~Follower() = default;
  /// Everything below `to` has become visible.
  virtual void advance(Mark to) = 0;
  /// The log has forgotten what it had appended beyond its end: see Log::marks().
  virtual void taken_back() = 0;
};

/// One broker's truth: what was appended, in order, as bytes. It knows no topics and no queues.
///
///     take_room() --> memory, which a kill leaves --commit fiber--> files --sync fiber--> durable
///                       |                                                                   |
///                       +-- answer fiber ----> follower sees it, waiters are told <---------+
///
/// Three fibers do the work between begin_at() and stop():
///
///     answer: moves the visible mark and tells the waiters, for all that one turn has appended at once
///     commit: writes memory to the files: at once with sync_flush, else when it is much
///     sync:   makes the files durable: at once with sync_flush, else every flush_interval
///
/// A write that fails is tried again until it works, and meanwhile nothing is taken. A sync that fails fences
/// the log: nothing is taken or acknowledged any more, because a second sync can succeed although the bytes
/// of the first are gone.
///
/// All calls come from fibers of one node.
class Log {
 public:
  using Room = CommitLog::Room;

  /// Does nothing yet. What is handed in outlives the log.
  Log(runtime::Runtime runtime, OpenFiles& open_files, LogConfig config, Follower& follower);

  // A start, in this order. All of these suspend.

  /// Finds the files. After a crash, what the process that was killed had in memory alone is put into them.
  /// Errors: those of LogFiles::load() and TailFile::restore().
  Result<void> load(bool after_crash);
  /// Ends the log at `end` and makes it durable: what lies after it is gone for good, and nothing that only
  /// the page cache holds counts as stored. Everything below `sure` is durable already. Errors: those of the
  /// disk.
  Result<void> settle_at(PhysicalOffset sure, PhysicalOffset end);
  /// Begins with an empty ring at `end`, where the files end, and starts the fibers. Errors: those of the
  /// disk.
  Result<void> begin_at(Mark end);

  /// Writes and syncs what is left, answers everybody who waits, and ends the fibers. Returns whether
  /// everything is durable. Afterwards begin_at() may start again. Not from a fiber or callback of the log.
  bool stop();
  /// After stop(): takes away everything from `to` on, durably. A crash in the middle leaves a log that ends
  /// somewhere between `to` and its old end. Errors: those of the disk; `busy` when something below `to`
  /// could not be written to the files, and `stopped` when the log is fenced: then nothing has changed.
  Result<void> cut(PhysicalOffset to);
  /// After stop(), when everything is durable: removes what only a killed process needs. Errors: those of the
  /// disk.
  Result<void> remove_ring();

  // Appending. None of these suspends.

  /// Whether something can be appended: the log runs, and its disk has not failed.
  bool writable() const { return running_ && health_ == Health::good; }
  bool fenced() const { return health_ == Health::fenced; }
  /// The next store timestamp: the wall time, but never less than the last one.
  std::int64_t stamp() { return bytes_.stamp(runtime_.clock.wall_now()); }
  /// Whether records of so many bytes in all fit at all.
  bool fits(std::size_t bytes) const { return bytes_.fits(bytes); }
  /// Whether there is memory for so many bytes now. When there is none, the disk is told to hurry.
  bool has_room(std::size_t bytes);
  /// See CommitLog::take_room(); there is room. Call appended() when the room is filled.
  Room take_room(std::size_t bytes) { return bytes_.take_room(bytes); }
  /// Takes whole records, and the blanks between them, as another broker has laid them out for `at`. `stamp`
  /// is that of the last record. Errors: `invalid` (this is not the log's end), `stopped` (not writable),
  /// `busy` (no memory now).
  Result<void> append_raw(PhysicalOffset at, Bytes records, std::int64_t stamp);
  /// What was taken room for is filled: it may be written, and seen.
  void appended();

  // Marks, and those who wait for them.

  const Marks& marks() const { return bytes_.marks(); }
  PhysicalOffset at(Reached which) const { return bytes_.at(which); }
  /// Up to where the follower and all readers see the log.
  Mark visible() const { return log::visible(bytes_.marks(), config_.flush, config_.replicas); }
  /// Enough replicas have everything below the mark.
  void confirm(Mark to);
  /// Tells `done` once that the mark has reached `end`: `ok`, or `flush_disk_timeout` at the deadline, or
  /// `service_not_available` when nobody will know. By then the follower has seen what is visible. In order
  /// of `end` for each mark. Call it before the fiber that appended suspends. At once when the log does not
  /// run.
  void when(Reached which, PhysicalOffset end, runtime::Instant deadline, Waiters::Done done);

  /// To read the log, whose newest part is in memory.
  const CommitLog& bytes() const { return bytes_; }

  /// Takes nothing more, because a sync of `what` has failed. The next start writes again what was not
  /// durable.
  void fence(std::string_view what, const Error& why);

  /// Breaks an invariant when the log contradicts itself.
  void check_invariants() const;

 private:
  enum class Health : std::uint8_t {
    good,
    unwritable,  ///< a write failed; it is tried again until it works
    fenced,      ///< a sync failed; nothing is taken any more
  };

  bool sync_flush() const { return config_.flush == FlushMode::sync_flush; }
  Waiters& waiters(Reached which) { return waiters_[static_cast<std::size_t>(which)]; }
  /// Up to here that mark can still come.
  PhysicalOffset reachable(Reached which) const;

  void run_answer();
  void run_commit();
  void run_sync();
  /// Lets the follower see what is visible, and tells those who wait for marks that were reached.
  void advance();
  bool advance_due() const;
  bool write_due() const;
  /// Waits until flush_interval has gone by, and everything that was answerable by then is written. False:
  /// the fiber ends.
  bool wait_for_flush();
  /// Until the disk takes writes again. False: the fiber ends.
  bool wait_until_writable(const Error& why);
  void take_back();
  void watch_deadlines(runtime::Instant deadline);
  void wake_all();
  /// Makes durable what the last process did not know to be.
  Result<void> write_again(PhysicalOffset end);

  runtime::Runtime runtime_;
  const LogConfig config_;
  Follower& follower_;
  LogFiles files_;
  CommitLog bytes_;
  std::array<Waiters, reached_count> waiters_;

  Health health_ = Health::good;
  bool running_ = false;
  bool stopping_ = false;
  bool sync_rests_ = false;    // everything is durable: who appends wakes the sync fiber
  Mark seen_;                  // what the follower has been told of
  PhysicalOffset write_to_{};  // somebody waits until so much is written; at most the log's end

  runtime::Instant watched_ = runtime::Instant::never();  // when a timer looks at the deadlines next
  runtime::sync::WaitList answer_wake_;
  runtime::sync::WaitList commit_wake_;
  runtime::sync::WaitList sync_wake_;
  std::unique_ptr<runtime::sync::TimerQueue> timers_;
  runtime::sync::TaskGroup fibers_;
};

}  // namespace gantry::broker::store::log
