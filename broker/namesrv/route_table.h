#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/base/invariant.h"
#include "model/route/topic_config.h"
#include "model/route/topic_route.h"
#include "runtime/clock.h"
#include "runtime/remoting/channel.h"

namespace gantry::broker::namesrv {

using model::route::DataVersion;
using model::route::TopicConfig;
using model::route::TopicRouteData;
using runtime::Instant;
using runtime::remoting::ChannelId;

/// Who a broker says it is. Id 0 is the master of its name.
struct BrokerIdentity {
  std::string cluster;
  std::string name;
  std::string address;  ///< the address at which clients reach it
  std::int64_t id = 0;
  friend auto operator<=>(const BrokerIdentity&, const BrokerIdentity&) = default;
};

/// What a broker tells about itself.
struct BrokerReport {
  BrokerIdentity broker;
  std::string ha_address;  ///< the address at which slaves reach it
  DataVersion version;     ///< the version of its topics
  std::vector<TopicConfig> topics;
  std::vector<std::string> filter_servers;
};

/// The result of a registration. A slave learns the addresses of its master, if there is one.
struct Registration {
  bool is_new = false;   ///< its name had no broker of this id until now
  bool is_late = false;  ///< it came over an older connection than the registered one, and was ignored
  /// Why the registration was refused: there is no room for it. Empty if it was accepted. A broker that was
  /// registered before stays registered, and counts as alive.
  std::string_view refusal;
  std::string master_address;
  std::string master_ha_address;
};

/// How much brokers can make a NameServer keep. One broker has at most 100,000 topics.
struct RouteLimits {
  std::size_t brokers = 4096;    ///< addresses of brokers
  std::size_t topics = 200'000;  ///< names of topics
  std::size_t queues = 500'000;  ///< entries, one for each topic on each broker
};

/// Which brokers have which topics, and at which addresses. This is pure data: values go in and come out, and
/// the time is an argument. The rules are those of RocketMQ's RouteInfoManager (4.9).
///
/// A registration belongs to the connection over which it came. Ids of connections grow. Therefore
/// - a removal names the connection that is gone, and leaves alone what came over a newer one;
/// - a report or an unregistration over an older connection than the registered one comes late, from an
///   earlier process, and changes nothing.
class RouteTable {
 public:
  explicit RouteTable(const RouteLimits& limits = {}) : limits_(limits) {}

  /// Registers or refreshes a broker. Topics count only if the broker is a master, and if their version is
  /// new or this name and id are. Topics are added and replaced. A topic that the report lacks is not
  /// removed.
  Registration register_broker(const BrokerReport& report, ChannelId channel, Instant now);
  /// Unregisters the broker. Returns whether it was registered with this identity and has been removed.
  bool unregister_broker(const BrokerIdentity& broker, ChannelId channel);
  /// Whether `version` differs from the one that this broker registered, or it has never registered. If the
  /// versions are equal, the broker counts as alive. The stored version goes to `known`.
  bool version_changed(const BrokerIdentity& broker, const DataVersion& version, ChannelId channel,
                       Instant now, std::optional<DataVersion>& known);

  /// Removes what was registered over this connection, and returns those brokers.
  std::vector<BrokerIdentity> remove_channel(ChannelId channel);
  struct Expired {
    BrokerIdentity broker;
    ChannelId channel;
  };
  /// Removes the brokers that have given no sign of life since `before`, and returns them.
  std::vector<Expired> remove_silent_since(Instant before);

  /// Clears the write permission of all topics of a broker. Returns how many topics those are.
  std::int32_t wipe_write_permission(std::string_view broker_name);
  /// Makes all topics of a broker readable and writable. Returns how many topics those are.
  std::int32_t add_write_permission(std::string_view broker_name);
  /// Forgets a topic on all brokers, or on those of one cluster. A broker that still has the topic brings it
  /// back with its next report.
  void remove_topic(std::string_view topic, std::string_view cluster = {});

  /// The route of a topic, without its order configuration. Nothing if no broker with an address has the
  /// topic.
  std::optional<TopicRouteData> route_of(std::string_view topic) const;
  model::route::ClusterInfo clusters() const;

  std::set<std::string> topics() const;
  std::set<std::string> topics_of_cluster(std::string_view cluster) const;
  enum class Unit {
    unit,                    ///< 311
    with_unit_subscription,  ///< 312
    only_subscribed_by_unit  ///< 313: such a subscription, and not a unit topic itself
  };
  std::set<std::string> unit_topics(Unit which) const;
  /// The names of clusters and of brokers, which RocketMQ counts as system topics.
  std::set<std::string> system_topics() const;
  /// The address of any one broker. Empty if there is no broker.
  std::string any_address() const;

 private:
  struct Queues {
    std::int32_t read = 0;
    std::int32_t write = 0;
    std::int32_t perm = 0;
    std::int32_t sys_flag = 0;
  };
  using Topic = std::map<std::string, Queues, std::less<>>;  // by broker name
  using Topics = std::map<std::string, Topic, std::less<>>;
  struct Broker {
    std::string cluster;
    std::map<std::int64_t, std::string> addresses;        // by id
    std::map<std::string_view, Topics::iterator> topics;  // that have an entry of this name
  };
  struct Registered {
    BrokerIdentity broker;
    ChannelId channel;
    Instant seen;
    DataVersion version;
    std::string ha_address;
    std::vector<std::string> filter_servers;
  };

  /// Why there is no room for what this report would add. Empty if there is room.
  std::string_view refusal_of(const BrokerReport& report, const Registered* known) const;
  bool may_bring_topics(const BrokerReport& report, const Registered* known) const;
  bool has_place(const BrokerIdentity& broker) const;
  /// Enters the address of the broker. Returns whether its name had no broker of this id before.
  bool place(const BrokerIdentity& broker);
  void take_topics(const BrokerReport& report);
  void remove(const BrokerIdentity& broker);
  void detach(const BrokerIdentity& broker);
  void forget_if_empty(const std::string& name);
  void tell_master(const BrokerIdentity& slave, Registration& to) const;

  /// Applies `change` to every entry that the topics have of this broker name. Returns how many entries there
  /// are.
  template <class Change>
  std::int32_t each_queues(std::string_view broker_name, Change change);

  const RouteLimits limits_;
  std::size_t queues_ = 0;  // entries in topics_
  // Invariant: the addresses under names and ids are exactly those of the brokers that are registered.
  Topics topics_;
  std::map<std::string, Broker, std::less<>> brokers_;         // by name
  std::map<std::string, Registered, std::less<>> registered_;  // by address
};

}  // namespace gantry::broker::namesrv
