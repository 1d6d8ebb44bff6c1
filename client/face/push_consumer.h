#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <gantry/message.h>

#include "client/consumer/options.h"

namespace gantry::client::face {

using consumer::ConsumeFrom;
using consumer::ConsumeResult;
using consumer::ConsumerOptions;
using consumer::MessageModel;
using gantry::ReceivedMessage;

/// The push consumer for ordinary programs: any thread may call it. It owns a thread, on which a
/// client::consumer::PushConsumer runs, and further ones for the listener, which may therefore block.
class PushConsumer {
 public:
  /// Runs on one of the listener threads, several at once. An exception derived from std::exception
  /// counts as reconsume_later and is printed.
  using Listener = std::function<ConsumeResult(const ReceivedMessage&)>;

  /// `namesrv` as `host:port;host:port`. Of `options`, name servers, client id and group are set here;
  /// `concurrency` is the number of listener threads.
  PushConsumer(std::string_view namesrv, std::string_view group, ConsumerOptions options = {});
  /// As stop().
  ~PushConsumer();
  PushConsumer(const PushConsumer&) = delete;

  /// `*` or tags separated by `||`. Before start(). Errors: `invalid`, also for the name servers.
  Result<void> subscribe(std::string_view topic, std::string_view expression = "*");
  /// Errors: as those of client::consumer::PushConsumer::start().
  Result<void> start(Listener listener);
  /// Waits for listener calls that run, stores the offsets, leaves the group. Not from a listener.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gantry::client::face
