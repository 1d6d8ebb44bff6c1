#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gantry::broker::processor {

/// The properties of a message as they go into its record, and what the broker itself reads in them.
///
/// Pieces that no reader would accept (without a name or a value) are left out, so that a record is
/// well-formed whatever a client sent; WAIT is taken out, CLUSTER is set.
struct StoredProperties {
  std::string text;
  bool wait = true;        ///< WAIT: answer only when the message is as safe as configured
  bool half = false;       ///< TRAN_MSG
  std::string_view delay;  ///< DELAY, a view into the source; empty = none
};

/// `own` are the message's properties, `shared` those of its batch (they follow, as RocketMQ appends
/// them). `drop_delay`: DELAY is left out, as for a dead letter.
StoredProperties stored_properties(std::string_view own, std::string_view shared, std::string_view cluster,
                                   bool drop_delay = false);

}  // namespace gantry::broker::processor
