#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker/config/properties.h"
#include "runtime/clock.h"

namespace gantry::broker::namesrv {

using namespace std::chrono_literals;

/// What an operator may set. The keys are those of RocketMQ (NamesrvConfig and NettyServerConfig, 4.9).
struct NamesrvConfig {
  std::string bind_address = "0.0.0.0";
  std::uint16_t listen_port = 9876;
  std::int32_t channel_idle_seconds_max = 120;
  std::string rocketmq_home;
  std::string kv_config_path = "namesrv/kvConfig.json";
  std::string config_store_path = "namesrv/namesrv.properties";
  bool order_message_enable = false;
  std::string config_black_list = "configBlackList;configStorePath;kvConfigPath";

  // These are not in files, because they are constants in RocketMQ.
  runtime::Duration scan_first = 5s;
  runtime::Duration scan_period = 10s;
  runtime::Duration broker_silence_max = 120s;
  /// What of the process's descriptors goes to clients; main asks the system. The server has a limit of its
  /// own that holds, too.
  std::size_t connections_max = SIZE_MAX;
};

/// The keys of `config`. `config` must outlive the table.
config::KeyTable keys_of(NamesrvConfig& config);

/// Whether a running NameServer obeys a change of this key. All other keys need a restart. A request that
/// changes one of them is refused, because an answer without an error would say that the change works.
bool may_change_while_running(std::string_view key);

}  // namespace gantry::broker::namesrv
