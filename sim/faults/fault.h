#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::sim::faults {

enum class Kind : std::uint8_t {
  process_kill,  ///< kill -9 of the target's process; started again after `duration`
  process_stop,  ///< the target's process is asked to stop in order; one that still runs after `duration` is
                 ///< killed, and it is started again
  power_loss,    ///< the target machine loses power; back, and its process started, after `duration`
  pause,         ///< the process does not run for `duration`; its sockets stay open
  cut,           ///< silence between `target` and `peer` (empty: everybody), both ways
  cut_outgoing,  ///< only what `target` sends to `peer` is lost
  stall,         ///< bytes between `target` and `peer` wait until the end of `duration`
  delay,         ///< extra latency of `amount` ms between `target` and `peer`
  reset,         ///< the connections between `target` and `peer` break once
  half_open,     ///< the connections between `target` and `peer` go silent for good; new ones work
  disk_full,     ///< writes that extend fail with no_space
  disk_slow,     ///< each disk operation takes `amount` ms more
  disk_stall,    ///< disk operations wait until the end of `duration`
  disk_error,    ///< the next `amount` syncs (`part` = sync), writes or reads fail with io
  clock_step,    ///< the wall clock jumps by `amount` ms, back again after `duration`
  clock_drift,   ///< the clocks run `amount` ppm fast (negative: slow) for `duration`
};

/// When a fault begins: at a virtual time, or when a named thing happens for the n-th time on the
/// target (a probe, or a kind of event such as "disk.sync": see is_anchor()). A thing that never
/// happens so often makes the fault inert.
struct Anchor {
  std::int64_t at_ms = 0;  ///< of world time; used when `event` is empty
  std::string event;
  std::uint64_t occurrence = 1;
  friend bool operator==(const Anchor&, const Anchor&) = default;
};

/// One deletable record: begin and end in one, so that removing it leaves a well-formed plan.
struct Fault {
  std::int32_t id = 0;  ///< names it in reports and excuses
  Kind kind = Kind::process_kill;
  std::string target;  ///< a machine, or "machine/process" for those that hit a process
  std::string peer;    ///< the other machine of a link, empty = all
  Anchor anchor;
  std::int64_t duration_ms = 0;  ///< negative: for good; without a meaning for those that happens_once()
  std::int64_t amount = 0;
  std::string part;
  friend bool operator==(const Fault&, const Fault&) = default;
};

/// Whether a process can make an event of that kind: a call of its runtime by that name (sim/observer.h
/// lists them), or something of its own, `area.what`, of which nobody here has a list. What the world does
/// by itself is no anchor.
bool is_anchor(std::string_view event);

/// Whether a fault of that kind does all that it does as it begins: it ends then, too.
bool happens_once(Kind kind);
/// Whether it is about the links of its target, all of them or those to its `peer`.
bool is_of_link(Kind kind);
bool is_of_disk(Kind kind);
bool is_of_clock(Kind kind);

std::string_view name_of(Kind kind);
/// Every kind once.
std::vector<Kind> all_kinds();
std::optional<Kind> kind_of(std::string_view name);

}  // namespace gantry::sim::faults
