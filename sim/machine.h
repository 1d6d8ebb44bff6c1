#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/clock/machine_clock.h"
#include "sim/disk/file_system.h"
#include "sim/network/fabric.h"
#include "sim/simulation.h"
#include "sim/tasks/node.h"

namespace gantry::sim {

/// Calls that wait for the n-th time that a named thing happens on a machine.
class Watches {
 public:
  void add(std::string_view event, std::uint64_t occurrence, std::function<void()> action);
  void happened(std::string_view kind, std::string_view text) {
    if (!waiting_.empty()) look(kind, text);
  }
  void clear() { waiting_.clear(); }

 private:
  struct Watch {
    std::string event;
    std::uint64_t left;
    std::function<void()> action;
  };
  void look(std::string_view kind, std::string_view text);
  std::vector<Watch> waiting_;
};

/// The network and the disk as one incarnation is handed them.
struct Devices {
  std::unique_ptr<runtime::Network> network;
  std::unique_ptr<runtime::Disk> disk;
};

/// One program on a machine; at most one incarnation of it runs.
struct Process {
  std::string name;
  std::uint32_t number = 0;        // in order of first start, from 1
  std::uint32_t incarnations = 0;  // so far
  Simulation::Main main;           // of the last start: what a restart runs
  tasks::Node* running = nullptr;
  bool wanted = false;            // was started, and has not ended but by a fault
  int held = 0;                   // faults that keep it down
  int paused = 0;                 // faults that keep it from running
  int stopping = 0;               // of those, faults that have asked it to stop
  std::function<void()> on_stop;  // of the incarnation that runs
};

/// A machine: what stays when its processes die, and what a loss of power takes.
struct Machine {
  std::string name;
  std::string address;
  std::uint32_t index = 0;  // from 0
  std::uint64_t entity = 0;
  int down = 0;  // faults that keep it without power
  runtime::Instant down_since{};
  std::uint64_t boots = 0;
  clock::MachineClock clock;
  disk::FileSystem disk;
  network::Ports ports;
  Watches watches;
  std::map<std::string, Process, std::less<>> processes;

  bool up() const { return down == 0; }
};

}  // namespace gantry::sim
