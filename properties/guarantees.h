#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "properties/cases/case.h"

namespace gantry::properties {

/// The rows of the table in docs/guarantees.md, in its order: what happens to a cluster, and under which
/// flush mode where the two modes promise different things. tests/properties/guarantees_test.cpp reads the
/// page and holds both together.
enum class Row : std::uint8_t {
  clean_stop,
  kill,
  async_power_loss,
  sync_power_loss,
  async_failed_sync,
  sync_failed_sync,
  failed_call,
  full_disk,
  slow_disk,
  pause,
  other_down,
  cut_link,
  reset,
  half_open,
  clock_step,
  clock_drift,
  start,
  join,
};

/// What a row may tolerate. The page explains each of these words, and the cells of its table hold them.
enum class Harm : std::uint8_t { loss, reuse, skip, copy, redelivery, refusal };

/// The name of the row in the page, such as `async-power-loss`.
std::string_view name_of(Row row);
/// The word in the page, such as `redelivery`.
std::string_view name_of(Harm harm);
/// The names of all rows, in the order of the table.
std::span<const std::string_view> row_names();
/// The words of all harms, in the order of Harm.
std::span<const std::string_view> harm_names();

/// The row that this fault belongs to. It depends on what the fault does, on the sort of its target and, for
/// a broker, on the flush mode that the case gives it.
Row row_of(const cases::Case& c, const sim::faults::Fault& fault);

/// A set of harms: what one claim tolerates.
class Harms {
 public:
  constexpr Harms(std::initializer_list<Harm> harms) {
    for (const Harm harm : harms) bits_ |= bit_of(harm);
  }
  constexpr bool contains(Harm harm) const { return (bits_ & bit_of(harm)) != 0; }

 private:
  static constexpr unsigned bit_of(Harm harm) { return 1u << static_cast<unsigned>(harm); }
  unsigned bits_ = 0;
};

}  // namespace gantry::properties
