#pragma once

#include <cstdint>

#include "broker/store/log/log_files.h"

namespace gantry::broker::store::log {

/// Whole records after the end of the log, which a start does not keep: something before them is
/// lost, and a log with a hole is none.
struct LogRest {
  std::int64_t records = 0;
  std::int64_t bytes = 0;  ///< of these records
  PhysicalOffset from{};   ///< of the first one
  PhysicalOffset to{};     ///< after the last one
  std::int64_t files = 0;  ///< that begin at the end or after it
};

/// Looks at every byte from `end` on for records that are whole and written to their place, but goes
/// on to the next file after 16 MiB of zeros: files have their full size from the start. Suspends.
/// Errors: `io`.
Result<LogRest> rest_after(const LogFiles& files, PhysicalOffset end);

}  // namespace gantry::broker::store::log
