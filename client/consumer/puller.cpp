#include "client/consumer/puller.h"

#include "model/message/sys_flag.h"
#include "model/protocol/consume_headers.h"
#include "model/route/format.h"
#include "runtime/log.h"

namespace gantry::client::consumer {
namespace {

using model::protocol::Command;
using model::protocol::RequestCode;
using model::protocol::ResponseCode;
namespace pull_flag = model::message::pull_flag;
using runtime::Level;
using runtime::sync::Until;

}  // namespace

Puller::Puller(runtime::Runtime runtime, session::Session& session, std::string group,
               const ConsumerOptions& options, Submit submit, OffsetMoved offset_moved)
    : runtime_(runtime),
      session_(session),
      group_(std::move(group)),
      options_(options),
      submit_(std::move(submit)),
      offset_moved_(std::move(offset_moved)) {}

bool Puller::full(const AssignedQueue& queue) const {
  return queue.held.count() > options_.held_messages_max || queue.held.bytes() > options_.held_bytes_max ||
         queue.held.span() > options_.held_span_max;
}

void Puller::run(const AssignedPtr& queue, const SubscriptionPtr& subscription,
                 runtime::sync::Cancellation& stop) {
  while (!queue->dropped && !stop.cancelled()) {
    if (full(*queue)) {
      // Woken by each consumed batch and by the drop; ends with the consumer.
      if (!queue->room.wait(runtime_.tasks, Until{runtime::Instant::never(), &stop})) return;
      continue;
    }
    if (pull(queue, *subscription) == Next::at_once) continue;
    if (queue->dropped || !runtime::sync::sleep(runtime_.tasks, runtime_.clock, options_.pull_retry, &stop))
      return;
  }
}

Command Puller::make_request(const AssignedQueue& queue, const Subscription& subscription,
                             bool master) const {
  const std::int64_t commit = options_.model == MessageModel::clustering ? queue.held.commit_offset() : 0;
  // Slaves keep no offsets of their own: only the master is told.
  const bool commits = master && commit > 0;
  model::protocol::PullHeader header;
  header.consumer_group = group_;
  header.topic = queue.queue.topic;
  header.queue_id = queue.queue.queue_id;
  header.queue_offset = queue.held.next_offset();
  header.max_msg_nums = options_.pull_batch;
  header.sys_flag = pull_flag::suspend | (commits ? pull_flag::commit_offset : 0);
  header.commit_offset = commits ? commit : 0;
  header.suspend_timeout_ms = std::chrono::duration_cast<std::chrono::milliseconds>(options_.hold).count();
  header.sub_version = subscription.sub_version;
  return request_with(RequestCode::pull_message, header);
}

Puller::Next Puller::pull(const AssignedPtr& queue, const Subscription& subscription) {
  const session::RoutePtr route = session_.known_route(queue->queue.topic);
  const auto broker =
      route ? route->replica(queue->queue.broker_name, queue->suggested_replica) : std::nullopt;
  if (!broker) return Next::after_pause;
  const bool master = broker == route->master(queue->queue.broker_name);

  const auto deadline = runtime_.clock.now() + options_.pull_timeout;
  const auto answer = session_.remoting().call(*broker, make_request(*queue, subscription, master), deadline);
  if (queue->dropped || session_.stopping()) return Next::after_pause;
  if (!answer) {
    runtime::log(runtime_.events, Level::info, "pull of {} failed: {}", queue->queue, answer.error());
    return Next::after_pause;
  }
  return take(queue, subscription, *broker, *answer);
}

Puller::Next Puller::take(const AssignedPtr& queue, const Subscription& subscription,
                          const runtime::Endpoint& broker, const Command& answer) {
  const auto code = static_cast<ResponseCode>(answer.code);
  const auto header = model::protocol::read_header<model::protocol::PullResponseHeader>(answer);
  if (header) queue->suggested_replica = header->suggest_which_broker_id;

  if (code == ResponseCode::success && header) {
    model::layout::Received received = model::layout::read_records(answer.body, queue->queue.broker_name);
    report_lost(*queue, received);
    std::vector<MessagePtr> wanted;
    for (ReceivedMessage& one : received.messages)
      if (subscription.matches(one.tag()))
        wanted.push_back(std::make_shared<const ReceivedMessage>(std::move(one)));
    queue->held.add(wanted, next_offset(*queue, received, header->next_begin_offset));
    submit_(queue, wanted);
    return Next::at_once;
  }
  if ((code == ResponseCode::pull_not_found || code == ResponseCode::pull_retry_immediately) && header) {
    queue->held.add({}, header->next_begin_offset);
    return Next::at_once;
  }
  if (code == ResponseCode::pull_offset_moved && header) {
    offset_moved_(queue, header->next_begin_offset);
    return Next::after_pause;
  }
  // The broker lost us, as after its restart: it has to hear who we are before it serves us.
  if (code == ResponseCode::subscription_not_exist || code == ResponseCode::subscription_not_latest)
    session_.greet_again(broker);
  runtime::log(runtime_.events, Level::warn, "pull of {} answered with {}: {}", queue->queue, answer.code,
               answer.remark);
  return Next::after_pause;
}

// What cannot be read now cannot be read later either: the queue goes on behind it, and says so.
void Puller::report_lost(const AssignedQueue& queue, const model::layout::Received& received) const {
  for (const model::layout::LostRecord& lost : received.lost) {
    runtime_.events.probe("client.record-lost");
    runtime::log(runtime_.events, Level::error,
                 "a record of {} is skipped, pulled from offset {}: queue offset {}, commit log {}: {}",
                 queue.queue, queue.held.next_offset(), lost.queue_offset, lost.physical_offset, lost.why);
  }
}

// Whatever the answer holds, the next pull starts behind this one.
std::int64_t Puller::next_offset(const AssignedQueue& queue, const model::layout::Received& received,
                                 std::int64_t as_told) const {
  const std::int64_t pulled = queue.held.next_offset();
  if (received.complete) return as_told;
  if (received.rest_from && *received.rest_from > pulled && *received.rest_from < as_told)
    return *received.rest_from;
  return pulled + 1;  // only the first one is known to be unreadable
}

}  // namespace gantry::client::consumer
