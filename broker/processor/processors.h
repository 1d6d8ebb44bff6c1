#pragma once

#include "broker/processor/broker_admin.h"
#include "broker/processor/clients.h"
#include "broker/processor/offsets.h"
#include "broker/processor/pull_message.h"
#include "broker/processor/send_message.h"
#include "broker/processor/topic_admin.h"
#include "runtime/remoting/server.h"

namespace gantry::broker::processor {

/// All that a broker answers. What is not here is answered with code 3.
class Processors {
 public:
  explicit Processors(Parts parts);

  /// Makes the server hand its requests to us; before it listens. We outlive the server's fibers.
  void serve(runtime::remoting::Server& server);
  pulling::PullHold& held() { return pull_.held(); }

 private:
  SendMessage send_;
  PullMessage pull_;
  Offsets offsets_;
  Clients clients_;
  TopicAdmin topics_;
  BrokerAdmin admin_;
};

/// LITE_PULL_MESSAGE: what 5.x clients send for a pull of their lite consumer.
inline constexpr RequestCode lite_pull_message{361};

}  // namespace gantry::broker::processor
