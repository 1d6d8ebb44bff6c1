#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gantry::broker::processor {

/// What the broker itself reads in a message's properties.
struct ReadProperties {
  bool wait = true;        ///< WAIT: answer only when the message is as safe as configured
  bool half = false;       ///< TRAN_MSG
  std::string_view delay;  ///< DELAY, a view into the source; empty = none
};

/// Appends to `text` the properties of a message as they go into its record: pieces that no reader would
/// accept (without a name or a value) are left out, so that a record is well-formed whatever a client sent;
/// WAIT is taken out, CLUSTER is set. `own` are the message's, `shared` those of its batch (they follow, as
/// RocketMQ appends them). `drop_delay`: DELAY is left out, as for a dead letter.
ReadProperties append_stored_properties(std::string_view own, std::string_view shared,
                                        std::string_view cluster, bool drop_delay, std::string& text);

/// What append_stored_properties() appends at most, beside `own`.
std::size_t stored_extra_bytes(std::string_view shared, std::string_view cluster);

}  // namespace gantry::broker::processor
