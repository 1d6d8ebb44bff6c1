#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include <gantry/backend.h>
#include <gantry/future.h>
#include <gantry/message.h>
#include <gantry/producer_options.h>
#include <gantry/send_result.h>

namespace gantry {

/// Sends messages. Any thread may call it; several may at the same time.
///
/// A call that returns a Result has these errors: `not_found` (no broker has the topic or creates it),
/// `invalid` (the message, or a call from a callback that must not wait), `too_large` (the message), `busy`
/// (the broker has too much to do), `timed_out`, `stopped`, and those of a network: `refused`, `unreachable`,
/// `closed`. After an error the message may have been stored nevertheless, and after a retry it may be stored
/// twice; both copies bear the same message id. When the list of name servers was wrong, every call returns
/// `invalid`.
class Producer {
 public:
  /// Takes the result of a send. It runs once, on the client's side: it must not block, and may send on
  /// without waiting.
  using Done = std::function<void(Result<SendResult>)>;

  /// `namesrv` lists the name servers as `host:port;host:port`. Without a backend the producer has a thread
  /// of its own.
  explicit Producer(std::string_view namesrv, std::string_view group = "DEFAULT_PRODUCER",
                    ProducerOptions options = {}, std::shared_ptr<Backend> backend = nullptr);
  /// Waits for the sends that are under way, no longer than their timeout. Not from a Done.
  ~Producer();
  Producer(const Producer&) = delete;

  /// Sends one message and waits for the broker's answer. The topic's queues are used in turn. Not from a
  /// Done: there it returns `invalid` and sends nothing.
  Result<SendResult> send(Message message);
  /// The same, for a message that has a tag at most.
  Result<SendResult> send(std::string_view topic, std::string_view body, std::string_view tag = {});
  /// Sends to this queue; when it fails, no other one is tried.
  Result<SendResult> send(Message message, MessageQueue queue);
  /// Sends to the queue that the selector picks; when it fails, no other one is tried.
  Result<SendResult> send(Message message, Selector selector);
  /// Sends messages of one topic with one request: all of them lie one behind the other in one queue, or
  /// none is stored. They can neither be delayed nor go to a retry topic.
  Result<SendResult> send(std::vector<Message> batch);

  /// Begins to send and returns. When as many sends are under way as the options allow, it first waits until
  /// one of them has ended; in a Done, which must not wait, the result is `busy` then.
  Future<SendResult> send_async(Message message);
  /// The same, with the result for a callback.
  void send_async(Message message, Done done);

  /// Sends a message and asks for no answer: nobody knows whether it arrives. Waits until the route is known
  /// and the connection stands.
  Result<void> send_one_way(Message message);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gantry
