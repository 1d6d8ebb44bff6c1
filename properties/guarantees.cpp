#include "properties/guarantees.h"

#include <algorithm>
#include <array>

#include "model/base/invariant.h"
#include "properties/cluster/configured.h"

namespace gantry::properties {

using sim::faults::Fault;
using sim::faults::Kind;

namespace {

// In the order of Row. The names are stable: what mqsim prints, and what people write down, refers to them.
constexpr auto rows = std::to_array<std::string_view>({
    "clean-stop",
    "kill",
    "async-power-loss",
    "sync-power-loss",
    "async-failed-sync",
    "sync-failed-sync",
    "failed-call",
    "full-disk",
    "slow-disk",
    "pause",
    "other-down",
    "cut-link",
    "reset",
    "half-open",
    "clock-step",
    "clock-drift",
    "start",
    "join",
});
static_assert(rows.size() == static_cast<std::size_t>(Row::join) + 1, "each row has one name");

constexpr auto harms =
    std::to_array<std::string_view>({"loss", "reuse", "skip", "copy", "redelivery", "refusal"});
static_assert(harms.size() == static_cast<std::size_t>(Harm::refusal) + 1, "each harm has one word");

bool is_broker(const cases::Case& c, const std::string& machine) {
  return std::ranges::find(c.brokers, machine, &cases::BrokerSpec::name) != c.brokers.end();
}

/// One of two rows of a broker, by its flush mode.
Row by_flush_mode(const cases::Case& c, const std::string& broker, Row async, Row sync) {
  return cluster::configured(c, broker).flush_disk_type == "SYNC_FLUSH" ? sync : async;
}

}  // namespace

std::string_view name_of(Row row) {
  return rows.at(static_cast<std::size_t>(row));
}

std::string_view name_of(Harm harm) {
  return harms.at(static_cast<std::size_t>(harm));
}

std::span<const std::string_view> row_names() {
  return rows;
}

std::span<const std::string_view> harm_names() {
  return harms;
}

Row row_of(const cases::Case& c, const Fault& fault) {
  const bool of_broker = is_broker(c, fault.target);
  switch (fault.kind) {
    case Kind::process_kill: return of_broker ? Row::kill : Row::other_down;
    case Kind::process_stop: return Row::clean_stop;
    case Kind::power_loss:
      if (!of_broker) return Row::other_down;
      return by_flush_mode(c, fault.target, Row::async_power_loss, Row::sync_power_loss);
    case Kind::pause: return Row::pause;
    case Kind::cut:
    case Kind::cut_outgoing:
    case Kind::stall:
    case Kind::delay: return Row::cut_link;
    case Kind::reset: return Row::reset;
    case Kind::half_open: return Row::half_open;
    case Kind::disk_full: return Row::full_disk;
    case Kind::disk_slow:
    case Kind::disk_stall: return Row::slow_disk;
    case Kind::disk_error:
      // Only the store of a broker stops for good after a failed sync.
      if (fault.part != "sync" || !of_broker) return Row::failed_call;
      return by_flush_mode(c, fault.target, Row::async_failed_sync, Row::sync_failed_sync);
    case Kind::clock_step: return Row::clock_step;
    case Kind::clock_drift: return Row::clock_drift;
  }
  invariant(false, "every kind of fault has a row");
  return Row::kill;
}

}  // namespace gantry::properties
