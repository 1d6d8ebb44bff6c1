#include "broker/membership/consumers.h"

#include <utility>

namespace gantry::broker::membership {
namespace {

template <class Table>
auto* find_in(Table& table, const auto& name) {
  const auto at = table.find(name);
  return at == table.end() ? nullptr : &at->second;
}

std::size_t bytes_of(const SubscriptionData& subscription) {
  constexpr std::size_t object = sizeof(SubscriptionData) + 96;  // and its entry in the group's table
  constexpr std::size_t tag = 80;
  constexpr std::size_t code = 48;
  std::size_t bytes = object + 2 * subscription.topic.size() + subscription.sub_string.size() +
                      subscription.expression_type.size() + code * subscription.codes.size();
  for (const std::string& each : subscription.tags) bytes += tag + each.size();
  return bytes;
}

std::size_t bytes_of(const std::vector<SubscriptionData>& listed) {
  std::size_t bytes = 0;
  for (const SubscriptionData& each : listed) bytes += bytes_of(each);
  return bytes;
}

std::size_t bytes_of(const std::map<std::string, SubscriptionData>& table) {
  std::size_t bytes = 0;
  for (const auto& [topic, each] : table) bytes += bytes_of(each);
  return bytes;
}

/// What take_subscriptions() leaves, at most: what is newer than the listed one stays.
std::size_t bytes_after(const ConsumerGroup* group, const std::vector<SubscriptionData>& listed) {
  std::size_t bytes = 0;
  for (const SubscriptionData& each : listed) {
    const SubscriptionData* const known = group ? find_in(group->subscriptions, each.topic) : nullptr;
    bytes += bytes_of(known && known->sub_version >= each.sub_version ? *known : each);
  }
  return bytes;
}

/// Puts a member where the one of its name was; returns whether there was none. `group` views the key.
bool put(Memberships& memberships, std::string_view group, Members& members, std::string_view client_id,
         Member now) {
  const auto [at, is_new] = members.try_emplace(std::string(client_id));
  const Memberships::Name name{group, at->first};
  if (!is_new) memberships.erase(name, at->second);
  at->second = std::move(now);
  memberships.insert(name, at->second);
  return is_new;
}

/// A member without room for more does not fall silent for it.
void keep_alive(Member* known, PeerId peer, runtime::Instant now) {
  if (known && known->peer->id() == peer) known->last_heartbeat = now;
}

void close_silent(std::string_view group, const Members& members, runtime::Instant limit,
                  Memberships::Names& silent) {
  for (const auto& [id, member] : members) {
    if (member.last_heartbeat >= limit) continue;
    member.peer->close();
    silent.insert({group, id});
  }
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

bool Consumers::has_room(std::string_view client_id, PeerId peer, const bodies::ConsumerData& data) const {
  const ConsumerGroup* const group = find(data.group_name);
  const Member* const known = group ? find_in(group->members, client_id) : nullptr;
  const std::size_t names = Memberships::bytes_of({data.group_name, client_id});
  const std::size_t before = group ? group->bytes : 0;
  const std::size_t after = bytes_after(group, data.subscriptions);
  return memberships_.has_room(peer, known, names + bytes_of(data.subscriptions)) &&
         memberships_.has_room(before, after + (known ? 0 : names));
}

bool Consumers::heartbeat(std::string_view client_id, const std::shared_ptr<Peer>& peer,
                          model::protocol::Language language, std::int32_t version,
                          const bodies::ConsumerData& data) {
  if (!has_room(client_id, peer->id(), data)) {
    if (ConsumerGroup* const group = find_in(groups_, data.group_name))
      keep_alive(find_in(group->members, client_id), peer->id(), clock_.now());
    return false;
  }
  const auto at = groups_.try_emplace(data.group_name).first;
  ConsumerGroup& group = at->second;
  group.consume_type = data.consume_type;
  group.message_model = data.message_model;
  group.consume_from_where = data.consume_from_where;
  const std::size_t wanted =
      Memberships::bytes_of({data.group_name, client_id}) + bytes_of(data.subscriptions);
  const bool joined =
      put(memberships_, at->first, group.members, client_id, {peer, language, version, clock_.now(), wanted});
  const bool other_topics = take_subscriptions(group, data.subscriptions);
  const std::size_t before = std::exchange(group.bytes, bytes_of(group.subscriptions));
  memberships_.resize(before, group.bytes);
  if (joined || other_topics) changed_(data.group_name, group);
  return true;
}

void Consumers::remove(const Memberships::Names& gone) {
  // First remove, then tell: what is told sees every group as it is now.
  std::vector<std::string> changed;
  for (const Memberships::Name& name : gone) {
    const auto group = groups_.find(name.group);
    const auto member = group->second.members.find(name.client_id);
    memberships_.erase(name, member->second);
    if (changed.empty() || changed.back() != name.group) changed.push_back(group->first);
    group->second.members.erase(member);
    if (!group->second.members.empty()) continue;
    memberships_.resize(group->second.bytes, 0);
    groups_.erase(group);
  }
  for (const std::string& name : changed)
    if (const ConsumerGroup* group = find(name)) changed_(name, *group);
}

void Consumers::unregister(std::string_view group, std::string_view client_id, PeerId peer) {
  const auto at = groups_.find(group);
  if (at == groups_.end()) return;
  const auto member = at->second.members.find(client_id);
  if (member == at->second.members.end() || member->second.peer->id() != peer) return;
  remove({{at->first, member->first}});
}

void Consumers::peer_gone(PeerId peer) {
  remove(memberships_.of(peer));
}

void Consumers::expire(runtime::Instant limit) {
  Memberships::Names silent;
  for (const auto& [name, group] : groups_) close_silent(name, group.members, limit, silent);
  remove(silent);
}

const ConsumerGroup* Consumers::find(std::string_view group) const {
  return find_in(groups_, group);
}

std::vector<std::string> Consumers::groups_of(std::string_view topic) const {
  std::vector<std::string> found;
  for (const auto& [name, group] : groups_)
    if (group.subscriptions.contains(std::string(topic))) found.push_back(name);
  return found;
}

bool Producers::heartbeat(std::string_view group, std::string_view client_id,
                          const std::shared_ptr<Peer>& peer, model::protocol::Language language,
                          std::int32_t version) {
  Members* const members = find_in(groups_, group);
  Member* const known = members ? find_in(*members, client_id) : nullptr;
  const std::size_t names = Memberships::bytes_of({group, client_id});
  if (!memberships_.has_room(peer->id(), known, names) || !memberships_.has_room(0, known ? 0 : names)) {
    keep_alive(known, peer->id(), clock_.now());
    return false;
  }
  const auto at = groups_.try_emplace(std::string(group)).first;
  put(memberships_, at->first, at->second, client_id, {peer, language, version, clock_.now(), names});
  return true;
}

void Producers::remove(const Memberships::Names& gone) {
  for (const Memberships::Name& name : gone) {
    const auto group = groups_.find(name.group);
    const auto member = group->second.find(name.client_id);
    memberships_.erase(name, member->second);
    group->second.erase(member);
    if (group->second.empty()) groups_.erase(group);
  }
}

void Producers::unregister(std::string_view group, std::string_view client_id, PeerId peer) {
  const auto at = groups_.find(group);
  if (at == groups_.end()) return;
  const auto member = at->second.find(client_id);
  if (member == at->second.end() || member->second.peer->id() != peer) return;
  remove({{at->first, member->first}});
}

void Producers::peer_gone(PeerId peer) {
  remove(memberships_.of(peer));
}

void Producers::expire(runtime::Instant limit) {
  Memberships::Names silent;
  for (const auto& [name, members] : groups_) close_silent(name, members, limit, silent);
  remove(silent);
}

const Members* Producers::find(std::string_view group) const {
  return find_in(groups_, group);
}

}  // namespace gantry::broker::membership
