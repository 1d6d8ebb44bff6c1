#include "sim/faults/fault.h"

#include <array>
#include <utility>

namespace gantry::sim::faults {

namespace {
constexpr std::array<std::pair<Kind, std::string_view>, 15> names{{
    {Kind::process_kill, "process_kill"},
    {Kind::power_loss, "power_loss"},
    {Kind::pause, "pause"},
    {Kind::cut, "cut"},
    {Kind::cut_outgoing, "cut_outgoing"},
    {Kind::stall, "stall"},
    {Kind::delay, "delay"},
    {Kind::reset, "reset"},
    {Kind::half_open, "half_open"},
    {Kind::disk_full, "disk_full"},
    {Kind::disk_slow, "disk_slow"},
    {Kind::disk_stall, "disk_stall"},
    {Kind::disk_error, "disk_error"},
    {Kind::clock_step, "clock_step"},
    {Kind::clock_drift, "clock_drift"},
}};
}  // namespace

std::string_view name_of(Kind kind) {
  for (const auto& [k, name] : names)
    if (k == kind) return name;
  return "unknown";
}

std::vector<Kind> all_kinds() {
  std::vector<Kind> all;
  for (const auto& [kind, name] : names) all.push_back(kind);
  return all;
}

std::optional<Kind> kind_of(std::string_view name) {
  for (const auto& [kind, n] : names)
    if (n == name) return kind;
  return std::nullopt;
}

}  // namespace gantry::sim::faults
