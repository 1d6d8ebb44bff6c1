#pragma once

#include <memory>

#include "broker/processor/parts.h"
#include "model/protocol/consume_headers.h"

namespace gantry::broker::processor {

using model::protocol::PullHeader;

/// PULL_MESSAGE (RocketMQ's PullMessageProcessor), and LITE_PULL_MESSAGE of newer clients.
///
///     check --> read the queue --found, moved, ...--> answer
///                   |
///                   +--nothing new, may wait--> held --arrival, deadline--> read once more --> answer
class PullMessage {
 public:
  explicit PullMessage(Parts parts);
  /// May suspend for the disk.
  void operator()(const CommandView& request, const Responder& respond);

  pulling::PullHold& held() { return held_; }

 private:
  std::optional<Command> check(const PullHeader& header);
  /// What the entries must have; an empty filter takes all.
  /// Gives the pull its filter, or says why it cannot have it.
  std::optional<Command> filter_of(const PullHeader& header, pulling::HeldPull& pull) const;
  std::optional<Command> subscribed(const PullHeader& header, pulling::HeldPull& pull) const;
  /// Reads and answers; returns false when there is nothing and the pull may be held instead.
  bool answer(pulling::HeldPull& pull, bool may_hold);

  Parts parts_;
  pulling::PullHold held_;
};

}  // namespace gantry::broker::processor
