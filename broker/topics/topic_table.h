#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "broker/config/broker_config.h"
#include "broker/files/table_file.h"
#include "model/delivery/refusal.h"
#include "model/route/topic_config.h"

namespace gantry::broker::topics {

using model::route::TopicConfig;

/// Queues that a topic may have, for reading or for writing: what a number in a request can cost.
inline constexpr std::int32_t queue_nums_max = 16384;

/// The topics of this broker, kept in `config/topics.json`. Every change has a new version, by which
/// NameServers see that something changed.
///
/// Pointers that find() and the creators return are valid until the next suspension.
class TopicTable {
 public:
  /// `config` must outlive this.
  TopicTable(runtime::Runtime runtime, const config::BrokerConfig& config);

  /// All topics, by name, with their version.
  const model::route::TopicConfigTable& table() const { return table_; }

  /// Reads the file, then adds the topics that every broker has. Before anything is served.
  Result<void> load();
  /// Whether load() has found topics.json as it was last written.
  bool loaded_last() const { return file_.loaded_last(); }
  /// Suspends until every change so far is durable. Errors: those of the disk.
  Result<void> persist();
  /// Suspends until this topic is durable as it is, or as somebody has changed it meanwhile. What other
  /// topics wait for is their own affair. Errors: those of the disk.
  Result<void> save(std::string_view topic);
  /// Whether something in the table is not durable.
  bool dirty() const { return file_.dirty(); }
  /// Whether this topic is not durable as it is: a crash would take it back, or some of its queues. A topic
  /// that is durable does not wait for others that are not.
  bool unsaved(std::string_view topic) const;
  /// What others may be told of: all topics but those that were created and never saved, which a crash would
  /// take back. Where some are left out, the version is an earlier one than that of the whole table.
  model::route::TopicConfigTable lasting() const;
  /// Whether lasting() leaves something out.
  bool some_would_be_lost() const;

  /// Null when there is none.
  const TopicConfig* find(std::string_view topic) const;
  /// Gives the topics as they are a new version, because something else that NameServers are told with them
  /// has changed (brokerPermission): they look only at what has a new version.
  void renew_version() { touch(); }
  /// Whether there is no room for one more topic. Whoever creates one because somebody outside wants it asks
  /// first.
  bool full() const { return table_.topics.size() >= config_.topics_max; }
  /// What that one is told.
  static model::delivery::Refusal no_room();
  /// What is told to those who ask for a topic that is not there.
  static model::delivery::Refusal missing(std::string_view topic);
  /// Whether the topic is the broker's own: nobody else creates, changes or deletes it.
  bool is_system(std::string_view topic) const;
  /// Those of the broker's own topics that every broker like this one has.
  std::set<std::string> system_topics() const;

  /// The topic for a send, created after the template `default_topic` when that may be inherited
  /// (RocketMQ's auto-creation); nothing when it may not. `unit_mode` marks the topic.
  const TopicConfig* for_send(std::string_view topic, std::string_view default_topic,
                              std::int32_t default_queue_nums, bool unit_mode);
  /// The topic, created with these queues and perm 6 when it is missing: retry and dead letters.
  const TopicConfig* or_create(std::string_view topic, std::int32_t queue_nums);
  /// Creates or replaces.
  void put(TopicConfig topic);
  /// Returns whether there was one.
  bool remove(std::string_view topic);
  /// Makes TBW102, the template of the topics that sends create, what the configuration says now. Returns
  /// whether that changed something.
  bool follow_config();
  /// Makes these topics ordered ones, and no other. Returns whether that changed something.
  bool set_ordered(const std::set<std::string, std::less<>>& topics);

 private:
  void add_own_topics();
  const TopicConfig* insert(TopicConfig topic, bool each_start_adds_it = false);
  void touch();
  void touch(const std::string& topic, bool created);
  bool parse(std::string_view text);

  const runtime::Clock& clock_;
  runtime::Events& events_;
  const config::BrokerConfig& config_;
  model::route::TopicConfigTable table_;
  std::set<std::string> own_;
  files::TableFile file_;
  struct Unsaved {
    std::uint64_t version = 0;  // of the file, at the topic's last change
    bool created = false;       // the file has never had the topic
  };
  std::map<std::string, Unsaved, std::less<>> unsaved_;  // or saved since
};

}  // namespace gantry::broker::topics
