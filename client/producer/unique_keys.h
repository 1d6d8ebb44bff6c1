#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/message/message_id.h"
#include "runtime/clock.h"
#include "runtime/random.h"

namespace gantry::client::producer {

/// Message ids that a client gives (property UNIQ_KEY). What tells the processes of one machine and
/// the runs of one process apart is drawn at the start.
class UniqueKeys {
 public:
  /// `ip` in dots; anything else counts as 0.0.0.0.
  UniqueKeys(const runtime::Clock& clock, runtime::Random& random, std::string_view ip);
  std::string next();

 private:
  const runtime::Clock& clock_;
  model::message::UniqKeyParts parts_;
};

}  // namespace gantry::client::producer
