#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/base/bytes.h"
#include "runtime/clock.h"
#include "runtime/events.h"

namespace gantry::sim {

/// Who did something: one incarnation of one process. Everything empty and zero: the world itself.
struct Actor {
  std::string_view machine;
  std::string_view process;
  std::uint32_t node = 0;         ///< numbers the processes of a world from 1, in order of their first start
  std::uint32_t incarnation = 0;  ///< from 1
  std::uint64_t fiber = 0;        ///< from 1 within the incarnation; 0: no fiber of it, but the world
};

/// One runtime call that had an effect, or one thing that the world did. All of it is in the hash.
/// The views are valid during the call that hands it over. Kinds of what a process does, each of them an
/// anchor for faults on its machine:
///
///     process.start .end           task.spawn                       random.draw
///     probe, count                 (the name is in `text`, and is the anchor)
///     net.listen .connect .connected .accept .write .read .close .close-port
///     disk.open .map .make-directories .list .rename .rename-to .unlink .sync-directory .space .lock
///     disk.read .read-failed .write .written .write-failed .truncate .allocate .no-space
///     disk.sync .synced .sync-failed
///     and whatever the node gives to Events::record()
///
/// Kinds of what the world does, and no anchors:
///
///     process.kill      machine.power-loss .power-on      fault.begin .end
///     net.reset .forget (by a fault; the connection's id)
///
/// A call enters before it has its effect, except net.connected, .accept and .read, disk.read, .written,
/// .synced and what has failed, which say what came of it.
struct Event {
  runtime::Instant at;  ///< virtual time of the world
  Actor actor;
  std::string_view kind;                ///< such as "disk.sync", "net.write", or what record() was given
  std::string_view text;                ///< a path, a host, the name of a probe, a stream, a fiber
  std::span<const std::int64_t> facts;  ///< lengths, offsets, ports, connection ids
  std::span<const Bytes> bytes;         ///< what crossed network or disk
  std::uint64_t digest = 0;             ///< of those bytes; 0 when there are none
};

/// Sees a run while it happens: recorders and oracles. Called on whatever stack acts; must not
/// suspend, and nothing that it does may reach back into the run.
class Observer {
 public:
  virtual ~Observer() = default;
  /// Something has happened: see Event.
  virtual void on_event(const Event& event) = 0;
  /// A line for the operator; no part of the hash.
  virtual void on_log(runtime::Instant, const Actor&, runtime::Level, std::string_view) {}
};

}  // namespace gantry::sim
