#pragma once

#include "broker/processor/parts.h"

namespace gantry::broker::processor {

/// The broker itself: its configuration, its numbers, and single messages of its log.
class BrokerAdmin {
 public:
  explicit BrokerAdmin(Parts parts);

  Command config(const CommandView& request);
  /// Only the keys that may change while a broker runs; the others, and all that come with them in
  /// one request, are refused. Holds until the broker stops.
  Command update_config(const CommandView& request);
  Command runtime_info(const CommandView& request);
  Command view_message(const CommandView& request);

 private:
  Parts parts_;
  std::int64_t boot_timestamp_ = 0;
  runtime::Instant booted_;
  std::int64_t config_changes_ = 0;
};

}  // namespace gantry::broker::processor
