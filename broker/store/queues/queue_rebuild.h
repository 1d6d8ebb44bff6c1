#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>

#include "broker/store/offsets.h"
#include "broker/store/projection.h"
#include "runtime/clock.h"

namespace gantry::broker::store::queues {

class ConsumeQueues;

/// Holds every entry of the consume queues against the record that it must point at.
class QueueRebuild final : public Rebuild {
 public:
  /// What is handed in outlives this.
  QueueRebuild(const ConsumeQueues& queues, std::span<const runtime::Duration> delay_levels)
      : queues_(queues), delay_levels_(delay_levels) {}

  void apply(const model::layout::Record& record) override;
  std::string difference() override;

 private:
  void complain(std::string_view topic, std::int32_t id, std::string_view what);

  const ConsumeQueues& queues_;
  std::span<const runtime::Duration> delay_levels_;
  std::map<std::pair<std::string, std::int32_t>, QueueOffset> ends_;  // after the last record of each queue
  std::string differs_;
};

}  // namespace gantry::broker::store::queues
