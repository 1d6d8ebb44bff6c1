#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gantry/producer_options.h>
#include <gantry/send_result.h>

#include "client/producer/unique_keys.h"
#include "client/session/session.h"
#include "runtime/sync/task_group.h"

namespace gantry::client::producer {

/// Sends messages. Any fiber of its node may call it; a program with threads of its own uses
/// gantry::Producer.
///
/// A send with a Result has these errors: `not_found` (no broker has the topic or creates it), `invalid` and
/// `too_large` (the message), `busy` (as many sends are under way as the options allow, or the broker has too
/// much to do), `stopped`, `timed_out` and the others of remoting. After an error the message may have been
/// stored nevertheless, and after a retry it may be stored twice; both copies bear the same message id.
class Producer {
 public:
  /// Takes the result of a send. It runs once, on a fiber of the node or within the call that sends, and
  /// must not suspend.
  using Done = std::function<void(Result<SendResult>)>;

  /// Of `options`, the timers do not count: `session` has them.
  Producer(runtime::Runtime runtime, session::SessionOptions session, std::string group,
           ProducerOptions options = {});
  ~Producer();  // stop() has returned, or the node is gone
  Producer(const Producer&) = delete;

  /// Begins to refresh routes and to tell brokers that the group is there.
  void start();
  /// Fails what is under way with `stopped`, leaves the brokers and waits for the producer's fibers.
  void stop();

  /// Sends one message and suspends until the broker has answered. The topic's queues are used in turn.
  Result<SendResult> send(Message message);
  /// Sends to this queue; when it fails, no other one is tried.
  Result<SendResult> send(Message message, const MessageQueue& queue);
  /// Sends to the queue that the selector picks; when it fails, no other one is tried.
  Result<SendResult> send(Message message, const Selector& selector);
  /// Sends messages of one topic with one request: all of them lie one behind the other in one queue, or
  /// none is stored. They can neither be delayed nor go to a retry topic.
  Result<SendResult> send(std::vector<Message> batch);

  /// The same without suspending; the result goes to `done`.
  void send_async(Message message, Done done);
  void send_async(Message message, const MessageQueue& queue, Done done);
  void send_async(std::vector<Message> batch, Done done);

  /// Sends a message and asks for no answer: nobody knows whether it arrives. Suspends to look up the route
  /// and to connect.
  Result<void> send_one_way(Message message);

  /// The queues that a message for this topic may go to. Suspends when the route is not known.
  Result<std::vector<MessageQueue>> queues(std::string_view topic);

  /// As in Session::client_id().
  const std::string& client_id() const { return session_.client_id(); }
  /// How many sends with an answer are under way.
  std::size_t in_flight() const { return in_flight_; }

 private:
  struct Sending;
  using SendingPtr = std::shared_ptr<Sending>;

  std::string identify(Message& message);
  Result<SendingPtr> prepare(Message message);
  Result<SendingPtr> prepare(std::vector<Message> batch);
  void begin(SendingPtr sending);
  void attempt(const SendingPtr& sending, const session::RoutePtr& route);
  void answered(const SendingPtr& sending, Result<session::Command> answer);
  void finish(const SendingPtr& sending, Result<SendResult> result);
  Result<SendResult> wait_for(Result<SendingPtr> prepared);
  void start_async(Result<SendingPtr> prepared, Done done);
  session::Command make_request(const Sending& sending) const;
  std::uint64_t next_turn(const std::string& topic);

  runtime::Runtime runtime_;
  const std::string group_;
  const ProducerOptions options_;
  session::Session session_;
  UniqueKeys unique_keys_;
  std::map<std::string, std::uint64_t, std::less<>> turns_;
  std::size_t in_flight_ = 0;
  bool stopped_ = false;
  runtime::sync::TaskGroup fibers_;  // last: its members use all of the above
};

}  // namespace gantry::client::producer
