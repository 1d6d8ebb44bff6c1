#include "broker/processor/topic_admin.h"

#include <algorithm>

#include "model/message/names.h"
#include "model/protocol/bodies/lists.h"
#include "model/protocol/headers.h"

namespace gantry::broker::processor {
namespace {

namespace protocol = model::protocol;
namespace bodies = model::protocol::bodies;
using store::QueueOffset;

std::int64_t number(QueueOffset offset) {
  return std::max<std::int64_t>(0, static_cast<std::int64_t>(offset));
}

}  // namespace

std::optional<Command> TopicAdmin::protect(std::string_view topic) const {
  if (!parts_.topics.is_system(topic)) return std::nullopt;
  return refuse(ResponseCode::system_error,
                "The topic[" + std::string(topic) + "] is conflict with system topic.");
}

Command TopicAdmin::update_topic(const CommandView& request) {
  const auto header = read_header<protocol::CreateTopicHeader>(request);
  if (!header) return refuse(header.error());
  topics::TopicConfig wanted;
  wanted.topic_name = std::string(header->topic);
  wanted.read_queue_nums = header->read_queue_nums;
  wanted.write_queue_nums = header->write_queue_nums;
  wanted.perm = header->perm;
  wanted.topic_sys_flag = header->topic_sys_flag;
  if (auto refusal = protect(wanted.topic_name)) return *refusal;
  for (const std::int32_t queues : {wanted.read_queue_nums, wanted.write_queue_nums})
    if (queues < 0 || queues > topics::queue_nums_max)
      return refuse(ResponseCode::system_error, "readQueueNums and writeQueueNums are from 0 to " +
                                                    std::to_string(topics::queue_nums_max));
  if (wanted.perm < 0 || wanted.perm > 15)
    return refuse(ResponseCode::system_error,
                  "perm is a sum of 1 (inherit), 2 (write), 4 (read) and 8 (priority)");
  if (header->topic_filter_type == "MULTI_TAG")
    wanted.topic_filter_type = model::route::TopicFilterType::multi_tag;
  else if (header->topic_filter_type != "SINGLE_TAG")
    return refuse(ResponseCode::system_error, "topicFilterType is SINGLE_TAG or MULTI_TAG");
  // Order comes from the NameServers' ORDER_TOPIC_CONFIG, never from this request.
  if (const auto* known = parts_.topics.find(wanted.topic_name)) wanted.order = known->order;
  else if (parts_.topics.full()) return no_room_for_topic();

  parts_.topics.put(wanted);
  if (auto saved = parts_.topics.persist(); !saved)
    return not_saved(ResponseCode::system_error, "the topic", saved.error());
  parts_.registration.tell();
  return Command::response(ResponseCode::success);
}

Command TopicAdmin::delete_topic(const CommandView& request) {
  const auto header = read_header<protocol::TopicHeader>(request);
  if (!header) return refuse(header.error());
  const std::string topic(header->topic);
  if (auto refusal = protect(topic)) return *refusal;
  // One that is not known may still have queues: an earlier request could not save the change.
  const bool known = parts_.topics.remove(topic);
  if (auto saved = parts_.topics.persist(); !saved)
    return not_saved(ResponseCode::system_error, "the change", saved.error());
  if (parts_.topics.find(topic))  // a send was faster; its message is acknowledged
    return refuse(ResponseCode::system_error, "the topic was created again while it was deleted");
  parts_.store.delete_topic(topic);
  held_.wake_topic(topic);
  // A report that still has the topic is answered before the caller goes on to the NameServers.
  if (known) parts_.registration.tell();
  return Command::response(ResponseCode::success);
}

Command TopicAdmin::all_topics(const CommandView&) {
  return with_body(protocol::write_text(parts_.topics.table()));
}

Command TopicAdmin::topic_stats(const CommandView& request) {
  const auto header = read_header<protocol::TopicHeader>(request);
  if (!header) return refuse(header.error());
  const std::string topic(header->topic);
  const auto* known = parts_.topics.find(topic);
  if (!known) return topic_missing(topic);
  const std::int32_t queues = known->write_queue_nums;

  bodies::TopicStatsTable stats;
  for (std::int32_t id = 0; id < queues; ++id) {
    bodies::TopicOffset& offset = stats.offsets[{topic, parts_.config.broker_name, id}];
    offset.min_offset = number(parts_.store.min_offset(topic, id));
    offset.max_offset = number(parts_.store.max_offset(topic, id));
    if (offset.max_offset == 0) continue;
    const auto last = parts_.store.store_time_at(topic, id, QueueOffset{offset.max_offset - 1});
    offset.last_update_timestamp = last.value_or(0);
  }
  return with_body(protocol::write_text(stats));
}

Command TopicAdmin::consumed_by(const CommandView& request) {
  const auto header = read_header<protocol::TopicHeader>(request);
  if (!header) return refuse(header.error());
  const std::string_view topic = header->topic;
  bodies::GroupList list;
  for (std::string& group : parts_.consumers.groups_of(topic)) list.groups.insert(std::move(group));
  for (std::string& group : parts_.offsets.groups_of(topic)) list.groups.insert(std::move(group));
  return with_body(protocol::write_text(list));
}

Command TopicAdmin::system_topics(const CommandView&) {
  return with_body(protocol::write_text(bodies::TopicList{{}, parts_.topics.system_topics()}));
}

Command TopicAdmin::update_group(const CommandView& request) {
  auto group =
      protocol::read_body<bodies::SubscriptionGroupConfig>(request.body, protocol::JsonLimits::small());
  if (!group) return refuse(ResponseCode::system_error, "the body cannot be read");
  if (auto legal = model::message::check_group(group->group_name); !legal)
    return refuse(ResponseCode::system_error, legal.error().detail);
  if (group->retry_queue_nums > topics::queue_nums_max)
    return refuse(ResponseCode::system_error,
                  "retryQueueNums is at most " + std::to_string(topics::queue_nums_max));
  if (!parts_.groups.find(group->group_name) && parts_.groups.full())
    return no_group(parts_, group->group_name);
  parts_.groups.put(std::move(*group));
  if (auto saved = parts_.groups.persist(); !saved)
    return not_saved(ResponseCode::system_error, "the group", saved.error());
  return Command::response(ResponseCode::success);
}

Command TopicAdmin::delete_group(const CommandView& request) {
  const auto header = read_header<protocol::DeleteGroupHeader>(request);
  if (!header) return refuse(header.error());
  parts_.groups.remove(header->group_name);
  if (header->remove_offset) parts_.offsets.remove_group(header->group_name);
  if (auto saved = parts_.groups.persist(); !saved)
    return not_saved(ResponseCode::system_error, "the change", saved.error());
  return Command::response(ResponseCode::success);
}

Command TopicAdmin::all_groups(const CommandView&) {
  return with_body(protocol::write_text(parts_.groups.table()));
}

Command TopicAdmin::consume_stats(const CommandView& request) {
  const auto header = read_header<protocol::ConsumeStatsHeader>(request);
  if (!header) return refuse(header.error());
  const std::string group(header->consumer_group);
  const std::string topic(header->topic);

  bodies::ConsumeStats stats;
  const std::vector<std::string> topics =
      topic.empty() ? parts_.offsets.topics_of(group) : std::vector<std::string>{topic};
  for (const std::string& one : topics) {
    // A topic that an online group no longer wants would show a lag for ever.
    const auto* online = parts_.consumers.find(group);
    if (online && !online->subscriptions.contains(one)) continue;
    add_consume_stats(group, one, stats);
  }
  return with_body(protocol::write_text(stats));
}

void TopicAdmin::add_consume_stats(std::string_view group, const std::string& topic,
                                   bodies::ConsumeStats& into) {
  const auto* known = parts_.topics.find(topic);
  if (!known) return;
  const std::int32_t queues = known->read_queue_nums;
  for (std::int32_t id = 0; id < queues; ++id) {
    bodies::OffsetWrapper& offset = into.offsets[{topic, parts_.config.broker_name, id}];
    offset.broker_offset = number(parts_.store.max_offset(topic, id));
    offset.consumer_offset = std::max<std::int64_t>(0, parts_.offsets.query(group, topic, id).value_or(0));
    if (offset.consumer_offset == 0) continue;
    const auto last = parts_.store.store_time_at(topic, id, QueueOffset{offset.consumer_offset - 1});
    offset.last_timestamp = last.value_or(0);
  }
}

}  // namespace gantry::broker::processor
