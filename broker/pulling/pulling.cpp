#include "broker/pulling/pulling.h"

#include <fmt/format.h>

#include "model/message/names.h"
#include "model/message/subscription.h"

namespace gantry::broker::pulling {
namespace {

namespace delivery = model::delivery;
namespace permission = model::route::permission;
using delivery::PullVerdict;
using delivery::Reason;
using model::message::SubscriptionData;

/// Thousands of tags. One pull with a header full of them would stop everybody else for seconds.
constexpr std::size_t subscription_bytes_max = 64 * 1024;
/// Of one tag in a pull's filter: a node of a set.
constexpr std::size_t code_bytes = 48;

void filter_by_tags(HeldPull& pull, const SubscriptionData& subscription) {
  const bool all =
      subscription.sub_string.empty() || subscription.sub_string == model::message::subscribe_all;
  if (all && subscription.codes.empty()) return;
  pull.filter = [codes = std::make_shared<const std::set<std::int32_t>>(subscription.codes)](
                    std::int64_t tags_code) { return codes->contains(static_cast<std::int32_t>(tags_code)); };
  pull.filter_bytes = subscription.codes.size() * code_bytes;
}

Refusal no_sql() {
  return {Reason::invalid, "The broker does not support consumer to filter message by SQL92"};
}

}  // namespace

Pulling::Pulling(runtime::Runtime runtime, const config::BrokerConfig& config, store::MessageStore& store,
                 const topics::TopicTable& topics, groups::GroupTable& groups,
                 offsets::ConsumerOffsets& offsets, const membership::Consumers& consumers)
    : clock_(runtime.clock),
      events_(runtime.events),
      config_(config),
      store_(store),
      topics_(topics),
      groups_(groups),
      offsets_(offsets),
      consumers_(consumers),
      held_(runtime.tasks, runtime.clock, [this](HeldPull& pull) {
        if (pull.peer->connected()) pull.done(*read(pull, false));
      }) {}

Outcome<void> Pulling::check(const Request& request) {
  if (!permission::readable(static_cast<std::int32_t>(config_.broker_permission)))
    return Refusal{Reason::forbidden,
                   fmt::format("the broker[{}] pulling message is forbidden", config_.broker_ip1)};
  // The group is asked for first, but made only for a topic that is there.
  if (!groups_.find(request.group) && !config_.auto_create_subscription_group)
    return groups_.missing(request.group);
  const auto* topic = topics_.find(request.topic);
  if (!topic) return topics_.missing(request.topic);
  const auto* group = groups_.or_create(request.group);
  if (!group) return groups_.missing(request.group);
  if (!group->consume_enable)
    return Refusal{Reason::forbidden, fmt::format("subscription group no permission, {}", request.group)};
  if (!permission::readable(topic->perm))
    return Refusal{Reason::forbidden,
                   fmt::format("the topic[{}] pulling message is forbidden", request.topic)};
  if (request.queue_id < 0 || request.queue_id >= topic->read_queue_nums)
    return Refusal{Reason::invalid, fmt::format("queueId[{}] is illegal, topic:[{}] readQueueNums:[{}]",
                                                request.queue_id, topic->topic_name, topic->read_queue_nums)};
  return {};
}

Outcome<void> Pulling::set_filter(const Request& request, HeldPull& pull) const {
  if (!request.expression) return set_known_filter(request, pull);
  if (request.expression->type != model::message::expression_tag) return no_sql();
  if (request.expression->text.size() > subscription_bytes_max)
    return Refusal{Reason::bad_subscription, "the subscription is longer than 64 KiB"};
  const auto parsed = model::message::parse_tag_expression(request.topic, request.expression->text);
  if (!parsed) return Refusal{Reason::bad_subscription, "parse the consumer's subscription failed"};
  filter_by_tags(pull, *parsed);
  return {};
}

Outcome<void> Pulling::set_known_filter(const Request& request, HeldPull& pull) const {
  const auto* online = consumers_.find(request.group);
  if (!online) return Refusal{Reason::no_subscription, "the consumer's group info not exist"};
  const auto* group = groups_.find(request.group);
  if (group && !group->consume_broadcast_enable &&
      online->message_model == model::protocol::bodies::MessageModel::broadcasting)
    return Refusal{Reason::forbidden,
                   fmt::format("the consumer group[{}] can not consume by broadcast way", request.group)};
  const auto at = online->subscriptions.find(std::string(request.topic));
  if (at == online->subscriptions.end())
    return Refusal{Reason::no_subscription, "the consumer's subscription not exist"};
  if (at->second.sub_version < request.subscription_version)
    return Refusal{Reason::old_subscription, "the consumer's subscription not latest"};
  if (!at->second.is_tag_expression()) return no_sql();
  filter_by_tags(pull, at->second);
  return {};
}

std::optional<Outcome<Pulled>> Pulling::look(const Request& request, HeldPull& pull) {
  if (auto checked = check(request); !checked) return checked.error();
  if (auto filtered = set_filter(request, pull); !filtered) return filtered.error();
  if (request.commit && *request.commit >= 0) {
    // Where there is no room it stays uncommitted: the group gets its messages all the same.
    if (!offsets_.commit(request.group, request.topic, request.queue_id, *request.commit))
      events_.count("broker.no-room-for-offset", 1);
  }
  pull.topic = request.topic;
  pull.queue_id = request.queue_id;
  pull.from = request.from;
  pull.messages_max = delivery::messages_of_pull(request.messages_max);
  pull.group = request.group;
  return read(pull, request.wait_ms.has_value());
}

std::optional<Pulled> Pulling::read(const HeldPull& pull, bool may_wait) {
  store::GetResult got = store_.get(pull.topic, pull.queue_id, pull.from, pull.messages_max, pull.filter);
  const PullVerdict verdict = delivery::verdict_of(got.status, value(pull.from));
  if (verdict == PullVerdict::nothing_yet && may_wait) {
    // What arrived while we read has already been announced, and nobody was waiting.
    const store::QueueOffset end = store_.max_offset(pull.topic, pull.queue_id);
    if (delivery::still_nothing(got.status, value(pull.from), value(end))) return std::nullopt;
    return read(pull, false);
  }
  return Pulled{verdict, std::move(got)};
}

void Pulling::wait(HeldPull pull, std::int64_t asked_ms) {
  const std::int64_t wait_ms =
      delivery::wait_ms_of_pull(asked_ms, config_.long_polling_enable, config_.short_polling_time_ms);
  const runtime::Instant deadline = clock_.now() + std::chrono::milliseconds(wait_ms);
  if (!pull.peer->connected()) return;  // gone while we were reading
  if (held_.has_room(pull)) return held_.hold(std::move(pull), deadline);
  pull.done(Refusal{Reason::busy, "[OVERLOAD]too many pulls wait, start flow control for a while"});
}

}  // namespace gantry::broker::pulling
