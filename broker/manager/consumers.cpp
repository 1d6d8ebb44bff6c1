#include "broker/manager/consumers.h"

namespace gantry::broker::manager {
namespace {

/// Returns whether the client is new in the group.
bool refresh(Members& members, std::string_view client_id, Member now) {
  const auto [at, fresh] = members.insert_or_assign(std::string(client_id), std::move(now));
  return fresh;
}

/// Replaces per topic, removes what is not listed; returns whether a topic came or went.
bool take_subscriptions(ConsumerGroup& group, const std::vector<SubscriptionData>& listed) {
  bool changed = false;
  std::map<std::string, bool, std::less<>> named;
  for (const SubscriptionData& subscription : listed) {
    named[subscription.topic] = true;
    const auto at = group.subscriptions.find(subscription.topic);
    if (at == group.subscriptions.end()) {
      group.subscriptions.emplace(subscription.topic, subscription);
      changed = true;
    } else if (subscription.sub_version > at->second.sub_version) {
      at->second = subscription;
    }
  }
  const std::size_t gone =
      std::erase_if(group.subscriptions, [&](const auto& entry) { return !named.contains(entry.first); });
  return changed || gone > 0;
}

}  // namespace

void Consumers::heartbeat(std::string_view client_id, const std::shared_ptr<Channel>& channel,
                          model::protocol::Language language, std::int32_t version,
                          const bodies::ConsumerData& data) {
  ConsumerGroup& group = groups_[data.group_name];
  group.consume_type = data.consume_type;
  group.message_model = data.message_model;
  group.consume_from_where = data.consume_from_where;
  const bool joined = refresh(group.members, client_id, {channel, language, version, clock_.now()});
  const bool other_topics = take_subscriptions(group, data.subscriptions);
  if (joined || other_topics) changed_(data.group_name, group);
}

template <class Gone>
void Consumers::remove_members(Gone gone) {
  // First remove, then tell: what is told sees every group as it is now.
  std::vector<std::string> changed;
  for (auto at = groups_.begin(); at != groups_.end();) {
    const std::size_t removed = std::erase_if(at->second.members, [&](const auto& member) {
      return gone(std::string_view(at->first), std::string_view(member.first), member.second);
    });
    if (removed > 0) changed.push_back(at->first);
    at = at->second.members.empty() ? groups_.erase(at) : std::next(at);
  }
  for (const std::string& name : changed)
    if (const ConsumerGroup* group = find(name)) changed_(name, *group);
}

void Consumers::unregister(std::string_view group, std::string_view client_id, ChannelId channel) {
  remove_members([&](std::string_view in, std::string_view id, const Member& member) {
    return in == group && id == client_id && member.channel->id() == channel;
  });
}

void Consumers::channel_closed(ChannelId channel) {
  remove_members([&](std::string_view, std::string_view, const Member& member) {
    return member.channel->id() == channel;
  });
}

void Consumers::expire(runtime::Instant limit) {
  remove_members([&](std::string_view, std::string_view, const Member& member) {
    if (member.last_heartbeat >= limit) return false;
    member.channel->close();
    return true;
  });
}

const ConsumerGroup* Consumers::find(std::string_view group) const {
  const auto at = groups_.find(group);
  return at == groups_.end() ? nullptr : &at->second;
}

std::vector<std::string> Consumers::groups_of(std::string_view topic) const {
  std::vector<std::string> found;
  for (const auto& [name, group] : groups_)
    if (group.subscriptions.contains(std::string(topic))) found.push_back(name);
  return found;
}

void Producers::heartbeat(std::string_view group, std::string_view client_id,
                          const std::shared_ptr<Channel>& channel, model::protocol::Language language,
                          std::int32_t version) {
  refresh(groups_[std::string(group)], client_id, {channel, language, version, clock_.now()});
}

template <class Gone>
void Producers::remove_members(Gone gone) {
  for (auto at = groups_.begin(); at != groups_.end();) {
    std::erase_if(at->second, [&](const auto& member) {
      return gone(std::string_view(at->first), std::string_view(member.first), member.second);
    });
    at = at->second.empty() ? groups_.erase(at) : std::next(at);
  }
}

void Producers::unregister(std::string_view group, std::string_view client_id, ChannelId channel) {
  remove_members([&](std::string_view in, std::string_view id, const Member& member) {
    return in == group && id == client_id && member.channel->id() == channel;
  });
}

void Producers::channel_closed(ChannelId channel) {
  remove_members([&](std::string_view, std::string_view, const Member& member) {
    return member.channel->id() == channel;
  });
}

void Producers::expire(runtime::Instant limit) {
  remove_members([&](std::string_view, std::string_view, const Member& member) {
    if (member.last_heartbeat >= limit) return false;
    member.channel->close();
    return true;
  });
}

const Members* Producers::find(std::string_view group) const {
  const auto at = groups_.find(group);
  return at == groups_.end() ? nullptr : &at->second;
}

}  // namespace gantry::broker::manager
