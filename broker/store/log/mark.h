#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

#include "broker/store/modes.h"
#include "broker/store/offsets.h"

namespace gantry::broker::store::log {

/// A place in the log: the offset after a record, and the store timestamp of that record.
struct Mark {
  PhysicalOffset at{};
  std::int64_t stamp = 0;  ///< in ms since 1970; 0 when no record lies below the mark
  friend bool operator==(const Mark&, const Mark&) = default;
};

/// The marks of a log, by what has become of the bytes below them.
enum class Reached : std::uint8_t {
  end,         ///< They are in memory.
  answerable,  ///< A kill of the process leaves them, and there are few enough that their senders may be
               ///< answered.
  written,     ///< They are in the log's files, and a loss of power may take them.
  durable,     ///< They are in the log's files and synced.
  confirmed,   ///< Enough replicas have them.
};
inline constexpr std::size_t reached_count = 5;

/// All marks of one log. Invariant: durable <= written <= answerable <= end, and confirmed <= end.
class Marks {
 public:
  Mark& operator[](Reached which) { return marks_[static_cast<std::size_t>(which)]; }
  const Mark& operator[](Reached which) const { return marks_[static_cast<std::size_t>(which)]; }
  void set_all(Mark to) { marks_.fill(to); }

 private:
  std::array<Mark, reached_count> marks_{};
};

/// Up to where readers and projections see the log. This is the only place that decides it: nobody sees what
/// the promise of these modes may still lose.
inline Mark visible(const Marks& marks, FlushMode flush, ReplicaMode replicas) {
  const Mark safe = marks[flush == FlushMode::sync_flush ? Reached::durable : Reached::answerable];
  if (replicas == ReplicaMode::alone) return safe;
  const Mark confirmed = marks[Reached::confirmed];
  return confirmed.at < safe.at ? confirmed : safe;
}

}  // namespace gantry::broker::store::log

/// The offset in bytes.
template <>
struct fmt::formatter<gantry::broker::store::PhysicalOffset> : fmt::formatter<std::int64_t> {
  auto format(gantry::broker::store::PhysicalOffset at, fmt::format_context& out) const {
    return fmt::formatter<std::int64_t>::format(gantry::broker::store::value(at), out);
  }
};
/// `4096 (1700000000000)`: the offset, and the store timestamp of the record before it.
template <>
struct fmt::formatter<gantry::broker::store::log::Mark> : fmt::formatter<fmt::string_view> {
  auto format(const gantry::broker::store::log::Mark& mark, fmt::format_context& out) const {
    return fmt::format_to(out.out(), "{} ({})", gantry::broker::store::value(mark.at), mark.stamp);
  }
};
