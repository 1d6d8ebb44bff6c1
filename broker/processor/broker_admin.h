#pragma once

#include "broker/administration/config_changes.h"
#include "broker/config/broker_config.h"
#include "broker/querying/querying.h"
#include "broker/statistics/statistics.h"
#include "model/protocol/command.h"
#include "runtime/clock.h"
#include "runtime/disk.h"

namespace gantry::broker::processor {

/// The broker itself: its configuration, its numbers, and single messages of its log. Each answers one
/// request.
class BrokerAdmin {
 public:
  using Command = model::protocol::Command;
  using View = model::protocol::CommandView;

  /// All must outlive the processor.
  BrokerAdmin(const runtime::Clock& clock, runtime::Disk& disk, const config::BrokerConfig& config,
              administration::ConfigChanges& changes, querying::Querying& querying,
              const statistics::Statistics& statistics);

  Command config(const View& request);
  /// May suspend, as ConfigChanges::apply().
  Command update_config(const View& request);
  /// May suspend for the disk.
  Command runtime_info(const View& request);
  /// May suspend for the disk.
  Command view_message(const View& request);

 private:
  const runtime::Clock& clock_;
  runtime::Disk& disk_;
  const config::BrokerConfig& config_;
  administration::ConfigChanges& changes_;
  querying::Querying& querying_;
  const statistics::Statistics& statistics_;
  const std::int64_t boot_timestamp_;
  const runtime::Instant booted_;
};

}  // namespace gantry::broker::processor
