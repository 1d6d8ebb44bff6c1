#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "broker/config/properties.h"
#include "broker/files/json_file.h"
#include "broker/store/message_store.h"

namespace gantry::broker::config {

/// The configuration of a broker. RocketMQ's keys that have an effect here are members. The other keys are
/// kept as text, so that a tool reads back what it wrote. A new object holds the defaults of the table in
/// broker_config.cpp. It is a value that copies and compares.
///
/// Nothing here asks the operating system: main fills in the host name, the address and the home folder.
struct BrokerConfig {
  BrokerConfig();

  std::string namesrv_addr;  ///< host:port;host:port; if empty, the broker registers nowhere
  std::string broker_cluster_name;
  std::string broker_name;
  std::int64_t broker_id{};
  std::string broker_ip1;  ///< the address that clients are told, as IPv4 in dots
  std::string broker_ip2;
  std::int64_t listen_port{};
  std::string bind_address;  ///< the address on which both ports are opened; 0.0.0.0 stands for every address
                             ///< of this machine
  std::string broker_role;
  std::string flush_disk_type;
  std::int64_t broker_permission{};

  std::int64_t default_topic_queue_nums{};
  bool auto_create_topic_enable{};
  bool auto_create_subscription_group{};
  bool cluster_topic_enable{};
  bool broker_topic_enable{};
  bool trace_topic_enable{};
  std::string msg_trace_topic_name;
  std::string region_id;
  bool trace_on{};

  std::string store_path_root_dir;
  std::string store_path_commit_log;
  std::int64_t mapped_file_size_commit_log{};
  std::int64_t mapped_file_size_consume_queue{};
  std::int64_t max_message_size{};
  std::int64_t flush_interval_commit_log_ms{};
  std::int64_t sync_flush_timeout_ms{};
  std::int64_t flush_consumer_offset_interval_ms{};
  std::int64_t access_message_in_memory_max_ratio{};

  bool long_polling_enable{};
  std::int64_t short_polling_time_ms{};
  bool notify_consumer_ids_changed_enable{};
  std::int64_t start_accept_send_request_time_stamp{};

  bool compressed_register{};
  std::int64_t register_name_server_period_ms{};
  std::int64_t register_broker_timeout_ms{};
  std::int64_t server_channel_max_idle_time_s{};
  bool acl_enable{};
  std::string config_black_list;

  /// The machine's physical memory in bytes. A message further below the log's end than a part of it counts
  /// as no longer in memory. This is not a key: main asks the system.
  std::int64_t memory_bytes = std::int64_t{8} << 30;
  /// What clients can make this broker keep, at most. These are not keys. Each table has to fit into the file
  /// to which it is written, or it would never be saved again. The topics have to fit into the frame of a
  /// registration, too.
  std::size_t topics_max = 100'000;
  std::size_t groups_max = 50'000;
  std::size_t offsets_bytes_max = files::JsonFile::text_bytes_max - (1u << 20);
  /// What of the process's descriptors goes to clients and to files that the store keeps open; not keys,
  /// main asks the system. The server has a limit of its own that holds, too.
  std::size_t connections_max = SIZE_MAX;
  std::size_t open_files_max = store::StoreConfig{}.open_files_max;
  /// The values of keys that have no effect here, by name.
  std::map<std::string, std::string, std::less<>> kept;

  /// Where clients reach this broker: `host:port`.
  std::string address() const;
  /// Where its slaves reach it.
  std::string ha_address() const;
  /// How far behind the end of the log a message still counts as in memory.
  std::int64_t memory_window_bytes() const { return memory_bytes / 100 * access_message_in_memory_max_ratio; }
  /// What of this is for the store.
  store::StoreConfig store_config() const;

  friend bool operator==(const BrokerConfig&, const BrokerConfig&) = default;
};

/// Stands for a key that has no effect here: its value is only kept.
struct Kept {};
enum class Kind : std::uint8_t { text, flag, number };

/// One row of the table: all that is known about a key.
struct Key {
  std::string_view name;
  std::variant<Kept, bool BrokerConfig::*, std::int64_t BrokerConfig::*, std::string BrokerConfig::*> member;
  Kind kind = Kind::text;
  std::string_view initial;
  bool may_change = false;  ///< whether UPDATE_BROKER_CONFIG may change it while the broker runs
  std::int64_t least = 0;   ///< the smallest value of a number
  std::int64_t most = INT64_MAX;
  std::string_view choices = {};  ///< the values that a text may have, between spaces; if empty, any value
};

/// All keys, in ascending order of names.
std::span<const Key> broker_keys();
/// The key of that name, or nothing.
const Key* find_key(std::string_view name);

/// The table's keys, bound to the members of `config`. `config` must outlive the result.
KeyTable bind(BrokerConfig& config);

/// What is wrong with the configuration as a whole: contradictions between keys, and what this version does
/// not do. Empty if all is well. Each diagnostic has the line on which `from`, the file, has the key.
std::vector<Diagnostic> contradictions(const BrokerConfig& config, std::span<const Property> from = {});

}  // namespace gantry::broker::config
