#include "client/producer/producer.h"

#include <array>

#include <fmt/format.h>

#include "client/producer/queue_choice.h"
#include "model/message/batch.h"
#include "model/message/names.h"
#include "model/protocol/send_headers.h"
#include "runtime/sync/future.h"

namespace gantry::client::producer {
namespace {

namespace property_name = model::message::property_name;
using model::protocol::Command;
using model::protocol::RequestCode;
using model::protocol::ResponseCode;
using runtime::Instant;
using runtime::Level;
using runtime::sync::Future;
using runtime::sync::Promise;

/// Whether another broker may do better (DefaultMQProducer.retryResponseCodes, 4.9).
bool another_may_take_it(std::int32_t code) {
  switch (code) {
    case static_cast<std::int32_t>(ResponseCode::topic_not_exist):
    case static_cast<std::int32_t>(ResponseCode::service_not_available):
    case static_cast<std::int32_t>(ResponseCode::system_error):
    case static_cast<std::int32_t>(ResponseCode::no_permission):
    case 204:  // NO_BUYER_ID
    case 205:  // NOT_IN_CURRENT_UNIT
      return true;
    default: return false;
  }
}

bool ends_all(Errc code) {
  return code == Errc::stopped || code == Errc::gone || code == Errc::busy;
}

}  // namespace

/// One send on its way, through all its attempts.
struct Producer::Sending {
  Message message;  ///< of a batch: topic, and the body that holds the items
  bool batch = false;
  std::string message_id;
  std::string properties;
  std::int64_t born_timestamp = 0;
  Instant deadline;
  /// Queues that were chosen for this send; only one of them is tried when `fixed`.
  std::optional<MessageQueue> fixed;
  Selector selector;
  MessageQueue queue;  ///< of the current attempt
  int attempts = 0;
  Error last{Errc::timed_out, "no attempt was made in time"};
  Done done;
};

Producer::Producer(runtime::Runtime runtime, ProducerOptions options)
    : runtime_(runtime),
      options_(std::move(options)),
      session_(
          runtime_, options_.session,
          [group = options_.group] {
            model::protocol::bodies::HeartbeatData data;
            data.producers.push_back({group});
            return data;
          },
          false),
      unique_keys_(runtime_.clock, runtime_.random, options_.session.client_ip),
      fibers_(runtime_.tasks) {}

Producer::~Producer() = default;

void Producer::start() {
  session_.start();
}

void Producer::stop() {
  if (std::exchange(stopped_, true)) return;
  session_.stop(options_.group, "");
  const auto joined = fibers_.join();
  invariant(joined.has_value(), "a join without a deadline ends");
}

/// A message that was sent before keeps its id, so that others can tell that it is the same.
std::string Producer::identify(Message& message) {
  std::string& id = message.properties[std::string(property_name::uniq_key)];
  if (id.empty()) id = unique_keys_.next();
  return id;
}

Result<Producer::SendingPtr> Producer::prepare(Message message) {
  if (auto fine = message::check(message, options_.body_bytes_max); !fine) return fine.error();
  auto sending = std::make_shared<Sending>();
  sending->message_id = identify(message);
  message.properties.try_emplace(std::string(property_name::wait), "true");
  sending->properties = model::message::format_properties(message.properties);
  if (sending->properties.size() > model::message::properties_bytes_max)
    return Error{Errc::too_large, "the properties are longer than 32767 bytes"};
  sending->message = std::move(message);
  return sending;
}

Result<Producer::SendingPtr> Producer::prepare(std::vector<Message> batch) {
  if (batch.empty()) return Error{Errc::invalid, "a batch has a message"};
  auto sending = std::make_shared<Sending>();
  sending->batch = true;
  sending->message.topic = batch.front().topic;
  if (model::message::is_retry_topic(sending->message.topic))
    return Error{Errc::invalid, "a batch cannot go to a retry topic"};
  for (Message& message : batch) {
    if (auto fine = message::check(message, options_.body_bytes_max); !fine) return fine.error();
    if (message.topic != sending->message.topic) return Error{Errc::invalid, "a batch has one topic"};
    if (message.properties.contains(property_name::delay))
      return Error{Errc::invalid, "a batch cannot be delayed"};
    if (!sending->message_id.empty()) sending->message_id += ',';
    sending->message_id += identify(message);
    const std::string properties = model::message::format_properties(message.properties);
    if (properties.size() > model::message::properties_bytes_max)
      return Error{Errc::too_large, "the properties are longer than 32767 bytes"};
    model::message::append_batch_item({message.flag, message.body, properties}, sending->message.body);
  }
  if (sending->message.body.size() > options_.body_bytes_max)
    return Error{Errc::too_large, "the batch is larger than allowed"};
  sending->properties = model::message::format_properties({{std::string(property_name::wait), "true"}});
  return sending;
}

/// The route is known in all but the first moments of a topic; only then a fiber is needed.
void Producer::begin(SendingPtr sending) {
  if (stopped_) return sending->done(Error{Errc::stopped, "the producer is stopped"});
  if (in_flight_ >= options_.in_flight_max)
    return sending->done(Error{Errc::busy, "too many sends wait for an answer"});
  ++in_flight_;
  sending->born_timestamp = runtime_.clock.wall_now().ms;
  sending->deadline = runtime_.clock.now() + options_.send_timeout;
  if (const auto route = session_.known_route(sending->message.topic); route && !route->writable.empty())
    return attempt(sending, route);
  fibers_.spawn("producer.route", [this, sending] {
    const auto route = session_.route_to_send(sending->message.topic, options_.new_topic_queues);
    if (!route) return finish(sending, route.error());
    attempt(sending, *route);
  });
}

std::uint64_t Producer::next_turn(const std::string& topic) {
  const auto known = turns_.find(topic);
  if (known != turns_.end()) return ++known->second;
  // Producers begin at different queues, or the first queue would get every first message.
  const std::uint64_t first = runtime_.random.below("producer.first-queue", 1 << 16);
  turns_.emplace(topic, first);
  return first;
}

void Producer::attempt(const SendingPtr& sending, const session::RoutePtr& route) {
  if (runtime_.clock.now() >= sending->deadline) return finish(sending, sending->last);
  if (sending->fixed) {
    sending->queue = *sending->fixed;
  } else if (route->writable.empty()) {
    return finish(sending, Error{Errc::not_found, "the topic has no queue that takes messages"});
  } else if (sending->selector) {
    const std::size_t chosen = sending->selector(route->writable, sending->message);
    if (chosen >= route->writable.size())
      return finish(sending, Error{Errc::invalid, "the selector picked no queue"});
    sending->queue = route->writable[chosen];
  } else {
    sending->queue =
        choose_queue(route->writable, next_turn(sending->message.topic), sending->queue.broker_name);
  }
  const auto broker = route->master(sending->queue.broker_name);
  if (!broker)
    return finish(sending, Error{Errc::not_found, "the queue's broker has no master in the route"});
  ++sending->attempts;
  session_.remoting().request(
      *broker, make_request(*sending), sending->deadline,
      [this, sending](Result<Command> answer) { answered(sending, std::move(answer)); });
}

void Producer::answered(const SendingPtr& sending, Result<Command> answer) {
  const bool again = answer ? another_may_take_it(answer->code) : !ends_all(answer.error().code);
  const bool chosen_by_us = !sending->fixed && !sending->selector;
  if (answer) {
    auto result =
        read_send_answer(*answer, sending->message.topic, sending->queue.broker_name, sending->message_id);
    if (result || !again || !chosen_by_us || sending->attempts > options_.retries) {
      if (!result)
        runtime_.events.log(Level::warn,
                            fmt::format("send to {} {} answered with {}: {}", sending->message.topic,
                                        sending->queue.broker_name, answer->code, answer->remark));
      return finish(sending, std::move(result));
    }
    sending->last = result.error();
  } else {
    sending->last = answer.error();
    if (!again || !chosen_by_us || sending->attempts > options_.retries)
      return finish(sending, answer.error());
  }
  runtime_.events.probe("producer.retry");
  attempt(sending, session_.known_route(sending->message.topic));
}

void Producer::finish(const SendingPtr& sending, Result<SendResult> result) {
  --in_flight_;
  if (result) {
    const std::array<std::int64_t, 2> facts{result->queue.queue_id, result->queue_offset};
    runtime_.events.record("producer.sent", facts);
  }
  sending->done(std::move(result));
}

Command Producer::make_request(const Sending& sending) const {
  Command request =
      Command::request(sending.batch ? RequestCode::send_batch_message : RequestCode::send_message_v2);
  model::protocol::SendHeader header;
  header.producer_group = options_.group;
  header.topic = sending.message.topic;
  header.default_topic = model::message::system_topic::auto_create;
  header.default_topic_queue_nums = options_.new_topic_queues;
  header.queue_id = sending.queue.queue_id;
  header.born_timestamp = sending.born_timestamp;
  header.flag = sending.message.flag;
  header.properties = sending.properties;
  header.batch = sending.batch;
  header.broker_name = sending.queue.broker_name;
  header.write_v2(request.fields);
  request.body = sending.message.body;
  return request;
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
  const auto route = session_.route_to_send(sending.message.topic, options_.new_topic_queues);
  if (!route) return route.error();
  if ((*route)->writable.empty()) return Error{Errc::not_found, "the topic has no queue that takes messages"};
  sending.born_timestamp = runtime_.clock.wall_now().ms;
  sending.queue = choose_queue((*route)->writable, next_turn(sending.message.topic), "");
  const auto broker = (*route)->master(sending.queue.broker_name);
  if (!broker) return Error{Errc::not_found, "the queue's broker has no master in the route"};
  return session_.remoting().one_way(*broker, make_request(sending),
                                     runtime_.clock.now() + options_.send_timeout);
}

Result<std::vector<MessageQueue>> Producer::queues(std::string_view topic) {
  const auto route = session_.route_to_send(topic, options_.new_topic_queues);
  if (!route) return route.error();
  return (*route)->writable;
}

}  // namespace gantry::client::producer
