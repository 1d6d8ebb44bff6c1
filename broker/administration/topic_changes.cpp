#include "broker/administration/topic_changes.h"

#include <fmt/format.h>

#include "model/message/names.h"

namespace gantry::broker::administration {
namespace {

using model::delivery::Reason;

Outcome<void> protect(const topics::TopicTable& topics, std::string_view topic) {
  if (!topics.is_system(topic)) return {};
  return Refusal{Reason::invalid, fmt::format("The topic[{}] is conflict with system topic.", topic)};
}

}  // namespace

Outcome<void> TopicChanges::put(topics::TopicConfig wanted) {
  if (auto allowed = protect(topics_, wanted.topic_name); !allowed) return allowed;
  if (const auto legal = model::message::check_topic(wanted.topic_name); !legal)
    return Refusal{Reason::invalid, legal.error().detail};
  for (const std::int32_t queues : {wanted.read_queue_nums, wanted.write_queue_nums})
    if (queues < 0 || queues > topics::queue_nums_max)
      return Refusal{Reason::invalid, fmt::format("readQueueNums and writeQueueNums are from 0 to {}",
                                                  topics::queue_nums_max)};
  if (wanted.perm < 0 || wanted.perm > 15)
    return Refusal{Reason::invalid, "perm is a sum of 1 (inherit), 2 (write), 4 (read) and 8 (priority)"};
  if (const auto* known = topics_.find(wanted.topic_name)) wanted.order = known->order;
  else if (topics_.full()) return topics_.no_room();

  topics_.put(std::move(wanted));
  if (const auto saved = topics_.persist(); !saved)
    return model::delivery::not_saved(Reason::not_saved, "the topic", saved.error());
  announcer_.tell();
  return {};
}

Outcome<void> TopicChanges::remove(const std::string& topic) {
  if (auto allowed = protect(topics_, topic); !allowed) return allowed;
  const bool known = topics_.remove(topic);
  if (const auto saved = topics_.persist(); !saved)
    return model::delivery::not_saved(Reason::not_saved, "the change", saved.error());
  if (topics_.find(topic))  // a send was faster; its message is acknowledged
    return Refusal{Reason::invalid, "the topic was created again while it was deleted"};
  store_.delete_topic(topic);
  pulling_.topic_deleted(topic);
  // A report that still has the topic is answered before the caller goes on to the NameServers.
  if (known) announcer_.tell();
  return {};
}

}  // namespace gantry::broker::administration
