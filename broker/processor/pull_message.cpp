#include "broker/processor/pull_message.h"

#include <algorithm>

#include "model/message/sys_flag.h"

namespace gantry::broker::processor {
namespace {

namespace permission = model::route::permission;
namespace pull_flag = model::message::pull_flag;
using model::message::SubscriptionData;
using store::GetStatus;

/// No client asks for more at once; the store stops earlier anyway.
constexpr std::int32_t messages_max = 1024;
/// Clients give up after 30 s; longer waits only hold memory.
constexpr std::int64_t suspend_ms_max = 10 * 60 * 1000;
/// Thousands of tags. One pull with a header full of them would stop everybody else for seconds.
constexpr std::size_t subscription_bytes_max = 64 * 1024;
/// Of one tag in a pull's filter: a node of a set.
constexpr std::size_t code_bytes = 48;

/// The status' name is the answer's remark, as RocketMQ has it.
std::string_view name_of(GetStatus status) {
  switch (status) {
    case GetStatus::found: return "FOUND";
    case GetStatus::no_matched_message: return "NO_MATCHED_MESSAGE";
    case GetStatus::message_was_removing: return "MESSAGE_WAS_REMOVING";
    case GetStatus::offset_found_null: return "OFFSET_FOUND_NULL";
    case GetStatus::offset_overflow_badly: return "OFFSET_OVERFLOW_BADLY";
    case GetStatus::offset_overflow_one: return "OFFSET_OVERFLOW_ONE";
    case GetStatus::offset_too_small: return "OFFSET_TOO_SMALL";
    case GetStatus::no_matched_logic_queue: return "NO_MATCHED_LOGIC_QUEUE";
    case GetStatus::no_message_in_queue: return "NO_MESSAGE_IN_QUEUE";
  }
  return "UNKNOWN";
}

ResponseCode code_of(GetStatus status, store::QueueOffset asked) {
  switch (status) {
    case GetStatus::found: return ResponseCode::success;
    case GetStatus::no_matched_message:
    case GetStatus::message_was_removing: return ResponseCode::pull_retry_immediately;
    case GetStatus::offset_found_null:
    case GetStatus::offset_overflow_one: return ResponseCode::pull_not_found;
    case GetStatus::offset_overflow_badly:
    case GetStatus::offset_too_small: return ResponseCode::pull_offset_moved;
    case GetStatus::no_matched_logic_queue:
    case GetStatus::no_message_in_queue:
      return asked == store::QueueOffset{} ? ResponseCode::pull_not_found : ResponseCode::pull_offset_moved;
  }
  return ResponseCode::system_error;
}

void set_filter(pulling::HeldPull& pull, const SubscriptionData& subscription) {
  const bool all =
      subscription.sub_string.empty() || subscription.sub_string == model::message::subscribe_all;
  if (all && subscription.codes.empty()) return;
  pull.filter = [codes = std::make_shared<const std::set<std::int32_t>>(subscription.codes)](
                    std::int64_t tags_code) { return codes->contains(static_cast<std::int32_t>(tags_code)); };
  pull.filter_bytes = subscription.codes.size() * code_bytes;
}

Command no_sql() {
  return refuse(ResponseCode::system_error,
                "The broker does not support consumer to filter message by SQL92");
}

}  // namespace

PullMessage::PullMessage(Parts parts)
    : parts_(parts), held_(parts.runtime.tasks, parts.runtime.clock, [this](pulling::HeldPull& pull) {
        if (pull.respond.channel()->open()) answer(pull, false);
      }) {}

std::optional<Command> PullMessage::check(const PullHeader& header) {
  if (!permission::readable(static_cast<std::int32_t>(parts_.config.broker_permission)))
    return refuse(ResponseCode::no_permission,
                  "the broker[" + parts_.config.broker_ip1 + "] pulling message is forbidden");
  // The group is asked for first, but made only for a topic that is there.
  if (!parts_.groups.find(header.consumer_group) && !parts_.config.auto_create_subscription_group)
    return no_group(parts_, header.consumer_group);
  const auto* topic = parts_.topics.find(header.topic);
  if (!topic) return topic_missing(header.topic);
  const auto* group = parts_.groups.or_create(header.consumer_group);
  if (!group) return no_group(parts_, header.consumer_group);
  if (!group->consume_enable)
    return refuse(ResponseCode::no_permission,
                  "subscription group no permission, " + std::string(header.consumer_group));
  if (!permission::readable(topic->perm))
    return refuse(ResponseCode::no_permission,
                  "the topic[" + std::string(header.topic) + "] pulling message is forbidden");
  if (header.queue_id < 0 || header.queue_id >= topic->read_queue_nums)
    return refuse(ResponseCode::system_error,
                  "queueId[" + std::to_string(header.queue_id) + "] is illegal, topic:[" + topic->topic_name +
                      "] readQueueNums:[" + std::to_string(topic->read_queue_nums) + "]");
  return std::nullopt;
}

std::optional<Command> PullMessage::filter_of(const PullHeader& header, pulling::HeldPull& pull) const {
  if (!(header.sys_flag & pull_flag::subscription)) return subscribed(header, pull);
  if (header.expression_type != model::message::expression_tag) return no_sql();
  if (header.subscription.size() > subscription_bytes_max)
    return refuse(ResponseCode::subscription_parse_failed, "the subscription is longer than 64 KiB");
  const auto parsed = model::message::parse_tag_expression(header.topic, header.subscription);
  if (!parsed)
    return refuse(ResponseCode::subscription_parse_failed, "parse the consumer's subscription failed");
  set_filter(pull, *parsed);
  return std::nullopt;
}

std::optional<Command> PullMessage::subscribed(const PullHeader& header, pulling::HeldPull& pull) const {
  const auto* online = parts_.consumers.find(header.consumer_group);
  if (!online) return refuse(ResponseCode::subscription_not_exist, "the consumer's group info not exist");
  const auto* group = parts_.groups.find(header.consumer_group);
  if (group && !group->consume_broadcast_enable &&
      online->message_model == model::protocol::bodies::MessageModel::broadcasting)
    return refuse(ResponseCode::no_permission, "the consumer group[" + std::string(header.consumer_group) +
                                                   "] can not consume by broadcast way");
  const auto at = online->subscriptions.find(std::string(header.topic));
  if (at == online->subscriptions.end())
    return refuse(ResponseCode::subscription_not_exist, "the consumer's subscription not exist");
  if (at->second.sub_version < header.sub_version)
    return refuse(ResponseCode::subscription_not_latest, "the consumer's subscription not latest");
  if (!at->second.is_tag_expression()) return no_sql();
  set_filter(pull, at->second);
  return std::nullopt;
}

void PullMessage::operator()(const CommandView& request, const Responder& respond) {
  const auto read = read_header<PullHeader>(request);
  if (!read) return respond(refuse(read.error()));
  const PullHeader& header = *read;

  pulling::HeldPull pull;
  std::optional<Command> refusal = check(header);
  if (!refusal) refusal = filter_of(header, pull);
  if (refusal) return respond(std::move(*refusal));

  if ((header.sys_flag & pull_flag::commit_offset) && header.commit_offset >= 0) {
    // Where there is no room it stays uncommitted: the group gets its messages all the same.
    if (!parts_.offsets.commit(header.consumer_group, header.topic, header.queue_id, header.commit_offset))
      parts_.runtime.events.count("broker.no-room-for-offset", 1);
  }

  pull.topic = header.topic;
  pull.queue_id = header.queue_id;
  pull.from = store::QueueOffset{header.queue_offset};
  pull.max_messages = std::clamp(header.max_msg_nums, 1, messages_max);
  pull.group = header.consumer_group;
  pull.respond = respond;
  const bool may_hold =
      (header.sys_flag & pull_flag::suspend) != 0 && header.suspend_timeout_ms > 0 && !respond.oneway();
  if (answer(pull, may_hold)) return;

  const std::int64_t wait_ms = parts_.config.long_polling_enable
                                   ? std::min(header.suspend_timeout_ms, suspend_ms_max)
                                   : parts_.config.short_polling_time_ms;
  const runtime::Instant deadline = parts_.runtime.clock.now() + std::chrono::milliseconds(wait_ms);
  if (!respond.channel()->open()) return;
  if (!held_.hold(std::move(pull), deadline))
    respond(
        refuse(ResponseCode::system_busy, "[OVERLOAD]too many pulls wait, start flow control for a while"));
}

bool PullMessage::answer(pulling::HeldPull& pull, bool may_hold) {
  store::GetResult got =
      parts_.store.get(pull.topic, pull.queue_id, pull.from, pull.max_messages, pull.filter);
  const ResponseCode code = code_of(got.status, pull.from);
  if (code == ResponseCode::pull_not_found && may_hold) {
    // What arrived while we read has already been announced. An entry that cannot be read is no
    // news: who asks for it waits, too, instead of asking again at once.
    if (got.status == store::GetStatus::offset_found_null ||
        parts_.store.max_offset(pull.topic, pull.queue_id) <= pull.from)
      return false;
    return answer(pull, false);
  }
  if (code == ResponseCode::success) parts_.statistics.pulled(got.count);
  else parts_.statistics.pull_missed();

  Command response = Command::response(code, name_of(got.status));
  const model::protocol::PullResponseHeader offsets{0, static_cast<std::int64_t>(got.next_begin),
                                                    static_cast<std::int64_t>(got.min),
                                                    static_cast<std::int64_t>(got.max)};
  offsets.write(response.fields);
  response.body = std::move(got.records);
  pull.respond(std::move(response));
  return true;
}

}  // namespace gantry::broker::processor
