#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "runtime/clock.h"
#include "sim/simulation.h"

namespace gantry::properties::cluster {

/// Where a message lies.
struct Place {
  std::string broker;
  std::string topic;
  std::int32_t queue = 0;
  std::int64_t offset = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
};

/// One send as its producer saw it.
struct Sent {
  std::string id;
  std::string producer;
  runtime::Instant begun;     ///< world time
  runtime::Instant ended;     ///< never() when the producer crashed or the run ended first
  bool acknowledged = false;  ///< SEND_OK
  Place place;                ///< when acknowledged
};

/// One message as a consumer's listener saw it.
struct Consumed {
  std::string group;
  std::string consumer;
  std::string id;
  Place place;
  runtime::Instant at;
  bool intact = false;  ///< the body is the one that its id and size determine
};

/// One message as it was read back from its broker at the end, every queue from its first offset.
struct Stored {
  std::string id;
  Place place;
  std::int64_t physical_offset = 0;
  std::int64_t store_timestamp = 0;
  bool intact = false;
};

/// All that the claims look at, in the order in which it happened.
struct Outcome {
  std::vector<Sent> sent;
  std::vector<Consumed> consumed;
  std::vector<Stored> stored;
  std::map<std::string, std::string> unread;  ///< queues that could not be read back, and why
  bool audited = false;                       ///< the last reading back went through every queue
  bool settled = false;                       ///< every group had consumed everything before the deadline
  runtime::Instant settled_at;
  runtime::Instant deadline;

  sim::Simulation::Hash hash;
  std::uint64_t events = 0;
  runtime::Instant end;
};

}  // namespace gantry::properties::cluster
