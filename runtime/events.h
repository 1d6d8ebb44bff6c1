#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gantry::runtime {

enum class Level : std::uint8_t { debug, info, warn, error };

/// What a node lets the world know. From here come logs, traces, coverage marks and metrics; none
/// of these calls suspends, fails or changes what the node does. After a crash of the node they have
/// no effect: what its fibers do while they unwind is seen by nobody.
class Events {
 public:
  virtual ~Events() = default;
  /// A line for the operator. Never part of the trace hash.
  virtual void log(Level level, std::string_view text) = 0;
  /// Something that happened, for the trace: `kind` is a literal such as "send.stored", `about` names what
  /// it happened to (a topic; may be empty), the integers are its facts (offsets, ids, codes). Part of the
  /// trace hash: no pointers, no floating point.
  virtual void record(std::string_view kind, std::string_view about, std::span<const std::int64_t> facts) = 0;
  /// A rare state was reached: counted per name, so that a run shows what it exercised.
  virtual void probe(std::string_view name) = 0;
  /// Adds to a named counter or sets a named gauge.
  virtual void count(std::string_view metric, std::int64_t by) = 0;
};

}  // namespace gantry::runtime
