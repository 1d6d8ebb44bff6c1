#pragma once

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gantry/message.h>

#include "client/producer/producer.h"

namespace gantry::client::face {

using gantry::Message;
using gantry::MessageQueue;
using producer::ProducerOptions;
using producer::Selector;
using producer::SendResult;
using producer::SendStatus;

/// The producer for ordinary programs: any thread may call it. It owns a thread, on which a
/// client::producer::Producer runs; the errors are the same. A bad name server list is reported by
/// each call as `invalid`. The destructor waits for sends under way, no longer than their timeout.
class Producer {
 public:
  /// Runs once, on the producer's own thread: must not block, may send on without waiting.
  using Done = std::function<void(Result<SendResult>)>;

  /// `namesrv` as `host:port;host:port`. Of `options`, name servers and client id are set here.
  explicit Producer(std::string_view namesrv, std::string_view group = "DEFAULT_PRODUCER",
                    ProducerOptions options = {});
  ~Producer();
  Producer(const Producer&) = delete;

  /// Each waits for the broker's answer. Not from a Done.
  Result<SendResult> send(Message message);
  Result<SendResult> send(std::string_view topic, std::string_view body, std::string_view tag = {});
  Result<SendResult> send(Message message, MessageQueue queue);
  Result<SendResult> send(Message message, Selector selector);
  Result<SendResult> send(std::vector<Message> batch);

  /// Returns at once, unless as many sends are under way as the options allow: then waits for one.
  std::future<Result<SendResult>> send_async(Message message);
  void send_async(Message message, Done done);

  /// Nobody knows whether it arrives.
  Result<void> send_one_way(Message message);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gantry::client::face
