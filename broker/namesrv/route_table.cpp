#include "broker/namesrv/route_table.h"

#include <algorithm>
#include <utility>

namespace gantry::broker::namesrv {

namespace {
namespace permission = model::route::permission;
constexpr std::int32_t sys_flag_unit = 1;
constexpr std::int32_t sys_flag_unit_subscription = 2;
}  // namespace

Registration RouteTable::register_broker(const BrokerReport& report, ChannelId channel, Instant now) {
  const BrokerIdentity& broker = report.broker;
  Registration done;
  const auto known = registered_.find(broker.address);
  if (known != registered_.end() && channel < known->second.channel) {
    done.is_late = true;
    tell_master(broker, done);
    return done;
  }
  Registered* const before = known == registered_.end() ? nullptr : &known->second;
  if (done.refusal = refusal_of(report, before); !done.refusal.empty()) {
    if (before && before->broker == broker) {
      before->seen = now;
      before->channel = channel;
    }
    return done;
  }
  const bool same_version = before && before->version == report.version;
  // An address that comes back under another name or id is not two brokers.
  std::optional<BrokerIdentity> moved;
  if (before && before->broker != broker) {
    moved = before->broker;
    detach(*moved);
  }
  done.is_new = place(broker);
  if (moved) forget_if_empty(moved->name);
  if (broker.id == model::route::master_id && (done.is_new || !same_version)) take_topics(report);
  registered_.insert_or_assign(broker.address, Registered{broker, channel, now, report.version,
                                                          report.ha_address, report.filter_servers});
  tell_master(broker, done);
  return done;
}

bool RouteTable::has_place(const BrokerIdentity& broker) const {
  const auto of_name = brokers_.find(broker.name);
  return of_name != brokers_.end() && of_name->second.addresses.contains(broker.id);
}

bool RouteTable::may_bring_topics(const BrokerReport& report, const Registered* known) const {
  if (report.broker.id != model::route::master_id) return false;
  return !known || known->version != report.version || known->broker != report.broker;
}

std::string_view RouteTable::refusal_of(const BrokerReport& report, const Registered* known) const {
  if (!known && !has_place(report.broker) && registered_.size() >= limits_.brokers)
    return "the name server has as many brokers as it can keep";
  if (!may_bring_topics(report, known)) return {};
  std::size_t topics = topics_.size();
  std::size_t queues = queues_;
  for (const TopicConfig& topic : report.topics) {
    const auto found = topics_.find(topic.topic_name);
    if (found == topics_.end()) ++topics;
    if (found == topics_.end() || !found->second.contains(report.broker.name)) ++queues;
  }
  if (topics > limits_.topics && topics > topics_.size())
    return "the name server has as many topics as it can keep";
  if (queues > limits_.queues && queues > queues_)
    return "the name server has as many topics of brokers as it can keep";
  return {};
}

bool RouteTable::place(const BrokerIdentity& broker) {
  Broker& of_name = brokers_[broker.name];
  of_name.cluster = broker.cluster;  // a name that moves to another cluster moves as a whole
  const auto [at, is_new] = of_name.addresses.try_emplace(broker.id, broker.address);
  if (is_new || at->second == broker.address) return is_new;
  // Another process has this name and id now. What the old one registered names an address that
  // nobody is sent to any more.
  registered_.erase(std::exchange(at->second, broker.address));
  return false;
}

void RouteTable::take_topics(const BrokerReport& report) {
  auto& of_name = brokers_.at(report.broker.name).topics;
  for (const TopicConfig& topic : report.topics) {
    const auto at = topics_.try_emplace(topic.topic_name).first;
    at->second[report.broker.name] = {topic.read_queue_nums, topic.write_queue_nums, topic.perm,
                                      topic.topic_sys_flag};
    if (of_name.try_emplace(at->first, at).second) ++queues_;
  }
}

void RouteTable::tell_master(const BrokerIdentity& slave, Registration& to) const {
  const auto of_name = brokers_.find(slave.name);
  if (slave.id == model::route::master_id || of_name == brokers_.end()) return;
  const auto master = of_name->second.addresses.find(model::route::master_id);
  if (master == of_name->second.addresses.end()) return;
  to.master_address = master->second;
  to.master_ha_address = registered_.at(master->second).ha_address;
}

bool RouteTable::unregister_broker(const BrokerIdentity& broker, ChannelId channel) {
  const auto known = registered_.find(broker.address);
  if (known == registered_.end() || channel < known->second.channel) return false;
  if (known->second.broker.name != broker.name || known->second.broker.id != broker.id) return false;
  const BrokerIdentity registered =
      known->second.broker;  // not what the request says: its cluster may differ
  remove(registered);
  return true;
}

void RouteTable::remove(const BrokerIdentity& broker) {
  detach(broker);
  forget_if_empty(broker.name);
}

void RouteTable::detach(const BrokerIdentity& broker) {
  registered_.erase(broker.address);
  const auto of_name = brokers_.find(broker.name);
  invariant(of_name != brokers_.end(), "a registered broker has a place under its name");
  of_name->second.addresses.erase(broker.id);
}

void RouteTable::forget_if_empty(const std::string& name) {
  const auto of_name = brokers_.find(name);
  if (!of_name->second.addresses.empty()) return;
  queues_ -= of_name->second.topics.size();
  for (const auto& [topic_name, topic] : of_name->second.topics) {
    topic->second.erase(name);
    if (topic->second.empty()) topics_.erase(topic);
  }
  brokers_.erase(of_name);
}

template <class Change>
std::int32_t RouteTable::each_queues(std::string_view broker_name, Change change) {
  const auto of_name = brokers_.find(broker_name);
  if (of_name == brokers_.end()) return 0;
  for (const auto& [topic_name, topic] : of_name->second.topics)
    change(topic->second.find(broker_name)->second);
  return static_cast<std::int32_t>(of_name->second.topics.size());
}

bool RouteTable::version_changed(const BrokerIdentity& broker, const DataVersion& version, ChannelId channel,
                                 Instant now, std::optional<DataVersion>& known) {
  const auto found = registered_.find(broker.address);
  if (found == registered_.end()) return true;
  Registered& registered = found->second;
  known = registered.version;
  if (registered.broker != broker || registered.version != version) return true;
  if (channel < registered.channel) return false;
  registered.channel = channel;
  registered.seen = now;
  return false;
}

std::vector<BrokerIdentity> RouteTable::remove_channel(ChannelId channel) {
  std::vector<BrokerIdentity> removed;
  for (const auto& [address, registered] : registered_)
    if (registered.channel == channel) removed.push_back(registered.broker);
  for (const BrokerIdentity& broker : removed) remove(broker);
  return removed;
}

std::vector<RouteTable::Expired> RouteTable::remove_silent_since(Instant before) {
  std::vector<Expired> removed;
  for (const auto& [address, registered] : registered_)
    if (registered.seen < before) removed.push_back({registered.broker, registered.channel});
  for (const Expired& one : removed) remove(one.broker);
  return removed;
}

std::int32_t RouteTable::wipe_write_permission(std::string_view broker_name) {
  return each_queues(broker_name, [](Queues& queues) { queues.perm &= ~permission::write; });
}

std::int32_t RouteTable::add_write_permission(std::string_view broker_name) {
  return each_queues(broker_name, [](Queues& queues) { queues.perm = permission::read | permission::write; });
}

void RouteTable::remove_topic(std::string_view topic, std::string_view cluster) {
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return;
  queues_ -= std::erase_if(found->second, [&](const auto& entry) {
    Broker& broker = brokers_.at(entry.first);
    if (!cluster.empty() && broker.cluster != cluster) return false;
    broker.topics.erase(topic);
    return true;
  });
  if (found->second.empty()) topics_.erase(found);
}

std::optional<TopicRouteData> RouteTable::route_of(std::string_view topic) const {
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return std::nullopt;
  TopicRouteData route;
  for (const auto& [name, queues] : found->second) {
    const auto broker = brokers_.find(name);
    if (broker == brokers_.end()) continue;
    route.queue_datas.push_back({name, queues.read, queues.write, queues.perm, queues.sys_flag});
    route.broker_datas.push_back({broker->second.cluster, name, broker->second.addresses});
    for (const auto& [id, address] : broker->second.addresses) {
      const auto registered = registered_.find(address);
      if (registered != registered_.end() && !registered->second.filter_servers.empty())
        route.filter_server_table.emplace(address, registered->second.filter_servers);
    }
  }
  if (route.broker_datas.empty()) return std::nullopt;
  return route;
}

model::route::ClusterInfo RouteTable::clusters() const {
  model::route::ClusterInfo info;
  for (const auto& [name, broker] : brokers_) {
    info.broker_addr_table.emplace(name, model::route::BrokerData{broker.cluster, name, broker.addresses});
    info.cluster_addr_table[broker.cluster].insert(name);
  }
  return info;
}

std::set<std::string> RouteTable::topics() const {
  std::set<std::string> names;
  for (const auto& [topic, brokers] : topics_) names.insert(topic);
  return names;
}

std::set<std::string> RouteTable::topics_of_cluster(std::string_view cluster) const {
  std::set<std::string> names;
  for (const auto& [topic, on] : topics_) {
    const bool in_cluster = std::ranges::any_of(on, [&](const auto& entry) {
      const auto broker = brokers_.find(entry.first);
      return broker != brokers_.end() && broker->second.cluster == cluster;
    });
    if (in_cluster) names.insert(topic);
  }
  return names;
}

std::set<std::string> RouteTable::unit_topics(Unit which) const {
  std::set<std::string> names;
  for (const auto& [topic, on] : topics_) {
    const std::int32_t flag = on.begin()->second.sys_flag;
    const bool unit = (flag & sys_flag_unit) != 0;
    const bool subscribed = (flag & sys_flag_unit_subscription) != 0;
    if (which == Unit::unit ? unit : subscribed && (which == Unit::with_unit_subscription || !unit))
      names.insert(topic);
  }
  return names;
}

std::set<std::string> RouteTable::system_topics() const {
  std::set<std::string> names;
  for (const auto& [name, broker] : brokers_) {
    names.insert(broker.cluster);
    names.insert(name);
  }
  return names;
}

std::string RouteTable::any_address() const {
  return brokers_.empty() ? std::string() : brokers_.begin()->second.addresses.begin()->second;
}

}  // namespace gantry::broker::namesrv
