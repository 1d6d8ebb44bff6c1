#pragma once

#include "broker/config/broker_config.h"
#include "broker/sending/sending.h"
#include "model/message/message_id.h"
#include "model/protocol/command.h"
#include "model/protocol/send_headers.h"
#include "runtime/remoting/responder.h"

namespace gantry::broker::processor {

/// SEND_MESSAGE, SEND_MESSAGE_V2 and SEND_BATCH_MESSAGE.
class SendMessage {
 public:
  /// What it refers to must outlive the processor, and every send that is not yet answered.
  SendMessage(const config::BrokerConfig& config, sending::Sending& sending);
  /// Answers when the message is stored or refused. May suspend, as Sending::send().
  void operator()(const model::protocol::CommandView& request, runtime::remoting::Responder respond);

 private:
  static sending::Request request_of(const model::protocol::SendHeader& header,
                                     const model::protocol::CommandView& request,
                                     const runtime::remoting::Responder& respond);
  model::protocol::Command answer_to(const sending::Outcome<sending::Sent>& outcome) const;
  model::protocol::Command stored_as(const sending::Sent& sent) const;

  sending::Sending& sending_;
  const model::message::OffsetMessageIds ids_;  // of this broker's messages
};

}  // namespace gantry::broker::processor
