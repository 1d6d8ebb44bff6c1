#include "client/producer/producer.h"

#include "client/producer/queue_choice.h"
#include "client/producer/sending.h"
#include "runtime/sync/future.h"

namespace gantry::client::producer {

using runtime::sync::Future;
using runtime::sync::Promise;

Producer::Producer(runtime::Runtime runtime, session::SessionOptions session, std::string group,
                   ProducerOptions options)
    : runtime_(runtime),
      group_(std::move(group)),
      options_(std::move(options)),
      session_(
          runtime_, session,
          [this] {
            model::protocol::bodies::HeartbeatData data;
            data.producers.push_back({group_});
            return data;
          },
          false),
      unique_keys_(runtime_.clock, runtime_.random, session.client_ip),
      fibers_(runtime_.tasks) {}

Producer::~Producer() = default;

void Producer::start() {
  session_.start();
}

void Producer::stop() {
  if (std::exchange(stopped_, true)) return;
  session_.stop(group_, "");
  const auto joined = fibers_.join();
  invariant(joined.has_value(), "a join without a deadline ends");
}

Result<SendResult> Producer::wait_for(Result<SendingPtr> prepared) {
  if (!prepared) return prepared.error();
  auto promise = std::make_shared<Promise<SendResult>>(runtime_.tasks);
  const Future<SendResult> future = promise->future();
  (*prepared)->done = [promise](Result<SendResult> result) { promise->set(std::move(result)); };
  begin(*prepared);
  return future.get();
}

void Producer::start_async(Result<SendingPtr> prepared, Done done) {
  if (!prepared) return done(prepared.error());
  (*prepared)->done = std::move(done);
  begin(*prepared);
}

Result<SendResult> Producer::send(Message message) {
  return wait_for(prepare(std::move(message)));
}

Result<SendResult> Producer::send(Message message, const MessageQueue& queue) {
  auto prepared = prepare(std::move(message));
  if (prepared) (*prepared)->fixed = queue;
  return wait_for(std::move(prepared));
}

Result<SendResult> Producer::send(Message message, const Selector& selector) {
  auto prepared = prepare(std::move(message));
  if (prepared) (*prepared)->selector = selector;
  return wait_for(std::move(prepared));
}

Result<SendResult> Producer::send(std::vector<Message> batch) {
  return wait_for(prepare(std::move(batch)));
}

void Producer::send_async(Message message, Done done) {
  start_async(prepare(std::move(message)), std::move(done));
}

void Producer::send_async(Message message, const MessageQueue& queue, Done done) {
  auto prepared = prepare(std::move(message));
  if (prepared) (*prepared)->fixed = queue;
  start_async(std::move(prepared), std::move(done));
}

void Producer::send_async(std::vector<Message> batch, Done done) {
  start_async(prepare(std::move(batch)), std::move(done));
}

Result<void> Producer::send_one_way(Message message) {
  if (stopped_) return Error{Errc::stopped, "the producer is stopped"};
  auto prepared = prepare(std::move(message));
  if (!prepared) return prepared.error();
  Sending& sending = **prepared;
  sending.deadline = runtime_.clock.now() + options_.send_timeout;
  const auto route =
      session_.route_to_send(sending.message.topic, options_.new_topic_queues, sending.deadline);
  if (!route) return route.error();
  if ((*route)->writable.empty()) return Error{Errc::not_found, "the topic has no queue that takes messages"};
  sending.born_timestamp = runtime_.clock.wall_now().ms;
  sending.queue = choose_queue((*route)->writable, next_turn(sending.message.topic), "");
  const auto broker = (*route)->master(sending.queue.broker_name);
  if (!broker) return Error{Errc::not_found, "the queue's broker has no master in the route"};
  return session_.remoting().one_way(*broker, make_request(sending), sending.deadline);
}

Result<std::vector<MessageQueue>> Producer::queues(std::string_view topic) {
  const auto route = session_.route_to_send(topic, options_.new_topic_queues, runtime::Instant::never());
  if (!route) return route.error();
  return (*route)->writable;
}

}  // namespace gantry::client::producer
