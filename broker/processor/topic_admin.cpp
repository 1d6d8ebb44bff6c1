#include "broker/processor/topic_admin.h"

#include "broker/door/answers.h"
#include "model/protocol/headers.h"

namespace gantry::broker::processor {

namespace protocol = model::protocol;
namespace bodies = model::protocol::bodies;
using protocol::Command;
using protocol::read_header;

Command TopicAdmin::update_topic(const View& request) {
  const auto header = read_header<protocol::CreateTopicHeader>(request);
  if (!header) return door::refuse(header.error());
  topics::TopicConfig wanted;
  wanted.topic_name = std::string(header->topic);
  wanted.read_queue_nums = header->read_queue_nums;
  wanted.write_queue_nums = header->write_queue_nums;
  wanted.perm = header->perm;
  wanted.topic_sys_flag = header->topic_sys_flag;
  if (header->topic_filter_type == "MULTI_TAG")
    wanted.topic_filter_type = model::route::TopicFilterType::multi_tag;
  else if (header->topic_filter_type != "SINGLE_TAG")
    return door::refuse("topicFilterType is SINGLE_TAG or MULTI_TAG");
  return door::answer_to(topic_changes_.put(std::move(wanted)));
}

Command TopicAdmin::delete_topic(const View& request) {
  const auto header = read_header<protocol::TopicHeader>(request);
  if (!header) return door::refuse(header.error());
  return door::answer_to(topic_changes_.remove(std::string(header->topic)));
}

Command TopicAdmin::all_topics(const View&) {
  return door::success_with(querying_.topics().table());
}

Command TopicAdmin::topic_stats(const View& request) {
  const auto header = read_header<protocol::TopicHeader>(request);
  if (!header) return door::refuse(header.error());
  const auto stats = progress_.of_topic(std::string(header->topic));
  return stats ? door::success_with(*stats) : door::refuse(stats.error());
}

Command TopicAdmin::consumed_by(const View& request) {
  const auto header = read_header<protocol::TopicHeader>(request);
  if (!header) return door::refuse(header.error());
  return door::success_with(progress_.groups_of(header->topic));
}

Command TopicAdmin::system_topics(const View&) {
  return door::success_with(bodies::TopicList{{}, querying_.topics().system_topics()});
}

Command TopicAdmin::update_group(const View& request) {
  auto group =
      protocol::read_body<bodies::SubscriptionGroupConfig>(request.body, protocol::JsonLimits::small());
  if (!group) return door::refuse("the body cannot be read");
  return door::answer_to(group_changes_.put(std::move(*group)));
}

Command TopicAdmin::delete_group(const View& request) {
  const auto header = read_header<protocol::DeleteGroupHeader>(request);
  if (!header) return door::refuse(header.error());
  return door::answer_to(group_changes_.remove(header->group_name, header->remove_offset));
}

Command TopicAdmin::all_groups(const View&) {
  return door::success_with(querying_.groups().table());
}

Command TopicAdmin::consume_stats(const View& request) {
  const auto header = read_header<protocol::ConsumeStatsHeader>(request);
  if (!header) return door::refuse(header.error());
  return door::success_with(progress_.of_group(header->consumer_group, std::string(header->topic)));
}

}  // namespace gantry::broker::processor
