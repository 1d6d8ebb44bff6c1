#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/base/bytes.h"
#include "model/layout/checkpoint.h"

namespace gantry::model::layout {

/// Up to where a log and what is derived from it are on disk, as offsets. Lies in the checkpoint's file
/// after what RocketMQ has there, from byte 1024 on:
///
///     "GNTRYPOS" | version, count | the checkpoint's three times | log: offset, time |
///     count times: name (32 bytes, zeros at its end), offset, time, held | sum of all before
///
/// A Java broker leaves these bytes alone and changes the times in front of them, so they count only together
/// with the times that they were written with.
struct Positions {
  static constexpr std::size_t begin = 1024;
  static constexpr std::size_t name_bytes = 32;
  static constexpr std::size_t count_max = 40;

  struct Place {
    std::int64_t offset = 0;  ///< in bytes from the log's start
    std::int64_t stamp = 0;   ///< store timestamp of the record before it, in ms since 1970
    friend bool operator==(const Place&, const Place&) = default;
  };
  struct Named {
    std::string name;  ///< shorter than name_bytes
    Place place;
    std::int64_t held = 0;  ///< how much the projection holds there, by its own count
    friend bool operator==(const Named&, const Named&) = default;
  };

  Place log;
  std::vector<Named> projections;  ///< at most count_max

  friend bool operator==(const Positions&, const Positions&) = default;
};

/// The whole file of a checkpoint with positions.
Buffer encode(const Checkpoint& checkpoint, const Positions& positions);
/// The positions of a checkpoint's file; nothing when there are none, when they are damaged, or when the
/// times in front of them were changed since.
std::optional<Positions> read_positions(Bytes file);

}  // namespace gantry::model::layout
