// How one send goes through its attempts.
#include "client/producer/queue_choice.h"
#include "client/producer/send_answer.h"
#include "client/producer/sending.h"
#include "model/message/names.h"
#include "model/protocol/send_headers.h"
#include "runtime/log.h"

namespace gantry::client::producer {
namespace {

using model::protocol::Command;
using model::protocol::RequestCode;
using model::protocol::ResponseCode;
using runtime::Level;

/// Whether another broker may do better (DefaultMQProducer.retryResponseCodes; busy as of 5.3).
bool another_may_take_it(std::int32_t code) {
  switch (code) {
    case static_cast<std::int32_t>(ResponseCode::topic_not_exist):
    case static_cast<std::int32_t>(ResponseCode::system_busy):
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
    const auto route =
        session_.route_to_send(sending->message.topic, options_.new_topic_queues, sending->deadline);
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
        runtime::log(runtime_.events, Level::warn, "send to {} {} answered with {}: {}",
                     sending->message.topic, sending->queue.broker_name, answer->code, answer->remark);
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
    runtime::record(runtime_.events, "producer.sent", result->queue.topic,
                    {result->queue.queue_id, result->queue_offset});
  }
  sending->done(std::move(result));
}

Command Producer::make_request(const Sending& sending) const {
  Command request =
      Command::request(sending.batch ? RequestCode::send_batch_message : RequestCode::send_message_v2);
  model::protocol::SendHeader header;
  header.producer_group = group_;
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

}  // namespace gantry::client::producer
