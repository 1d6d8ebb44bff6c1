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
  std::string address;  ///< where clients reach it
  std::int64_t id = 0;
  friend auto operator<=>(const BrokerIdentity&, const BrokerIdentity&) = default;
};

/// What a broker tells about itself.
struct BrokerReport {
  BrokerIdentity broker;
  std::string ha_address;  ///< where slaves reach it
  DataVersion version;     ///< of its topics
  std::vector<TopicConfig> topics;
  std::vector<std::string> filter_servers;
};

/// What registering led to. A slave learns where its master is, when there is one.
struct Registration {
  bool is_new = false;   ///< its name had no such id until now
  bool is_late = false;  ///< it came over an older connection than the registered one: ignored
  /// Why nothing of it was taken: there is no room. Empty: it was. A broker that was registered before
  /// stays so, and this was a sign of life.
  std::string_view refusal;
  std::string master_address;
  std::string master_ha_address;
};

/// What brokers may make a NameServer keep. One broker has 100,000 topics at most.
struct RouteLimits {
  std::size_t brokers = 4096;    ///< addresses
  std::size_t topics = 200'000;  ///< names
  std::size_t queues = 500'000;  ///< entries, one for each topic on each broker
};

/// Which topics lie on which brokers, and where those are. Pure data: values in, values out, and the
/// time as an argument. Rules: protocol.md 4.11, upstream RouteInfoManager.java (4.9).
///
/// A registration is tied to the connection over which it came. Ids of connections grow, so
/// - a removal names the connection that is gone, and leaves alone what a newer one registered;
/// - a report or an unregistration over an older connection than the registered one is the late
///   echo of an earlier process, and changes nothing.
class RouteTable {
 public:
  explicit RouteTable(const RouteLimits& limits = {}) : limits_(limits) {}

  /// Registers or refreshes a broker. Only a master's topics count, and only when their version is
  /// new or this name and id are; topics are added and replaced, never removed by their absence.
  Registration register_broker(const BrokerReport& report, ChannelId channel, Instant now);
  /// Whether that broker was registered as such, at that address, and is not any more.
  bool unregister_broker(const BrokerIdentity& broker, ChannelId channel);
  /// Whether `version` differs from what this broker registered (or it never did); if it does not,
  /// that was a sign of life. The stored version goes to `known`.
  bool version_changed(const BrokerIdentity& broker, const DataVersion& version, ChannelId channel,
                       Instant now, std::optional<DataVersion>& known);

  /// Removes what was registered over this connection; returns who it was.
  std::vector<BrokerIdentity> remove_channel(ChannelId channel);
  struct Expired {
    BrokerIdentity broker;
    ChannelId channel;
  };
  /// Removes who has given no sign of life since `before`.
  std::vector<Expired> remove_silent_since(Instant before);

  /// Clears the write permission of all topics of a broker; returns how many topics those are.
  std::int32_t wipe_write_permission(std::string_view broker_name);
  /// Makes all topics of a broker readable and writable; returns how many those are.
  std::int32_t add_write_permission(std::string_view broker_name);
  /// Forgets a topic: everywhere, or on the brokers of one cluster. A broker that still has it will
  /// bring it back with its next report.
  void remove_topic(std::string_view topic, std::string_view cluster = {});

  /// Nothing when no broker with an address has the topic. Without the order configuration.
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
  /// Names of clusters and of brokers: RocketMQ's idea of system topics.
  std::set<std::string> system_topics() const;
  /// Of any broker; empty without one.
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

  /// Why there is no room for what this report would add; empty when there is.
  std::string_view refusal_of(const BrokerReport& report, const Registered* known) const;
  bool may_bring_topics(const BrokerReport& report, const Registered* known) const;
  bool has_place(const BrokerIdentity& broker) const;
  /// Returns whether this name had no such id.
  bool place(const BrokerIdentity& broker);
  void take_topics(const BrokerReport& report);
  void remove(const BrokerIdentity& broker);
  void detach(const BrokerIdentity& broker);
  void forget_if_empty(const std::string& name);
  void tell_master(const BrokerIdentity& slave, Registration& to) const;

  /// All entries of the topics of a broker name.
  template <class Change>
  std::int32_t each_queues(std::string_view broker_name, Change change);

  const RouteLimits limits_;
  std::size_t queues_ = 0;  // entries in topics_
  // Invariant: whoever is registered has its address under its name and id, and nobody else has one.
  Topics topics_;
  std::map<std::string, Broker, std::less<>> brokers_;         // by name
  std::map<std::string, Registered, std::less<>> registered_;  // by address
};

}  // namespace gantry::broker::namesrv
