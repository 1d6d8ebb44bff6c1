#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/base/result.h"

namespace gantry::traces::record {

/// One thing that a node did or that happened to it.
struct Event {
  std::int64_t at_ns = 0;           ///< world time
  std::string node;                 ///< machine, and process where it matters: "broker-a/broker"
  std::uint64_t incarnation = 0;    ///< which life of the process
  std::uint64_t fiber = 0;          ///< ordinal within the incarnation; 0 = not on a fiber
  std::string kind;                 ///< "net.write", "disk.sync", "send.stored", ...
  std::vector<std::int64_t> facts;  ///< what `kind` says they are
  friend bool operator==(const Event&, const Event&) = default;
};

/// One run, whole: what was run, by which build, what came of it, and every event. A text file, so
/// that it can be read, searched and mailed without a tool:
///
///     gantry-record 1
///     build g++ 12.2.0
///     hash 0123456789abcdef0123456789abcdef
///     verdict every claim held
///     case 3
///     gantry-case 1
///     ...
///     events 2
///     1500000000 broker-a/broker 1 4 disk.sync 4096 0
///     ...
///     end
struct Record {
  static constexpr int format = 1;
  std::string build;
  std::string hash;
  std::string verdict;
  std::string case_text;  ///< the case file, whole
  std::vector<Event> events;
  friend bool operator==(const Record&, const Record&) = default;
};

std::string to_text(const Record& record);

/// What is wrong with a record file, and where.
struct ReadError {
  std::size_t line = 0;
  std::string message;  ///< what was expected there, and what stood there
};

/// Reads the text form; a file that was cut off or damaged is an error, never half a record.
boost::system::result<Record, ReadError> parse(std::string_view text);

}  // namespace gantry::traces::record
