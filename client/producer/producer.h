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

/// Sends messages. One node, any fiber; a program with threads of its own uses client/face.
///
/// A send with a Result has these errors: `not_found` (no broker has or creates the topic), `invalid`
/// and `too_large` (the message), `busy` (in_flight_max, or the broker is), `stopped`; `timed_out`
/// and others of remoting. After an error the message may have been stored nevertheless, and after
/// a retry twice: both copies bear the same message id.
class Producer {
 public:
  using Done = std::function<void(Result<SendResult>)>;

  Producer(runtime::Runtime runtime, session::SessionOptions session, std::string group,
           ProducerOptions options = {});
  ~Producer();  // stop() has returned, or the node is gone
  Producer(const Producer&) = delete;

  void start();
  /// Fails what is under way with `stopped`, leaves the brokers, joins.
  void stop();

  /// Suspends until the broker has answered. Queues are used in turn.
  Result<SendResult> send(Message message);
  /// To this queue, or to the one that the selector picks; then nobody else is tried.
  Result<SendResult> send(Message message, const MessageQueue& queue);
  Result<SendResult> send(Message message, const Selector& selector);
  /// All into one queue, one behind the other, or none. Of one topic, no delayed ones, no retry topic.
  Result<SendResult> send(std::vector<Message> batch);

  /// Never suspends. `done` runs once, on a fiber of the node or at once, and must not suspend.
  void send_async(Message message, Done done);
  void send_async(Message message, const MessageQueue& queue, Done done);
  void send_async(std::vector<Message> batch, Done done);

  /// Sends and asks for no answer: nobody knows whether it arrived. Suspends to look up the route and
  /// to connect.
  Result<void> send_one_way(Message message);

  /// The queues that a message for this topic may go to. Suspends when the route is not known.
  Result<std::vector<MessageQueue>> queues(std::string_view topic);

  const std::string& client_id() const { return session_.client_id(); }
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
