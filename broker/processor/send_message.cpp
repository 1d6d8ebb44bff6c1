#include "broker/processor/send_message.h"

#include <algorithm>

#include "model/message/batch.h"
#include "model/message/message_id.h"
#include "model/message/names.h"
#include "model/message/properties.h"
#include "model/message/sys_flag.h"
#include "model/protocol/field_reader.h"

namespace gantry::broker::processor {
namespace {

namespace names = model::message;
namespace permission = model::route::permission;
namespace sys_flag = model::message::sys_flag;
using store::PutMessage;
using store::PutStatus;

/// From here on requests say how often a group may retry (3.4.9).
constexpr std::int32_t version_with_max_reconsume_times = 121;

/// What clients may say about a message; the hosts are ours to describe, IPv4 both.
constexpr std::int32_t sys_flag_known = sys_flag::compressed | sys_flag::multi_tags |
                                        sys_flag::transaction_mask | sys_flag::compression_mask |
                                        sys_flag::born_host_v6 | sys_flag::store_host_v6;
constexpr std::int32_t sys_flag_hosts = sys_flag::born_host_v6 | sys_flag::store_host_v6;

/// What the properties of a batch's items may take in memory. Each item gets those of the batch too: without
/// a limit a frame of megabytes becomes terabytes.
constexpr std::size_t batch_properties_bytes_max = 64u << 20;

std::optional<Command> check_sys_flag(std::int32_t flags, bool batch) {
  const std::int32_t transaction = sys_flag::transaction_of(flags);
  if ((flags & ~sys_flag_known) != 0 || (flags & sys_flag::compression_mask) > sys_flag::compression_zlib)
    return refuse(ResponseCode::message_illegal, "the sysFlag has bits that this broker does not know");
  if (batch && transaction != 0)
    return refuse(ResponseCode::message_illegal, "a batch of messages cannot be part of a transaction");
  // Stored as an ordinary message it would never reach a queue.
  if (transaction == sys_flag::commit || transaction == sys_flag::rollback)
    return refuse(ResponseCode::message_illegal, "only the broker ends a transaction: sysFlag has its bits");
  return std::nullopt;
}

/// A peer without an address of IPv4 is stored as 0.0.0.0.
model::message::Host born_host_of(const runtime::Endpoint& peer) {
  const auto born = model::message::host_of(peer.host, peer.port);
  return born && !born->v6 ? *born : model::message::Host{};
}

Command from_status(PutStatus status) {
  switch (status) {
    case PutStatus::ok: return Command::response(ResponseCode::success);
    case PutStatus::flush_disk_timeout: return refuse(ResponseCode::flush_disk_timeout, "flush disk timeout");
    case PutStatus::service_not_available:
      return refuse(
          ResponseCode::service_not_available,
          "service not available now: the broker is stopping, or its disk is full, too slow or has failed");
    case PutStatus::message_illegal:
      return refuse(ResponseCode::message_illegal,
                    "the message is illegal, maybe its body or topic is too large");
    case PutStatus::properties_size_exceeded:
      return refuse(ResponseCode::message_illegal, "the message's properties are longer than 32767 bytes");
  }
  return refuse(ResponseCode::system_error, "unknown put status");
}

}  // namespace

/// What an answer says when the store reports.
struct SendMessage::Answer {
  Responder respond;
  std::int32_t queue_id = 0;
  store::Placed placed;
  std::int64_t bytes = 0;
  runtime::Instant begun;
};

SendMessage::SendMessage(Parts parts)
    : parts_(parts),
      ids_(model::message::host_of(parts.config.broker_ip1,
                                   static_cast<std::int32_t>(parts.config.listen_port))
               .value()) {}

void SendMessage::operator()(const CommandView& request, const Responder& respond) {
  const auto read = model::protocol::read_send_header(request);
  if (!read) return respond(refuse(read.error()));
  const SendHeader& header = *read;

  Target target;
  std::optional<Command> refusal = refuse_early(header);
  if (!refusal) refusal = find_target(request, header, target);
  if (!refusal) refusal = store_sent(request, respond, header, target);
  if (!refusal) return;
  parts_.statistics.send_failed();
  respond(std::move(*refusal));
}

std::optional<Command> SendMessage::refuse_early(const SendHeader& header) const {
  const config::BrokerConfig& config = parts_.config;
  const std::int64_t accept_from = config.start_accept_send_request_time_stamp;
  if (accept_from > 0 && parts_.runtime.clock.wall_now().ms < accept_from)
    return refuse(ResponseCode::system_error,
                  "broker unable to service, until startAcceptSendRequestTimeStamp");
  if (!permission::writable(static_cast<std::int32_t>(config.broker_permission))) {
    const topic::TopicConfig* const known = parts_.topics.find(header.topic);
    if (known && known->order)
      return refuse(ResponseCode::no_permission,
                    "the broker[" + config.broker_ip1 + "] sending message is forbidden");
  }
  if (names::refuses_sends(header.topic))
    return refuse(ResponseCode::no_permission,
                  "Sending message to topic[" + std::string(header.topic) + "] is forbidden.");
  return check_sys_flag(header.sys_flag, header.batch);
}

std::optional<Command> SendMessage::find_target(const CommandView& request, const SendHeader& header,
                                                Target& target) {
  const topic::TopicConfig* topic = parts_.topics.find(header.topic);
  if (!topic) {
    if (parts_.topics.full()) return no_room_for_topic();
    topic = parts_.topics.for_send(header.topic, header.default_topic, header.default_topic_queue_nums,
                                   header.unit_mode);
    if (!topic && names::is_retry_topic(header.topic)) topic = parts_.topics.or_create(header.topic, 1);
    if (!topic) return topic_missing(header.topic);
    parts_.registration.soon();
  }
  if (parts_.topics.unsaved(header.topic)) {
    if (auto refusal = save(header.topic)) return refusal;
    topic = parts_.topics.find(header.topic);  // we were suspended
    if (!topic) return topic_missing(header.topic);
  }
  const std::int32_t queues = std::max(topic->write_queue_nums, topic->read_queue_nums);
  if (header.queue_id >= queues)
    return refuse(ResponseCode::system_error, "request queueId[" + std::to_string(header.queue_id) +
                                                  "] is illegal, topic " + topic->topic_name + " has " +
                                                  std::to_string(queues) + " queues");
  target.topic = topic->topic_name;
  target.queue_id = header.queue_id;
  if (target.queue_id < 0) {
    if (topic->write_queue_nums <= 0)
      return refuse(ResponseCode::system_error, "topic " + topic->topic_name + " has no queue to write to");
    target.queue_id = static_cast<std::int32_t>(
        parts_.runtime.random.below("broker.any-queue", static_cast<std::uint64_t>(topic->write_queue_nums)));
  }
  target.sys_flag = header.sys_flag & ~sys_flag_hosts;
  if (topic->topic_filter_type == model::route::TopicFilterType::multi_tag)
    target.sys_flag |= sys_flag::multi_tags;
  if (!names::is_retry_topic(header.topic)) return std::nullopt;
  return redirect_to_dead_letters(request, header, target);
}

/// A message is acknowledged in a topic that survives a crash: without its topic nobody reads it. What
/// other topics wait for is their own affair.
std::optional<Command> SendMessage::save(std::string_view topic) {
  while (parts_.topics.unsaved(topic))
    if (auto saved = parts_.topics.persist(); !saved)
      return not_saved(ResponseCode::service_not_available, "the topic", saved.error());
  return std::nullopt;
}

std::optional<Command> SendMessage::redirect_to_dead_letters(const CommandView& request,
                                                             const SendHeader& header, Target& target) {
  const std::string_view group_name = names::group_of(header.topic);
  const manager::SubscriptionGroupConfig* group = parts_.groups.or_create(group_name);
  if (!group) return no_group(parts_, group_name);
  std::int32_t most = group->retry_max_times;
  if (request.version >= version_with_max_reconsume_times && header.max_reconsume_times)
    most = *header.max_reconsume_times;
  if (header.reconsume_times < most) return std::nullopt;

  const std::string dead_letters = names::dead_letter_topic(group_name);
  if (!names::check_topic(dead_letters))
    return refuse(ResponseCode::system_error, "the group's name is too long for a dead letter topic");
  if (!parts_.topics.find(dead_letters)) {
    if (parts_.topics.full()) return no_room_for_topic();
    parts_.registration.soon();
  }
  target.topic = parts_.topics.or_create(dead_letters, 1)->topic_name;
  if (auto refusal = save(dead_letters)) return refusal;
  target.queue_id = 0;
  target.dead_letter = true;
  return std::nullopt;
}

std::optional<Command> SendMessage::check_properties(const ReadProperties& properties) const {
  if (properties.half)
    return refuse(ResponseCode::no_permission,
                  "the broker[" + parts_.config.broker_ip1 + "] sending transaction message is forbidden");
  // Delivering it at once would be too early, and nobody would notice.
  if (const auto level = model::protocol::parse_i32(properties.delay); level && *level > 0)
    return refuse(ResponseCode::message_illegal,
                  "this broker does not deliver delayed messages: DELAY is " + std::to_string(*level));
  return std::nullopt;
}

PutMessage SendMessage::message(const Responder& respond, const SendHeader& header,
                                const Target& target) const {
  PutMessage made;
  made.topic = target.topic;
  made.queue_id = target.queue_id;
  made.flag = header.flag;
  made.sys_flag = target.sys_flag;
  made.born_timestamp = header.born_timestamp;
  made.born_host = born_host_of(respond.channel()->peer());
  made.reconsume_times = header.reconsume_times;
  return made;
}

std::optional<Command> SendMessage::store_sent(const CommandView& request, const Responder& respond,
                                               const SendHeader& header, const Target& target) {
  std::string properties;
  const ReadProperties read = append_stored(header.properties, target.dead_letter, properties);
  append_cluster(parts_.config.broker_cluster_name, properties);
  if (auto refusal = check_properties(read)) return refusal;
  PutMessage put = message(respond, header, target);
  put.properties = properties;
  // Whether to wait is said of a batch, not of its items.
  if (header.batch) return store_batch(request, respond, put, target.dead_letter, read.wait);
  if (sys_flag::transaction_of(header.sys_flag) != 0)
    return refuse(ResponseCode::message_illegal, "the sysFlag says half message, the properties do not");
  put.body = request.body;
  return append(respond, {&put, 1}, read.wait);
}

/// `common` is what its messages have in common. Its properties follow those of each, as in RocketMQ.
std::optional<Command> SendMessage::store_batch(const CommandView& request, const Responder& respond,
                                                const PutMessage& common, bool drop_delay, bool wait) {
  // Items are read twice: first their number, so that the views into their properties stay where they are.
  const auto items = model::message::count_batch_items(request.body);
  if (!items)
    return refuse(ResponseCode::message_illegal, "the batch cannot be taken apart: lengths do not agree");
  if (*items == 0) return refuse(ResponseCode::message_illegal, "the batch is empty");
  if (request.body.size() > static_cast<std::size_t>(parts_.config.max_message_size))
    return refuse(ResponseCode::message_illegal, "the batch is larger than maxMessageSize");

  // An item's own properties, and an end mark that may have to be added, take no more than the item.
  const std::size_t text_bytes_max = request.body.size() + *items * common.properties.size();
  if (text_bytes_max > batch_properties_bytes_max)
    return refuse(ResponseCode::message_illegal,
                  "the batch's properties are too long: each of its messages gets them");
  std::string text;
  text.reserve(text_bytes_max);
  std::vector<PutMessage> puts(*items, common);
  model::message::BatchReader reader(request.body);
  for (PutMessage& put : puts) {
    const auto item = reader.next();
    const std::size_t start = text.size();
    if (auto refusal = check_properties(append_stored((*item)->properties, drop_delay, text))) return refusal;
    text += common.properties;
    put.flag = (*item)->flag;
    put.body = (*item)->body;
    put.properties = std::string_view(text).substr(start);
  }
  return append(respond, puts, wait);
}

std::optional<Command> SendMessage::append(const Responder& respond, std::span<const PutMessage> messages,
                                           bool wait) {
  if (!parts_.store.writable()) return from_status(PutStatus::service_not_available);
  auto placed = parts_.store.append(messages);
  if (!placed) return from_status(placed.error());

  Answer answer{respond, messages.front().queue_id, std::move(*placed), 0, parts_.runtime.clock.now()};
  for (const PutMessage& message : messages) answer.bytes += static_cast<std::int64_t>(message.body.size());
  const store::PhysicalOffset end = answer.placed.end;
  parts_.store.when_stored(
      end, wait, [this, answer = std::move(answer)](PutStatus status) { answer_stored(answer, status); });
  return std::nullopt;
}

void SendMessage::answer_stored(const Answer& answer, PutStatus status) {
  const bool stored = status == PutStatus::ok || status == PutStatus::flush_disk_timeout;
  if (stored)
    parts_.statistics.stored(static_cast<std::int64_t>(answer.placed.physical.size()), answer.bytes,
                             parts_.runtime.clock.now() - answer.begun);
  else parts_.statistics.send_failed();
  if (answer.respond.oneway()) return;

  Command response = from_status(status);
  if (stored) {
    std::string ids;
    ids.reserve(answer.placed.physical.size() * 33);
    for (const store::PhysicalOffset at : answer.placed.physical) {
      if (!ids.empty()) ids += ',';
      ids_.append(static_cast<std::int64_t>(at), ids);
    }
    response.fields.reserve(8);  // some are added on the way out
    response.fields.add("msgId", std::move(ids));
    response.fields.add("queueId", answer.queue_id);
    response.fields.add("queueOffset", static_cast<std::int64_t>(answer.placed.queue_offset));
  }
  answer.respond(std::move(response));
}

}  // namespace gantry::broker::processor
