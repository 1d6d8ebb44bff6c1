#include "broker/consuming/consuming.h"

#include "model/layout/record.h"
#include "model/message/names.h"

namespace gantry::broker::consuming {
namespace {

namespace names = model::message;
using model::delivery::Reason;

/// What one heartbeat may list; no client comes near.
constexpr std::size_t groups_max = 4096;
constexpr std::size_t subscriptions_max = 4096;

/// A door does not see the names in a heartbeat.
Outcome<void> check(const Heartbeat& said) {
  Result<void> legal = names::check_client_id(said.client_id);
  bool too_many = said.producers.size() + said.consumers.size() > groups_max;
  for (const auto& producer : said.producers)
    if (legal) legal = names::check_group(producer.group_name);
  for (const auto& consumer : said.consumers) {
    if (legal) legal = names::check_group(consumer.group_name);
    too_many = too_many || consumer.subscriptions.size() > subscriptions_max;
    for (const auto& subscription : consumer.subscriptions)
      if (legal) legal = names::check_topic(subscription.topic);
  }
  if (!legal) return Refusal{Reason::invalid, legal.error().detail};
  if (too_many) return Refusal{Reason::no_room, "the heartbeat lists too many groups or subscriptions"};
  return {};
}

Refusal no_room_for_member() {
  return {Reason::no_room,
          "this connection, or the broker, has as many members and subscriptions of groups as it can keep"};
}

}  // namespace

Consuming::Consuming(const runtime::Clock& clock, runtime::Events& events, const config::BrokerConfig& config,
                     store::MessageStore& store, topics::TopicTable& topics, groups::GroupTable& groups,
                     offsets::ConsumerOffsets& offsets, topics::Announcer& announcer)
    : events_(events),
      config_(config),
      store_(store),
      topics_(topics),
      groups_(groups),
      offsets_(offsets),
      announcer_(announcer),
      consumers_(clock, [this](std::string_view group,
                               const membership::ConsumerGroup& members) { tell_members(group, members); }),
      producers_(clock) {}

Outcome<void> Consuming::heartbeat(const std::shared_ptr<membership::Peer>& peer, const Heartbeat& said) {
  if (auto checked = check(said); !checked) return checked;
  for (const auto& consumer : said.consumers)
    if (consumers_.has_room(said.client_id, peer->id(), consumer)) create_group(consumer.group_name);
  save_topics();
  if (!peer->connected()) return {};  // it went while we were suspended, and nobody reads the answer
  return join(peer, said);
}

void Consuming::create_group(std::string_view name) {
  const auto* group = groups_.or_create(name);
  const std::string retry = names::retry_topic(name);
  if (!group || group->retry_queue_nums <= 0 || topics_.find(retry) || !names::check_topic(retry)) return;
  if (topics_.full()) return events_.count("broker.no-room-for-topic", 1);
  topics_.or_create(retry, group->retry_queue_nums);
  announcer_.soon();
}

void Consuming::save_topics() {
  const Result<void> saved = topics_.persist();
  if (saved) unsaved_topics_.settle();
  else
    unsaved_topics_.raise(events_, runtime::Level::error, "topics.json cannot be written: {}", saved.error());
}

Outcome<void> Consuming::join(const std::shared_ptr<membership::Peer>& peer, const Heartbeat& said) {
  // One that is refused does not keep the others out: who has been a member must not expire because its
  // client wants more.
  Outcome<void> outcome;
  for (const auto& producer : said.producers)
    if (!producers_.heartbeat(producer.group_name, said.client_id, peer, said.language, said.version))
      outcome = no_room_for_member();
  for (const auto& consumer : said.consumers)
    if (!groups_.find(consumer.group_name) && groups_.full()) outcome = groups_.missing(consumer.group_name);
    else if (!consumers_.heartbeat(said.client_id, peer, said.language, said.version, consumer))
      outcome = no_room_for_member();
  if (!outcome) events_.count("broker.heartbeat-refused", 1);
  return outcome;
}

void Consuming::leave(membership::PeerId peer, std::string_view client_id, std::string_view producer_group,
                      std::string_view consumer_group) {
  if (!producer_group.empty()) producers_.unregister(producer_group, client_id, peer);
  if (!consumer_group.empty()) consumers_.unregister(consumer_group, client_id, peer);
}

void Consuming::peer_gone(membership::PeerId peer) {
  producers_.peer_gone(peer);
  consumers_.peer_gone(peer);
}

void Consuming::expire(runtime::Instant limit) {
  producers_.expire(limit);
  consumers_.expire(limit);
}

void Consuming::tell_members(std::string_view group, const membership::ConsumerGroup& members) {
  const auto* known = groups_.find(group);
  if (!config_.notify_consumer_ids_changed_enable) return;
  if (known && !known->notify_consumer_ids_changed_enable) return;
  for (const auto& [id, member] : members.members) member.peer->members_changed(group);
}

Outcome<std::vector<std::string>> Consuming::members_of(std::string_view group) const {
  const auto* online = consumers_.find(group);
  if (!online) return Refusal{Reason::invalid, fmt::format("no consumer for this group, {}", group)};
  std::vector<std::string> ids;
  for (const auto& [id, member] : online->members) ids.push_back(id);
  return ids;
}

Outcome<std::int64_t> Consuming::offset_of(std::string_view group, std::string_view topic,
                                           std::int32_t queue_id) {
  if (const auto known = offsets_.query(group, topic, queue_id); known && *known >= 0) return *known;
  const store::QueueOffset first{0};
  if (store_.min_offset(topic, queue_id) <= first && in_memory(topic, queue_id, first)) return 0;
  return Refusal{Reason::not_found, "Not found, maybe this group consumer boot first"};
}

bool Consuming::in_memory(std::string_view topic, std::int32_t queue_id, store::QueueOffset at) {
  if (store_.max_offset(topic, queue_id) <= at) return true;
  const auto got = store_.get(topic, queue_id, at, 1, {});
  if (got.status != store::GetStatus::found) return false;
  const auto record = model::layout::read_record(got.records);
  if (!record) return false;
  const std::int64_t distance = value(store_.max_physical_offset()) - record->physical_offset;
  return distance <= config_.memory_window_bytes();
}

Outcome<void> Consuming::commit(std::string_view group, std::string_view topic, std::int32_t queue_id,
                                std::int64_t offset) {
  if (offset < 0 || queue_id < 0 || queue_id >= topics::queue_nums_max)
    return Refusal{Reason::invalid,
                   fmt::format("an offset and a queue are not negative, and queues are numbered below {}",
                               topics::queue_nums_max)};
  // As a pull: both are there, or the group may be created.
  if (!topics_.find(topic)) return topics_.missing(topic);
  if (!groups_.or_create(group)) return groups_.missing(group);
  if (!offsets_.commit(group, topic, queue_id, offset))
    return Refusal{Reason::no_room, "the broker has as many consumer offsets as it can keep"};
  return {};
}

}  // namespace gantry::broker::consuming
