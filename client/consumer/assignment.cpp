#include "client/consumer/assignment.h"

#include "model/message/names.h"
#include "model/protocol/bodies/connections.h"
#include "model/protocol/consume_headers.h"
#include "model/route/format.h"
#include "runtime/log.h"

namespace gantry::client::consumer {
namespace {

using model::message::is_retry_topic;
using model::protocol::Command;
using model::protocol::RequestCode;
using runtime::Level;

/// For the trace: where this member begins to read the queue, or ceases to.
void tell(runtime::Events& events, std::string_view kind, const MessageQueue& queue, std::int64_t offset) {
  runtime::record(events, kind, queue.broker_name + " " + queue.topic, {queue.queue_id, offset});
}

Command max_offset_request(const MessageQueue& queue) {
  return request_with(RequestCode::get_max_offset, model::protocol::QueueHeader{queue.topic, queue.queue_id});
}

}  // namespace

Assignment::Assignment(runtime::Runtime runtime, session::Session& session, std::string group,
                       const ConsumerOptions& options, OffsetStore& offsets, Taken taken)
    : runtime_(runtime),
      session_(session),
      group_(std::move(group)),
      options_(options),
      offsets_(offsets),
      taken_(std::move(taken)) {}

bool Assignment::rebalance(const std::set<std::string>& topics) {
  bool complete = true;
  for (const std::string& topic : topics) {
    if (session_.stopping()) return true;
    const bool done = rebalance_topic(topic);
    complete = complete && done;
  }
  return complete;
}

bool Assignment::rebalance_topic(const std::string& topic) {
  const auto route = session_.route(topic);
  // A group's retry topic exists only after a broker has heard of the group: no reason to hurry.
  if (!route) return is_retry_topic(topic);

  std::vector<MessageQueue> share = (*route)->readable;
  if (options_.model == MessageModel::clustering) {
    const auto ids = members(**route);
    if (!ids) return false;
    share = options_.strategy((*route)->readable, *ids, session_.client_id());
  }
  const std::set<MessageQueue> mine(share.begin(), share.end());

  std::vector<MessageQueue> lost;
  for (const auto& [queue, assigned] : queues_)
    if (queue.topic == topic && !mine.contains(queue)) lost.push_back(queue);
  for (const MessageQueue& queue : lost) let_go(queue);

  bool complete = true;
  for (const MessageQueue& queue : mine) {
    if (queues_.contains(queue)) continue;
    if (session_.stopping()) return true;
    const bool done = take(queue);
    complete = complete && done;
  }
  return complete;
}

Result<std::vector<std::string>> Assignment::members(const session::TopicRoute& route) {
  Error last{Errc::unreachable, "no broker of the topic is known"};
  // All of them know all members; the first that answers will do.
  for (const auto& [name, replicas] : route.brokers) {
    const auto broker = route.replica(name, session::master_id);
    if (!broker) continue;
    const model::protocol::GroupHeader header{group_};
    const auto answer = session_.ask(*broker, request_with(RequestCode::get_consumer_list_by_group, header));
    if (answer) {
      auto list = model::protocol::read_body<model::protocol::bodies::ConsumerIdList>(answer->body);
      if (!list) return list.error();
      const std::set<std::string> ids(list->consumer_ids.begin(), list->consumer_ids.end());
      return std::vector<std::string>(ids.begin(), ids.end());
    }
    last = answer.error();
  }
  return last;
}

void Assignment::let_go(const MessageQueue& queue) {
  const auto found = queues_.find(queue);
  if (found == queues_.end()) return;
  const AssignedPtr assigned = found->second;
  queues_.erase(found);
  if (assigned->dropped) return;  // its offset is illegal, and restart_at() stores a better one
  assigned->drop(runtime_.tasks);
  tell(runtime_.events, "consumer.queue-lost", queue, assigned->held.commit_offset());
  store({assigned});
}

bool Assignment::take(const MessageQueue& queue) {
  const auto stored = offsets_.read(queue);
  if (!stored) return false;
  const auto start = start_offset(queue, *stored);
  if (!start) return false;

  auto assigned = std::make_shared<AssignedQueue>(queue, *start);
  assigned->persisted = stored->value_or(-1);
  queues_[queue] = assigned;
  tell(runtime_.events, "consumer.queue-taken", queue, *start);
  taken_(assigned);
  return true;
}

Result<std::int64_t> Assignment::start_offset(const MessageQueue& queue, std::optional<std::int64_t> stored) {
  if (stored && *stored >= 0) return *stored;
  const bool retry = is_retry_topic(queue.topic);
  switch (options_.from) {
    case ConsumeFrom::first_offset: return 0;
    case ConsumeFrom::last_offset:
      // Nothing of the retry topic may be skipped: it holds messages that this group has failed.
      if (retry) return 0;
      return ask_offset(queue, max_offset_request(queue));
    case ConsumeFrom::timestamp: {
      if (retry) return ask_offset(queue, max_offset_request(queue));
      const model::protocol::SearchOffsetHeader header{queue.topic, queue.queue_id,
                                                       options_.from_timestamp_ms};
      return ask_offset(queue, request_with(RequestCode::search_offset_by_timestamp, header));
    }
  }
  return Error{Errc::invalid, "unknown ConsumeFrom"};
}

Result<std::int64_t> Assignment::ask_offset(const MessageQueue& queue, Command request) {
  const session::RoutePtr route = session_.known_route(queue.topic);
  const auto broker = route ? route->master(queue.broker_name) : std::nullopt;
  if (!broker) return Error{Errc::unreachable, "the queue's master is not known"};
  const auto answer = session_.ask(*broker, std::move(request));
  if (!answer) return answer.error();
  const auto found = model::protocol::read_header<model::protocol::OffsetResponseHeader>(*answer);
  if (!found) return Error{Errc::invalid, "the answer holds no offset"};
  return found->offset;
}

void Assignment::persist() {
  std::vector<AssignedPtr> all;
  for (const auto& [queue, assigned] : queues_)
    if (!assigned->dropped) all.push_back(assigned);
  store(all);
}

void Assignment::store(const std::vector<AssignedPtr>& queues) {
  std::map<MessageQueue, std::int64_t> changed;
  for (const AssignedPtr& assigned : queues)
    if (assigned->held.commit_offset() != assigned->persisted)
      changed[assigned->queue] = assigned->held.commit_offset();
  if (changed.empty()) return;
  if (const auto stored = offsets_.write(changed); !stored) {
    runtime::log(runtime_.events, Level::warn, "offsets of {} not stored: {}", group_, stored.error());
    return;  // the next persist, or the next pull, brings them again
  }
  for (const AssignedPtr& assigned : queues)
    if (const auto offset = changed.find(assigned->queue); offset != changed.end())
      assigned->persisted = offset->second;
}

void Assignment::restart_at(const AssignedPtr& queue, std::int64_t next, runtime::sync::Cancellation& stop) {
  queue->drop(runtime_.tasks);
  // Listeners that still run for it come to an end; its offset is not stored meanwhile.
  if (!runtime::sync::sleep(runtime_.tasks, runtime_.clock, options_.illegal_offset_pause, &stop)) return;
  if (const auto stored = offsets_.write({{queue->queue, next}}); !stored)
    runtime::log(runtime_.events, Level::warn, "offset {} of {} not stored: {}", next, queue->queue,
                 stored.error());
  const auto found = queues_.find(queue->queue);
  if (found != queues_.end() && found->second == queue) queues_.erase(found);
}

void Assignment::drop_all() {
  for (const auto& [queue, assigned] : queues_) assigned->drop(runtime_.tasks);
}

std::vector<MessageQueue> Assignment::owned() const {
  std::vector<MessageQueue> all;
  for (const auto& [queue, assigned] : queues_)
    if (!assigned->dropped) all.push_back(queue);
  return all;
}

}  // namespace gantry::client::consumer
