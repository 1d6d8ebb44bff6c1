#include "broker/sending/sending.h"

#include <vector>

#include <fmt/format.h>

#include "model/delivery/sends.h"
#include "model/message/batch.h"
#include "model/message/names.h"
#include "model/message/sys_flag.h"

namespace gantry::broker::sending {
namespace {

namespace delivery = model::delivery;
namespace names = model::message;
namespace permission = model::route::permission;
using delivery::QueueChoice;
using delivery::Reason;
using store::PutMessage;
using store::PutStatus;

/// What the properties of a batch's items may take in memory. Each item gets those of the batch too: without
/// a limit a frame of megabytes becomes terabytes.
constexpr std::size_t batch_properties_bytes_max = 64u << 20;

Refusal refusal_of(PutStatus status) {
  switch (status) {
    case PutStatus::ok:
    case PutStatus::flush_disk_timeout: break;  // these are stored
    case PutStatus::service_not_available:
      return {
          Reason::unavailable,
          "service not available now: the broker is stopping, or its disk is full, too slow or has failed"};
    case PutStatus::message_illegal:
      return {Reason::illegal_message, "the message is illegal, maybe its body or topic is too large"};
    case PutStatus::properties_size_exceeded:
      return {Reason::illegal_message, "the message's properties are longer than 32767 bytes"};
  }
  return {Reason::invalid, "unknown put status"};
}

}  // namespace

Sending::Sending(const runtime::Clock& clock, runtime::Random& random, const config::BrokerConfig& config,
                 store::MessageStore& store, topics::TopicTable& topics, groups::GroupTable& groups,
                 topics::Announcer& announcer)
    : clock_(clock),
      random_(random),
      config_(config),
      store_(store),
      topics_(topics),
      groups_(groups),
      announcer_(announcer) {}

Outcome<Sending::Taken> Sending::take(const Request& request) {
  const std::int64_t accept_from = config_.start_accept_send_request_time_stamp;
  const delivery::SendRules rules{
      .broker = config_.broker_ip1,
      .accepts_yet = accept_from <= 0 || clock_.wall_now().ms >= accept_from,
      .may_be_written = permission::writable(static_cast<std::int32_t>(config_.broker_permission))};
  if (auto refusal = delivery::check_send(rules, request.topic, topics_.find(request.topic)))
    return std::move(*refusal);
  if (auto refusal = delivery::check_sys_flag(request.sys_flag, request.batch)) return std::move(*refusal);
  const Outcome<Target> target = find_target(request);
  if (!target) return target.error();

  std::string properties;
  const delivery::ReadProperties read =
      delivery::append_stored(request.properties, target->dead_letter, properties);
  delivery::append_cluster(config_.broker_cluster_name, properties);
  if (auto refusal = delivery::check_properties(read, config_.broker_ip1)) return std::move(*refusal);

  PutMessage put;
  put.topic = target->topic;
  put.queue_id = target->queue_id;
  put.flag = request.flag;
  put.sys_flag = target->sys_flag;
  put.born_timestamp = request.born_timestamp;
  put.born_host = request.born_host;
  put.reconsume_times = request.reconsume_times;
  put.properties = properties;
  // Whether to wait is said of a batch, not of its items.
  if (request.batch) return append_batch(request, put, target->dead_letter, read.wait);
  if (names::sys_flag::transaction_of(request.sys_flag) != 0)
    return Refusal{Reason::illegal_message, "the sysFlag says half message, the properties do not"};
  put.body = request.body;
  return append({&put, 1}, read.wait);
}

Outcome<const topics::TopicConfig*> Sending::find_topic(const Request& request) {
  const topics::TopicConfig* topic = topics_.find(request.topic);
  if (!topic) {
    if (topics_.full()) return topics_.no_room();
    // A door has looked at the names already; what comes by another way must not make an illegal topic
    // either.
    if (const auto legal = names::check_topic(request.topic); !legal)
      return Refusal{Reason::invalid, legal.error().detail};
    topic = topics_.for_send(request.topic, request.default_topic, request.default_topic_queue_nums,
                             request.unit_mode);
    if (!topic && names::is_retry_topic(request.topic)) topic = topics_.or_create(request.topic, 1);
    if (!topic) return topics_.missing(request.topic);
    announcer_.soon();
  }
  if (!topics_.unsaved(request.topic)) return topic;
  if (auto saved = save_topic(request.topic); !saved) return saved.error();
  topic = topics_.find(request.topic);  // we were suspended
  if (!topic) return topics_.missing(request.topic);
  return topic;
}

Outcome<std::int32_t> Sending::find_queue(std::int32_t asked, const topics::TopicConfig& topic) {
  switch (delivery::choose_queue(asked, topic)) {
    case QueueChoice::as_asked: return asked;
    case QueueChoice::any_of_them:
      return static_cast<std::int32_t>(
          random_.below("broker.any-queue", static_cast<std::uint64_t>(topic.write_queue_nums)));
    case QueueChoice::none:
      return Refusal{Reason::invalid, fmt::format("topic {} has no queue to write to", topic.topic_name)};
    case QueueChoice::no_such: break;
  }
  return Refusal{Reason::invalid,
                 fmt::format("request queueId[{}] is illegal, topic {} has {} queues", asked,
                             topic.topic_name, std::max(topic.write_queue_nums, topic.read_queue_nums))};
}

Outcome<Sending::Target> Sending::find_target(const Request& request) {
  const Outcome<const topics::TopicConfig*> topic = find_topic(request);
  if (!topic) return topic.error();
  const Outcome<std::int32_t> queue = find_queue(request.queue_id, **topic);
  if (!queue) return queue.error();
  Target target{
      .topic = (*topic)->topic_name,
      .queue_id = *queue,
      .sys_flag = delivery::stored_sys_flag(request.sys_flag, (*topic)->topic_filter_type),
  };
  if (names::is_retry_topic(request.topic))
    if (auto diverted = divert_dead_letter(request, target); !diverted) return diverted.error();
  return target;
}

/// A message is acknowledged in a topic that survives a crash: without its topic nobody reads it.
Outcome<void> Sending::save_topic(std::string_view topic) {
  if (const auto saved = topics_.save(topic); !saved)
    return delivery::not_saved(Reason::unavailable, "the topic", saved.error());
  return {};
}

Outcome<void> Sending::divert_dead_letter(const Request& request, Target& target) {
  const std::string_view group_name = names::group_of(request.topic);
  const auto* group = groups_.or_create(group_name);
  if (!group) return groups_.missing(group_name);
  if (!delivery::is_dead_letter(request.reconsume_times, group->retry_max_times, request.max_reconsume_times))
    return {};

  const std::string dead_letters = names::dead_letter_topic(group_name);
  if (!names::check_topic(dead_letters))
    return Refusal{Reason::invalid, "the group's name is too long for a dead letter topic"};
  if (!topics_.find(dead_letters)) {
    if (topics_.full()) return topics_.no_room();
    announcer_.soon();
  }
  target.topic = topics_.or_create(dead_letters, 1)->topic_name;
  if (auto saved = save_topic(dead_letters); !saved) return saved.error();
  target.queue_id = 0;
  target.dead_letter = true;
  return {};
}

Outcome<Sending::Taken> Sending::append_batch(const Request& request, const PutMessage& common,
                                              bool drop_delay, bool wait_for_sync) {
  const auto illegal = [](const char* why) { return Refusal{Reason::illegal_message, why}; };
  // Items are read twice: first their number, so that the views into their properties stay where they are.
  const auto items = model::message::count_batch_items(request.body);
  if (!items) return illegal("the batch cannot be taken apart: lengths do not agree");
  if (*items == 0) return illegal("the batch is empty");
  if (request.body.size() > static_cast<std::size_t>(config_.max_message_size))
    return illegal("the batch is larger than maxMessageSize");

  // An item's own properties, and an end mark that may have to be added, take no more than the item.
  const std::size_t text_bytes_max = request.body.size() + *items * common.properties.size();
  if (text_bytes_max > batch_properties_bytes_max)
    return illegal("the batch's properties are too long: each of its messages gets them");
  std::string text;
  text.reserve(text_bytes_max);
  std::vector<PutMessage> puts(*items, common);
  model::message::BatchReader reader(request.body);
  for (PutMessage& put : puts) {
    const auto item = reader.next();
    const std::size_t start = text.size();
    const auto read = delivery::append_stored((*item)->properties, drop_delay, text);
    if (auto refusal = delivery::check_properties(read, config_.broker_ip1)) return std::move(*refusal);
    text += common.properties;
    put.flag = (*item)->flag;
    put.body = (*item)->body;
    put.properties = std::string_view(text).substr(start);
  }
  return append(puts, wait_for_sync);
}

Outcome<Sending::Taken> Sending::append(std::span<const PutMessage> messages, bool wait_for_sync) {
  if (!store_.writable()) return refusal_of(PutStatus::service_not_available);
  auto placed = store_.append(messages);
  if (!placed) return refusal_of(placed.error());

  Taken taken{.sent = {.queue_id = messages.front().queue_id, .placed = std::move(*placed)},
              .wait_for_sync = wait_for_sync};
  for (const PutMessage& message : messages)
    taken.sent.body_bytes += static_cast<std::int64_t>(message.body.size());
  return taken;
}

Outcome<Sent> Sending::outcome_of(Sent&& sent, PutStatus status) {
  if (status != PutStatus::ok && status != PutStatus::flush_disk_timeout) return refusal_of(status);
  sent.safe = status == PutStatus::ok;
  return std::move(sent);
}

}  // namespace gantry::broker::sending
