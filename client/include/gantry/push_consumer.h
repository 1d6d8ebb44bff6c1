#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include <gantry/backend.h>
#include <gantry/consumer_options.h>
#include <gantry/message.h>

namespace gantry {

/// A member of a consumer group. Any thread may call it, one at a time.
class PushConsumer {
 public:
  /// Gets one message. Several calls run at the same time, as many as `concurrency` in the options allows,
  /// and each may block: they have threads of their own. A message may come again: after a failure, a crash,
  /// or when its queue changed hands. An exception derived from std::exception counts as reconsume_later and
  /// is logged; with broadcasting the message is then not given again.
  using Listener = std::function<ConsumeResult(const ReceivedMessage&)>;

  /// `namesrv` lists the name servers as `host:port;host:port`. Without a backend the consumer has a thread
  /// of its own, beside those of its listener.
  PushConsumer(std::string_view namesrv, std::string_view group, ConsumerOptions options = {},
               std::shared_ptr<Backend> backend = nullptr);
  /// Does what stop() does.
  ~PushConsumer();
  PushConsumer(const PushConsumer&) = delete;

  /// Subscribes to all messages of a topic (`*`), or to those with one of several tags, separated by `||`.
  /// All members of a group subscribe to the same. Errors: `invalid` (the topic, the expression, the list of
  /// name servers, or a consumer that has started), `stopped`.
  Result<void> subscribe(std::string_view topic, std::string_view expression = "*");
  /// Joins the group and begins to consume. Without any name server or broker that can be reached it goes on
  /// trying, so that is no error. Errors: `invalid` (the group, no subscription, the list of name servers, or
  /// a consumer that has started), `stopped`, and with broadcasting those of reading the offset file.
  Result<void> start(Listener listener);
  /// Waits for the listener calls that run, stores the offsets and leaves the group. Not from a listener.
  void stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gantry
