#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "properties/cases/case.h"
#include "properties/cluster/body.h"
#include "properties/cluster/outcome.h"
#include "properties/cluster/witness.h"
#include "runtime/runtime.h"
#include "sim/simulation.h"

namespace gantry::properties::cluster {

/// What the processes of a run share with the harness around them. It outlives every incarnation. It belongs
/// to the world: the product's code cannot read it.
struct Notebook {
  const cases::Case& c;
  sim::Simulation& world;
  Outcome outcome{};
  Witness witness{c, outcome};
  std::map<std::string, std::size_t> next_send{};  ///< how many sends of each producer have begun
  std::set<std::string> sending{};                 ///< producers in the middle of a send
  Bodies bodies{};                                 ///< of all messages
  bool probing = false;                            ///< producers may send their probes now
  std::set<std::string> probed{};                  ///< producers that have sent their probes

  /// By consumer that runs: the queues that it owns now.
  std::map<std::string, std::function<std::vector<model::route::MessageQueue>()>> owners{};
  /// Of each broker that runs: breaks an invariant when its store contradicts itself.
  std::map<std::string, std::function<void()>> invariants{};

  runtime::Instant now() const { return world.now(); }
};

/// The first fiber of each kind of process. It starts whatever state it finds (a port that is still in use, a
/// NameServer that is down, a disk that fails), and then runs until its process crashes or is asked to stop.
/// A producer does not listen to that, and is killed in the end.
void namesrv_main(Notebook& notebook, const cases::NamesrvSpec& spec, runtime::Runtime runtime);
void broker_main(Notebook& notebook, const cases::BrokerSpec& spec, runtime::Runtime runtime);
void producer_main(Notebook& notebook, const cases::ProducerSpec& spec, runtime::Runtime runtime);
void consumer_main(Notebook& notebook, const cases::ConsumerSpec& spec, runtime::Runtime runtime);

/// Reads every queue of every broker back from its first offset, and every NameServer's routes. The results
/// replace those of the last audit in the outcome. Then it ends.
void auditor_main(Notebook& notebook, runtime::Runtime runtime);
/// Asks every broker again and again how far the groups are, and adds the answers to `outcome.progress`.
void watcher_main(Notebook& notebook, runtime::Runtime runtime);

/// The port of every NameServer and of every broker.
inline constexpr std::uint16_t namesrv_port = 9876;
inline constexpr std::uint16_t broker_port = 10911;

}  // namespace gantry::properties::cluster
