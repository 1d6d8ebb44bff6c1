#pragma once

#include <cstdint>

#include "model/base/bytes.h"
#include "model/base/result.h"

namespace gantry::model::layout {

/// The file `checkpoint`: store times up to which each part is known to be on disk.
struct Checkpoint {
  static constexpr std::size_t bytes = 4096;

  std::int64_t physic_timestamp = 0;  ///< commit log
  std::int64_t logics_timestamp = 0;  ///< consume queues
  std::int64_t index_timestamp = 0;
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// The whole file; what is after the three numbers is zero.
Buffer encode(const Checkpoint& checkpoint);
/// Errors: `invalid` when the file is shorter than its numbers.
Result<Checkpoint> read_checkpoint(Bytes file);

}  // namespace gantry::model::layout
