#pragma once

#include <string>
#include <string_view>

namespace gantry::model::delivery {

/// What the broker itself reads in the properties of a send.
struct ReadProperties {
  bool wait = true;        ///< WAIT: answer only when the message is as safe as configured
  bool half = false;       ///< TRAN_MSG
  std::string_view delay;  ///< DELAY, a view into the source; empty = none
};

/// Appends to `text` what of `sent` goes into a record, each piece with its end mark: pieces that no reader
/// would accept (without a name or a value) are left out, so that a record is well-formed whatever a client
/// sent; so are WAIT, and CLUSTER, which the broker sets. `drop_delay`: and DELAY, as for a dead letter.
ReadProperties append_stored(std::string_view sent, bool drop_delay, std::string& text);

/// Appends CLUSTER, with which the properties of every record end: without an end mark.
void append_cluster(std::string_view cluster, std::string& text);

}  // namespace gantry::model::delivery
