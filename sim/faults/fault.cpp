#include "sim/faults/fault.h"

#include <algorithm>
#include <array>
#include <utility>

namespace gantry::sim::faults {

namespace {
constexpr std::array<std::pair<Kind, std::string_view>, 16> names{{
    {Kind::process_kill, "process_kill"},
    {Kind::process_stop, "process_stop"},
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

// What a process does by its runtime; see sim/observer.h.
constexpr auto calls = std::to_array<std::string_view>(
    {"process.start",       "process.end",    "task.spawn",       "random.draw",
     "net.listen",          "net.connect",    "net.connected",    "net.accept",
     "net.write",           "net.read",       "net.close",        "net.close-port",
     "disk.open",           "disk.map",       "disk.list",        "disk.make-directories",
     "disk.rename",         "disk.rename-to", "disk.unlink",      "disk.space",
     "disk.sync-directory", "disk.lock",      "disk.read",        "disk.write",
     "disk.written",        "disk.truncate",  "disk.allocate",    "disk.sync",
     "disk.synced",         "disk.no-space",  "disk.read-failed", "disk.sync-failed",
     "disk.write-failed"});
constexpr auto areas =
    std::to_array<std::string_view>({"process", "machine", "fault", "task", "random", "net", "disk"});
}  // namespace

bool is_anchor(std::string_view event) {
  const std::size_t dot = event.find('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == event.size()) return false;
  if (std::ranges::find(calls, event) != calls.end()) return true;
  return std::ranges::find(areas, event.substr(0, dot)) == areas.end();
}

bool happens_once(Kind kind) {
  return kind == Kind::reset || kind == Kind::half_open;
}

bool is_of_link(Kind kind) {
  return kind == Kind::cut || kind == Kind::cut_outgoing || kind == Kind::stall || kind == Kind::delay ||
         kind == Kind::reset || kind == Kind::half_open;
}

bool is_of_disk(Kind kind) {
  return kind == Kind::disk_full || kind == Kind::disk_slow || kind == Kind::disk_stall ||
         kind == Kind::disk_error;
}

bool is_of_clock(Kind kind) {
  return kind == Kind::clock_step || kind == Kind::clock_drift;
}

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
