#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/message/message_id.h"
#include "runtime/clock.h"
#include "runtime/random.h"

namespace gantry::client::producer {

/// The message ids that a client gives (property UNIQ_KEY). What tells the processes of one machine and the
/// runs of one process apart is drawn at the start.
class UniqueKeys {
 public:
  /// `ip` is an address in dots; anything else counts as 0.0.0.0.
  UniqueKeys(const runtime::Clock& clock, runtime::Random& random, std::string_view ip);
  /// An id that no other message of this client has, nor one of another client, as far as chance allows.
  std::string next();

 private:
  const runtime::Clock& clock_;
  model::message::UniqKeyParts parts_;
};

}  // namespace gantry::client::producer
