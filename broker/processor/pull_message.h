#pragma once

#include "broker/processor/remoting_peer.h"
#include "broker/pulling/pulling.h"
#include "model/protocol/command.h"
#include "runtime/remoting/responder.h"

namespace gantry::broker::processor {

/// LITE_PULL_MESSAGE: what 5.x clients send for a pull of their lite consumer.
inline constexpr model::protocol::RequestCode lite_pull_message{361};

/// PULL_MESSAGE, and LITE_PULL_MESSAGE of newer clients.
class PullMessage {
 public:
  /// What it refers to must outlive the processor, and every pull that waits.
  PullMessage(pulling::Pulling& pulling, RemotingPeers& peers) : pulling_(pulling), peers_(peers) {}
  /// Answers now, or when the pull has waited. May suspend for the disk.
  void operator()(const model::protocol::CommandView& request, runtime::remoting::Responder respond);

 private:
  model::protocol::Command answer_to(pulling::Outcome<pulling::Pulled> outcome) const;

  pulling::Pulling& pulling_;
  RemotingPeers& peers_;
};

}  // namespace gantry::broker::processor
