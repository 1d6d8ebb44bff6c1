#include "client/consumer/push_consumer.h"

#include <algorithm>

#include "model/message/names.h"
#include "model/protocol/send_headers.h"
#include "model/route/format.h"
#include "runtime/log.h"

namespace gantry::client::consumer {
namespace {

namespace bodies = model::protocol::bodies;
using model::message::is_retry_topic;
using model::message::retry_topic;
using model::protocol::RequestCode;
using runtime::Duration;
using runtime::Level;
using runtime::sync::Until;

constexpr std::int32_t max_reconsume_times = 16;

bodies::ConsumeFromWhere from_where(ConsumeFrom from) {
  switch (from) {
    case ConsumeFrom::last_offset: return bodies::ConsumeFromWhere::consume_from_last_offset;
    case ConsumeFrom::first_offset: return bodies::ConsumeFromWhere::consume_from_first_offset;
    case ConsumeFrom::timestamp: return bodies::ConsumeFromWhere::consume_from_timestamp;
  }
  return bodies::ConsumeFromWhere::consume_from_last_offset;
}

std::unique_ptr<OffsetStore> make_offsets(const runtime::Runtime& runtime, session::Session& session,
                                          const std::string& group, const ConsumerOptions& options) {
  if (options.model == MessageModel::clustering) return std::make_unique<BrokerOffsets>(session, group);
  return std::make_unique<LocalOffsets>(runtime.disk, options.local_offsets, session.client_id(), group);
}

}  // namespace

PushConsumer::PushConsumer(runtime::Runtime runtime, session::SessionOptions session, std::string group,
                           ConsumerOptions options, Listener listener)
    : runtime_(runtime),
      group_(std::move(group)),
      options_(std::move(options)),
      session_(
          runtime_, std::move(session), [this] { return describe(); }, true),
      offsets_(make_offsets(runtime_, session_, group_, options_)),
      service_(runtime_, options_, std::move(listener),
               [this](const MessageQueue& queue, const ReceivedMessage& message) {
                 return send_back(queue, message);
               }),
      puller_(
          runtime_, session_, group_, options_,
          [this](const AssignedPtr& queue, const std::vector<MessagePtr>& messages) {
            service_.submit(queue, messages);
          },
          [this](const AssignedPtr& queue, std::int64_t next) { restart(queue, next); }),
      assignment_(runtime_, session_, group_, options_, *offsets_,
                  [this](const AssignedPtr& queue) { pull(queue); }),
      stop_(runtime_.tasks),
      fibers_(runtime_.tasks) {
  session_.on_route_change([this] { rebalance_soon(); });
  session_.remoting().on(
      RequestCode::notify_consumer_ids_changed,
      [this](const model::protocol::CommandView&, runtime::remoting::Responder) { rebalance_soon(); });
}

PushConsumer::~PushConsumer() = default;

Result<void> PushConsumer::subscribe(std::string_view topic, std::string_view expression) {
  invariant(!started_, "subscribe() comes before start()");
  if (auto legal = model::message::check_topic(topic); !legal) return legal;
  auto subscription = model::message::parse_tag_expression(topic, expression);
  if (!subscription) return subscription.error();
  subscription->sub_version = runtime_.clock.wall_now().ms;
  subscriptions_[std::string(topic)] = std::make_shared<const Subscription>(*std::move(subscription));
  return {};
}

Result<void> PushConsumer::start() {
  if (auto group = model::message::check_group(group_); !group) return group;
  if (subscriptions_.empty()) return Error{Errc::invalid, "a consumer subscribes to at least one topic"};
  if (auto loaded = offsets_->load(); !loaded) return loaded;
  // What this group fails to consume comes back to it there.
  if (options_.model == MessageModel::clustering)
    if (auto subscribed = subscribe(retry_topic(group_)); !subscribed) return subscribed;
  started_ = true;

  // Known routes tell the heartbeat where to go; without one nobody would list us as a member.
  for (const auto& [topic, subscription] : subscriptions_) {
    const auto route = session_.route(topic);
    if (!route && !is_retry_topic(topic))
      runtime::log(runtime_.events, Level::warn, "no route of {} yet: {}", topic, route.error());
  }
  session_.heartbeat_all();
  session_.start();
  fibers_.spawn("consumer.rebalance", [this] { rebalance_loop(); });
  fibers_.spawn("consumer.persist", [this] { persist_loop(); });
  return {};
}

void PushConsumer::stop() {
  if (!started_ || stop_.cancelled()) return;
  stop_.cancel();
  service_.stop();        // no listener runs from here on, so the offsets are final
  assignment_.persist();  // while we still are a member, and before the next owner asks
  assignment_.drop_all();
  session_.stop("", group_);  // ends the pulls that brokers hold
  const auto joined = fibers_.join();
  invariant(joined.has_value(), "a join without a deadline ends");
}

model::protocol::bodies::HeartbeatData PushConsumer::describe() const {
  bodies::ConsumerData consumer;
  consumer.consume_from_where = from_where(options_.from);
  consumer.group_name = group_;
  consumer.message_model = options_.model == MessageModel::clustering ? bodies::MessageModel::clustering
                                                                      : bodies::MessageModel::broadcasting;
  for (const auto& [topic, subscription] : subscriptions_) consumer.subscriptions.push_back(*subscription);
  return {.consumers = {std::move(consumer)}};
}

void PushConsumer::rebalance_soon() {
  rebalance_due_ = true;
  rebalance_wake_.wake_all(runtime_.tasks);
}

void PushConsumer::rebalance_loop() {
  std::set<std::string> topics;
  for (const auto& [topic, subscription] : subscriptions_) topics.insert(topic);
  Duration retry = options_.rebalance_retry;
  while (!stop_.cancelled()) {
    rebalance_due_ = false;
    const bool complete = assignment_.rebalance(topics);
    const auto next = runtime_.clock.now() + (complete ? options_.rebalance_interval : retry);
    retry = complete ? options_.rebalance_retry : std::min(retry * 2, options_.rebalance_retry_max);
    while (!stop_.cancelled() && !rebalance_due_ && runtime_.clock.now() < next)
      if (!rebalance_wake_.wait(runtime_.tasks, Until{next, &stop_})) break;
  }
}

void PushConsumer::persist_loop() {
  while (runtime::sync::sleep(runtime_.tasks, runtime_.clock, options_.persist_interval, &stop_))
    assignment_.persist();
}

void PushConsumer::pull(const AssignedPtr& queue) {
  fibers_.spawn("consumer.pull", [this, queue] {
    const auto subscription = subscriptions_.find(queue->queue.topic);
    if (subscription != subscriptions_.end()) puller_.run(queue, subscription->second, stop_);
  });
}

void PushConsumer::restart(const AssignedPtr& queue, std::int64_t next) {
  // What it holds and nobody has finished comes again, if the broker still has it.
  if (queue->held.count() > 0) next = std::min(next, queue->held.commit_offset());
  runtime::log(runtime_.events, Level::warn, "offset {} of {} is illegal, going on at {}",
               queue->held.next_offset(), queue->queue, next);
  queue->drop(runtime_.tasks);
  fibers_.spawn("consumer.restart", [this, queue, next] {
    assignment_.restart_at(queue, next, stop_);
    rebalance_soon();
  });
}

Result<void> PushConsumer::send_back(const MessageQueue& queue, const ReceivedMessage& message) {
  const session::RoutePtr route = session_.known_route(queue.topic);
  const auto broker = route ? route->master(queue.broker_name) : std::nullopt;
  if (!broker) return Error{Errc::unreachable, "the queue's master is not known"};
  const std::string id = message.message_id();
  model::protocol::SendBackHeader header;  // of views
  header.offset = message.physical_offset;
  header.group = group_;
  header.delay_level = 0;  // the broker's ladder decides
  header.origin_msg_id = id;
  header.origin_topic = message.topic;
  header.max_reconsume_times = max_reconsume_times;
  const auto answer = session_.ask(*broker, request_with(RequestCode::consumer_send_msg_back, header));
  if (!answer) return answer.error();
  return {};
}

}  // namespace gantry::client::consumer
